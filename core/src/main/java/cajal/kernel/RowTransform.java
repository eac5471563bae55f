package cajal.kernel;

/// What [Winograd] does to rows before and after it multiplies them, place by place: with polynomials
/// taken at 0, at `±n` ([#NEAR]), at `±f` ([#FAR]) and at infinity. These points cost little accuracy, and all
/// their powers here are exact.
public enum RowTransform {
    /// Six rows of inputs `d` become the six that are multiplied:
    /// ```
    /// n²f²     0 -n²-f²      0  1  0
    ///    0  -nf²    -f²      n  1  0
    ///    0   nf²    -f²     -n  1  0
    ///    0  -n²f    -n²      f  1  0
    ///    0   n²f    -n²     -f  1  0
    ///    0  n²f²      0 -n²-f²  0  1
    /// ```
    INPUT {
        @Override
        public void apply(float[] a, int at, int step, float offset, int n) {
            for (int i = at; i < at + n; i++) {
                float d0 = a[i], d1 = a[i + step], d2 = a[i + 2 * step];
                float d3 = a[i + 3 * step], d4 = a[i + 4 * step], d5 = a[i + 5 * step];
                float even = Math.fma(d2, -FAR_2, d4), odd = Math.fma(d1, -FAR_2, d3);
                float evenFar = Math.fma(d2, -NEAR_2, d4), oddFar = Math.fma(d1, -NEAR_2, d3);
                a[i] = Math.fma(d0, NEAR_2 * FAR_2, Math.fma(d2, -NEAR_2 - FAR_2, d4));
                a[i + step] = Math.fma(odd, NEAR, even);
                a[i + 2 * step] = Math.fma(odd, -NEAR, even);
                a[i + 3 * step] = Math.fma(oddFar, FAR, evenFar);
                a[i + 4 * step] = Math.fma(oddFar, -FAR, evenFar);
                a[i + 5 * step] = Math.fma(d1, NEAR_2 * FAR_2, Math.fma(d3, -NEAR_2 - FAR_2, d5));
            }
        }
    },

    /// Six rows of products `p` become four of outputs, to which an offset is added:
    /// ```
    /// 1  1   1  1   1  0
    /// 0  n  -n  f  -f  0
    /// 0  n²  n² f²  f² 0
    /// 0  n³ -n³ f³ -f³ 1
    /// ```
    OUTPUT {
        @Override
        public void apply(float[] a, int at, int step, float offset, int n) {
            for (int i = at; i < at + n; i++) {
                float p1 = a[i + step], p2 = a[i + 2 * step], p3 = a[i + 3 * step], p4 = a[i + 4 * step];
                float even = p1 + p2, odd = p1 - p2, evenFar = p3 + p4, oddFar = p3 - p4;
                a[i] = a[i] + even + evenFar + offset;
                a[i + step] = Math.fma(odd, NEAR, Math.fma(oddFar, FAR, offset));
                a[i + 2 * step] = Math.fma(even, NEAR_2, Math.fma(evenFar, FAR_2, offset));
                a[i + 3 * step] = Math.fma(odd, NEAR_3, Math.fma(oddFar, FAR_3, a[i + 5 * step] + offset));
            }
        }
    },

    /// Four rows of gradients of outputs become six: the transposed matrix of [#OUTPUT].
    GRADIENT {
        @Override
        public void apply(float[] a, int at, int step, float offset, int n) {
            for (int i = at; i < at + n; i++) {
                float e0 = a[i], e1 = a[i + step], e2 = a[i + 2 * step], e3 = a[i + 3 * step];
                float even = Math.fma(e2, NEAR_2, e0), odd = Math.fma(e3, NEAR_2, e1);
                float evenFar = Math.fma(e2, FAR_2, e0), oddFar = Math.fma(e3, FAR_2, e1);
                a[i + step] = Math.fma(odd, NEAR, even);
                a[i + 2 * step] = Math.fma(odd, -NEAR, even);
                a[i + 3 * step] = Math.fma(oddFar, FAR, evenFar);
                a[i + 4 * step] = Math.fma(oddFar, -FAR, evenFar);
                a[i + 5 * step] = e3;
            }
        }
    };

    /// The points `n` and `f`.
    public static final float NEAR = 0.625f, FAR = 1.375f;

    /// Their squares.
    public static final float NEAR_2 = NEAR * NEAR, FAR_2 = FAR * FAR;

    /// Their third powers.
    public static final float NEAR_3 = NEAR_2 * NEAR, FAR_3 = FAR_2 * FAR;

    /// Transforms `n` places; row `r` of place `i` stands at `a[at + r·step + i]`.
    public abstract void apply(float[] a, int at, int step, float offset, int n);
}

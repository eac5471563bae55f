package cajal.kernel;

/// What [Winograd] does to rows before and after it multiplies them, place by place, on the way from where they
/// lie to where they are wanted: with polynomials taken at 0, at `±n` ([#NEAR]), at `±f` ([#FAR]) and at
/// infinity. These points cost little accuracy, and all their powers here are exact.
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
        public void apply(
                float[] from,
                int at,
                int step,
                int first,
                int end,
                float offset,
                float[] to,
                int start,
                int apart,
                int n) {
            int s1 = start + apart, s2 = s1 + apart, s3 = s2 + apart, s4 = s3 + apart, s5 = s4 + apart;
            for (int i = 0; i < n; i++) {
                float d0 = row(from, at + i, step, 0, first, end), d1 = row(from, at + i, step, 1, first, end);
                float d2 = row(from, at + i, step, 2, first, end), d3 = row(from, at + i, step, 3, first, end);
                float d4 = row(from, at + i, step, 4, first, end), d5 = row(from, at + i, step, 5, first, end);
                float even = Math.fma(d2, -FAR_2, d4), odd = Math.fma(d1, -FAR_2, d3);
                float evenFar = Math.fma(d2, -NEAR_2, d4), oddFar = Math.fma(d1, -NEAR_2, d3);
                to[start + i] = Math.fma(d0, NEAR_2 * FAR_2, Math.fma(d2, -NEAR_2 - FAR_2, d4));
                to[s1 + i] = Math.fma(odd, NEAR, even);
                to[s2 + i] = Math.fma(odd, -NEAR, even);
                to[s3 + i] = Math.fma(oddFar, FAR, evenFar);
                to[s4 + i] = Math.fma(oddFar, -FAR, evenFar);
                to[s5 + i] = Math.fma(d1, NEAR_2 * FAR_2, Math.fma(d3, -NEAR_2 - FAR_2, d5));
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
        public void apply(
                float[] from,
                int at,
                int step,
                int first,
                int end,
                float offset,
                float[] to,
                int start,
                int apart,
                int n) {
            for (int i = 0; i < n; i++) {
                float p0 = from[at + i], p1 = from[at + i + step], p2 = from[at + i + 2 * step];
                float p3 = from[at + i + 3 * step], p4 = from[at + i + 4 * step], p5 = from[at + i + 5 * step];
                float even = p1 + p2, odd = p1 - p2, evenFar = p3 + p4, oddFar = p3 - p4;
                float y0 = p0 + even + evenFar + offset;
                float y1 = Math.fma(odd, NEAR, Math.fma(oddFar, FAR, offset));
                float y2 = Math.fma(even, NEAR_2, Math.fma(evenFar, FAR_2, offset));
                float y3 = Math.fma(odd, NEAR_3, Math.fma(oddFar, FAR_3, p5 + offset));
                if (first <= 0 && end > 0) to[start + i] = y0;
                if (first <= 1 && end > 1) to[start + apart + i] = y1;
                if (first <= 2 && end > 2) to[start + 2 * apart + i] = y2;
                if (first <= 3 && end > 3) to[start + 3 * apart + i] = y3;
            }
        }
    },

    /// Four rows of gradients of outputs become six: the transposed matrix of [#OUTPUT].
    GRADIENT {
        @Override
        public void apply(
                float[] from,
                int at,
                int step,
                int first,
                int end,
                float offset,
                float[] to,
                int start,
                int apart,
                int n) {
            int s1 = start + apart, s2 = s1 + apart, s3 = s2 + apart, s4 = s3 + apart, s5 = s4 + apart;
            for (int i = 0; i < n; i++) {
                float e0 = row(from, at + i, step, 0, first, end), e1 = row(from, at + i, step, 1, first, end);
                float e2 = row(from, at + i, step, 2, first, end), e3 = row(from, at + i, step, 3, first, end);
                float even = Math.fma(e2, NEAR_2, e0), odd = Math.fma(e3, NEAR_2, e1);
                float evenFar = Math.fma(e2, FAR_2, e0), oddFar = Math.fma(e3, FAR_2, e1);
                to[start + i] = e0;
                to[s1 + i] = Math.fma(odd, NEAR, even);
                to[s2 + i] = Math.fma(odd, -NEAR, even);
                to[s3 + i] = Math.fma(oddFar, FAR, evenFar);
                to[s4 + i] = Math.fma(oddFar, -FAR, evenFar);
                to[s5 + i] = e3;
            }
        }
    };

    /// The points `n` and `f`.
    public static final float NEAR = 0.625f, FAR = 1.375f;

    /// Their squares.
    public static final float NEAR_2 = NEAR * NEAR, FAR_2 = FAR * FAR;

    /// Their third powers.
    public static final float NEAR_3 = NEAR_2 * NEAR, FAR_3 = FAR_2 * FAR;

    /// Transforms `n` places: row `r` of place `i` stands at `from[at + r·step + i]`, and goes to
    /// `to[start + r·apart + i]`. Those rows of inputs, gradients or outputs that are not among
    /// `first .. end - 1` lie outside of the picture: they are taken for zeros, or not written. What is
    /// written overlaps nothing that is read, or is at the same place.
    public abstract void apply(
            float[] from, int at, int step, int first, int end, float offset, float[] to, int start, int apart, int n);

    private static float row(float[] from, int at, int step, int row, int first, int end) {
        return first <= row && row < end ? from[at + row * step] : 0;
    }
}

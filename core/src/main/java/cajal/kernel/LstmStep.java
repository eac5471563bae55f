package cajal.kernel;

/// One step of an LSTM, forward and backward, neuron by neuron.
///
/// Legend: `i, f, g, o` the gates' values, `c` the cell, `p` the cell before, `u = tanh(c)`; `dh, dc, dz` gradients
/// by the state, the cell and what the gates get.
public final class LstmStep {
    private LstmStep() {}

    /// For `n` neurons, with `z` what the gates get from the state before and `x` from the input:
    /// ```
    /// i = sigmoid(z_i + x_i)    g = tanh(z_g + x_g)       c becomes f·c + i·g
    /// f = sigmoid(z_f + x_f)    o = sigmoid(z_o + x_o)    u = tanh(c), h becomes o·u
    /// ```
    ///
    /// @param x from the input, gate by gate, from `xs` on
    /// @param xs the first place
    /// @param z from the state, gate by gate, from `zs` on
    /// @param zs the first place
    /// @param c the cell, from `d` on
    /// @param h the state, from `d` on
    /// @param d the first neuron's place
    /// @param kept `i, f, g, o, u` of `n` neurons each, computed, from `to` on
    /// @param to the first place
    /// @param n how many neurons there are
    public static void forward(
            float[] x, int xs, float[] z, int zs, float[] c, float[] h, int d, float[] kept, int to, int n) {
        for (int j = 0; j < n; j++) {
            float i = FloatMath.sigmoid(z[zs + j] + x[xs + j]);
            float f = FloatMath.sigmoid(z[zs + n + j] + x[xs + n + j]);
            float g = FloatMath.tanh(z[zs + 2 * n + j] + x[xs + 2 * n + j]);
            float o = FloatMath.sigmoid(z[zs + 3 * n + j] + x[xs + 3 * n + j]);
            kept[to + j] = i;
            kept[to + n + j] = f;
            kept[to + 2 * n + j] = g;
            kept[to + 3 * n + j] = o;
            c[d + j] = f * c[d + j] + i * g;
            float u = FloatMath.tanh(c[d + j]);
            kept[to + 4 * n + j] = u;
            h[d + j] = o * u;
        }
    }

    /// For neurons `from … n - 1`, with `s = dc + dh·o·(1 - u²)`:
    /// ```
    /// dz_i = s·g·i·(1 - i)      dz_g = s·i·(1 - g²)        dc becomes s·f
    /// dz_f = s·p·f·(1 - f)      dz_o = dh·u·o·(1 - o)      dh becomes 0
    /// ```
    ///
    /// @param kept `i, f, g, o, u` of `n` neurons each, from `ks` on
    /// @param ks the first place
    /// @param before `p`, from `ps` on
    /// @param ps the first place
    /// @param dh the gradient by the state, from `d` on
    /// @param dc the gradient by the cell, from `d` on
    /// @param d the first neuron's place
    /// @param dz what is computed, gate by gate, from `to` on
    /// @param to the first place
    /// @param n how many neurons there are
    /// @param from the first neuron that is computed
    public static void backward(
            float[] kept,
            int ks,
            float[] before,
            int ps,
            float[] dh,
            float[] dc,
            int d,
            float[] dz,
            int to,
            int n,
            int from) {
        for (int j = from; j < n; j++) {
            float i = kept[ks + j], f = kept[ks + n + j], g = kept[ks + 2 * n + j], o = kept[ks + 3 * n + j];
            float u = kept[ks + 4 * n + j];
            float s = dc[d + j] + dh[d + j] * o * (1 - u * u);
            dz[to + j] = s * g * i * (1 - i);
            dz[to + n + j] = s * before[ps + j] * f * (1 - f);
            dz[to + 2 * n + j] = s * i * (1 - g * g);
            dz[to + 3 * n + j] = dh[d + j] * u * o * (1 - o);
            dc[d + j] = s * f;
            dh[d + j] = 0;
        }
    }
}

package cajal.kernel;

/// The readable kernels of attention, in double precision.
///
/// Legend: `B` all leading axes as one, `H` heads, `G` groups of heads that share keys and values, `Tq`
/// queries, `Tk`
/// keys, `D` numbers a query and key, `E` numbers a value; `P` the weights before the factors.
final class ReferenceAttention {
    private final Task.AttentionForm form;
    private final View q, k, v;
    private final View[] in;
    private final int B, H, G, Tq, Tk, D, E;

    private ReferenceAttention(Task.AttentionForm form, View[] in) {
        this.form = form;
        this.in = in;
        q = in[0];
        k = in[1];
        v = in[2];
        Tq = (int) q.shape().dim(-3);
        H = (int) q.shape().dim(-2);
        D = (int) q.shape().dim(-1);
        Tk = (int) k.shape().dim(-3);
        G = (int) k.shape().dim(-2);
        E = (int) v.shape().dim(-1);
        int leading = 1;
        for (int axis = 0; axis < q.rank() - 3; axis++) {
            leading *= (int) q.shape().dim(axis);
        }
        B = leading;
    }

    static void forward(Task.AttentionForm form, View[] in, View[] out) {
        new ReferenceAttention(form, in).forward(out[0], out[1]);
    }

    static void backward(Task.AttentionForm form, View[] in, View[] out) {
        new ReferenceAttention(form, in).backward(out);
    }

    private void forward(View y, View logSums) {
        y.clear(); // a query that sees nothing
        for (int b = 0; b < B; b++) {
            for (int h = 0; h < H; h++) {
                for (int i = 0; i < Tq; i++) {
                    double[] s = scores(b, h, i);
                    double max = Double.NEGATIVE_INFINITY;
                    for (double x : s) {
                        max = Math.max(max, x);
                    }
                    double sum = 0;
                    for (int j = 0; j < s.length && max != Double.NEGATIVE_INFINITY; j++) {
                        s[j] = StrictMath.exp(s[j] - max);
                        sum += s[j];
                    }
                    logSums.put(row(b, h, i), sum == 0 ? Double.POSITIVE_INFINITY : max + StrictMath.log(sum));
                    for (int e = 0; e < E && sum != 0; e++) {
                        double total = 0;
                        for (int j = 0; j < s.length; j++) {
                            total += s[j] / sum * factor(b, h, i, j) * v.at(key(b, j, h, E) + e);
                        }
                        y.put(query(b, i, h, E) + e, total);
                    }
                }
            }
        }
    }

    private void backward(View[] out) {
        View y = in[in.length - 3];
        View logSums = in[in.length - 2];
        View dy = in[in.length - 1];
        for (View each : out) {
            each.clear();
        }
        for (int b = 0; b < B; b++) {
            for (int h = 0; h < H; h++) {
                for (int i = 0; i < Tq; i++) {
                    double[] s = scores(b, h, i);
                    double through = 0; // what the weights' common divisor takes
                    for (int e = 0; e < E; e++) {
                        through += dy.at(query(b, i, h, E) + e) * y.at(query(b, i, h, E) + e);
                    }
                    for (int j = 0; j < s.length; j++) {
                        double p = StrictMath.exp(s[j] - logSums.at(row(b, h, i)));
                        pull(out, dy, b, h, i, j, p, through);
                    }
                }
            }
        }
    }

    /// The shares of one weight in the gradients.
    private void pull(View[] out, View dy, int b, int h, int i, int j, double p, double through) {
        double f = factor(b, h, i, j);
        double dp = 0;
        for (int e = 0; e < E; e++) {
            double g = dy.at(query(b, i, h, E) + e);
            dp += g * v.at(key(b, j, h, E) + e);
            add(out[2], key(b, j, h, E) + e, p * f * g);
        }
        double ds = p * (dp * f - through) * form.scale();
        for (int d = 0; d < D; d++) {
            add(out[0], query(b, i, h, D) + d, ds * k.at(key(b, j, h, D) + d));
            add(out[1], key(b, j, h, D) + d, ds * q.at(query(b, i, h, D) + d));
        }
    }

    private static void add(View to, long at, double x) {
        to.put(at, to.at(at) + x);
    }

    /// The scores of the keys that a query sees.
    private double[] scores(int b, int h, int i) {
        double[] s = new double[form.visible(i, Tq, Tk)];
        for (int j = 0; j < s.length; j++) {
            double dot = 0;
            for (int d = 0; d < D; d++) {
                dot += q.at(query(b, i, h, D) + d) * k.at(key(b, j, h, D) + d);
            }
            s[j] = dot * form.scale() + (form.biased() ? in[3].at(row(b, h, i) * Tk + j) : 0);
        }
        return s;
    }

    private double factor(int b, int h, int i, int j) {
        return form.factored() ? in[form.biased() ? 4 : 3].at(row(b, h, i) * Tk + j) : 1;
    }

    private long row(int b, int h, int i) {
        return ((long) b * H + h) * Tq + i;
    }

    private long query(int b, int i, int h, int width) {
        return (((long) b * Tq + i) * H + h) * width;
    }

    private long key(int b, int j, int h, int width) {
        return (((long) b * Tk + j) * G + h / (H / G)) * width;
    }
}

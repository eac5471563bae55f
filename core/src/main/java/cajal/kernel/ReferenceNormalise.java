package cajal.kernel;

/// [Task.Normalise] and its gradient in double precision, one element at a time.
final class ReferenceNormalise {
    private final View x; // (A, G, S)
    private final long before;
    private final long groups;
    private final long run;
    private final boolean perGroup;

    private ReferenceNormalise(View x, boolean perGroup) {
        this.x = x;
        this.perGroup = perGroup;
        before = x.shape().dim(0);
        groups = x.shape().dim(1);
        run = x.shape().dim(2);
    }

    private interface Each {
        /// Visits element `i`, to which weight `w` belongs.
        void element(long i, long w);
    }

    private void group(long g, Each each) {
        for (long a = 0; a < before; a++) {
            for (long s = 0; s < run; s++) {
                each.element((a * groups + g) * run + s, perGroup ? g : s);
            }
        }
    }

    static void forward(Task.Normalise task, View[] in, View[] out) {
        var k = new ReferenceNormalise(in[0], task.perGroup());
        double n = k.before * k.run;
        for (long g = 0; g < k.groups; g++) {
            double[] sum = {0, 0};
            k.group(g, (i, _) -> sum[0] += k.x.at(i));
            double mean = task.centred() ? sum[0] / n : 0;
            k.group(g, (i, _) -> sum[1] += (k.x.at(i) - mean) * (k.x.at(i) - mean));
            double variance = sum[1] / n;
            double root = Math.sqrt(variance + task.epsilon());
            k.group(g, (i, w) -> {
                double y = (k.x.at(i) - mean) / root * (in.length > 1 ? in[1].at(w) : 1);
                out[0].put(i, in.length > 2 ? y + in[2].at(w) : y);
            });
            out[1].put(g, mean);
            out[2].put(g, variance);
        }
    }

    /// `dx = (g·w - mean(g·w) - x̂·mean(g·w·x̂)) / root`, `dw = Σ g·x̂`, `db = Σ g`, with `x̂` the normalised
    /// input.
    static void backward(Task.NormaliseGradient task, View[] in, View[] out) {
        View gradient = in[0];
        var k = new ReferenceNormalise(in[1], task.perGroup());
        double n = k.before * k.run;
        for (int i = 1; i < out.length; i++) {
            out[i].clear();
        }
        for (long g = 0; g < k.groups; g++) {
            double mean = in[2].at(g);
            double root = Math.sqrt(in[3].at(g) + task.epsilon());
            double[] sum = {0, 0};
            k.group(g, (i, w) -> {
                double flowing = gradient.at(i);
                double normal = (k.x.at(i) - mean) / root;
                double weighted = in.length > 4 ? flowing * in[4].at(w) : flowing;
                sum[0] += weighted;
                sum[1] += weighted * normal;
                if (in.length > 4) {
                    out[1].put(w, out[1].at(w) + flowing * normal);
                    out[2].put(w, out[2].at(w) + flowing);
                }
            });
            double level = task.centred() ? sum[0] / n : 0;
            k.group(g, (i, w) -> {
                double weighted = in.length > 4 ? gradient.at(i) * in[4].at(w) : gradient.at(i);
                out[0].put(i, (weighted - level - (k.x.at(i) - mean) / root * (sum[1] / n)) / root);
            });
        }
    }
}

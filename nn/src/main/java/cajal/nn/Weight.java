package cajal.nn;

import cajal.kernel.Task.Distribution;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.util.Map;

/// A layer's weights: a parameter, or what is made of parameters at every call.
sealed interface Weight {
    /// The weights to compute with.
    Tensor now();

    /// How weights are made of parameters.
    enum Kind {
        /// The parameter `weight` itself.
        PLAIN("weight"),
        /// `weight_g · weight_v / ‖weight_v‖`, a length and a direction a neuron.
        WEIGHT_NORM("weight_v"),
        /// `weight_orig / σ`, σ being its largest singular value.
        SPECTRAL_NORM("weight_orig");

        /// The parameter of the weights' shape.
        private final String main;

        Kind(String main) {
            this.main = main;
        }

        private String text() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        /// Writes the kind into a layer's description, where it is not the usual one.
        void note(Map<String, Object> constants) {
            if (this != PLAIN) {
                constants.put("weights", text());
            }
        }

        /// The kind of a described layer.
        static Kind of(Spec spec) {
            String text = spec.constants().getOrDefault("weights", PLAIN.text()).toString();
            for (Kind k : values()) {
                if (k.text().equals(text)) {
                    return k;
                }
            }
            throw new IllegalArgumentException("There are no weights of kind '" + text + "'");
        }

        /// The values of the weights' shape among those that will be loaded.
        java.util.Optional<Tensor> in(Map<String, Tensor> values) {
            return java.util.Optional.ofNullable(values.get(main));
        }
    }

    /// Registers what the weights are made of with their layer.
    ///
    /// @param outputs the axis that counts the neurons, or the channels that are made
    static Weight of(Part layer, Kind kind, Init init, int outputs, long... dims) {
        Param main = layer.param(kind.main, init, dims);
        return switch (kind) {
            case PLAIN -> new Plain(main);
            case WEIGHT_NORM -> {
                long[] one = new long[dims.length];
                java.util.Arrays.fill(one, 1);
                one[0] = dims[0];
                yield new Normed(layer.param("weight_g", (_, _) -> lengths(main.detach()), one), main);
            }
            case SPECTRAL_NORM -> {
                long in = java.util.Arrays.stream(dims).reduce(1, (a, b) -> a * b) / dims[outputs];
                yield new Spectral(
                        main,
                        outputs,
                        layer.state("weight_u", Spectral.start("weight_u", dims[outputs])),
                        layer.state("weight_v", Spectral.start("weight_v", in)));
            }
        };
    }

    /// The Euclidean length of the weights at each place of the first axis, `(n, 1, ...)`, as PyTorch takes it
    /// for transposed convolutions too.
    private static Tensor lengths(Tensor v) {
        long[] one = new long[v.rank()];
        java.util.Arrays.fill(one, 1);
        one[0] = v.dim(0);
        return v.flatten(1).norm(1).reshape(one);
    }

    /// A parameter.
    ///
    /// @param weight the weights
    record Plain(Param weight) implements Weight {
        @Override
        public Tensor now() {
            return weight;
        }
    }

    /// `w = g · v / ‖v‖`.
    ///
    /// **Source** Salimans and Kingma, "Weight normalization", 2016.
    ///
    /// @param g the lengths; at first those of `v`
    /// @param v the directions
    record Normed(Param g, Param v) implements Weight {
        @Override
        public Tensor now() {
            return v.mul(g.div(lengths(v)));
        }
    }

    /// `w = W / σ` with `σ = uᵀ·W·v`; each call in training brings `u` and `v`, which are constants to
    /// autograd, one step of the power iteration nearer to the first singular vectors.
    ///
    /// **Source** Miyato, Kataoka, Koyama, Yoshida, "Spectral normalization for generative adversarial
    /// networks", 2018.
    ///
    /// @param original W, whose rows are the places along an axis
    /// @param outputs that axis
    /// @param left u
    /// @param right v
    record Spectral(Param original, int outputs, State left, State right) implements Weight {
        private static final double LEAST = 1e-12;

        static Tensor start(String name, long n) {
            Tensor t = Tensor.random(
                    RandomKey.of(0).fold(name), Distribution.NORMAL, cajal.kernel.DType.F32, cajal.kernel.Shape.of(n));
            return unit(t);
        }

        private static Tensor unit(Tensor t) {
            return t.div(t.norm().maximum(Tensor.scalar(LEAST, t.dtype())));
        }

        @Override
        public Tensor now() {
            Tensor rows = original.moveAxis(outputs, 0).flatten(1); // (out, in)
            Tensor u = left.detach();
            Tensor v = right.detach();
            if (Context.current().training()) {
                Tensor constant = rows.detach();
                v = unit(constant.t().matmul(u));
                u = unit(constant.matmul(v));
                left.set(u);
                right.set(v);
            } else { // an update must not change what a backward pass reads
                u = u.copy();
                v = v.copy();
            }
            Tensor sigma = u.mul(rows.matmul(v)).sum();
            return original.div(sigma);
        }
    }
}

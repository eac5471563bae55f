package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task.Distribution;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.List;

/// How a parameter gets its first values, as a function of a random key and its shape.
///
/// For a shape `(out, in, k...)` the fan-in is `in·k...` and the fan-out `out·k...`.
@FunctionalInterface
public interface Init {
    /// The first values.
    Tensor make(RandomKey key, Shape shape);

    /// Zeros: right for biases; for weights it keeps all neurons alike for ever.
    static Init zeros() {
        return constant(0);
    }

    /// Ones.
    static Init ones() {
        return constant(1);
    }

    /// One value everywhere.
    static Init constant(double value) {
        return (_, shape) -> Tensor.full(value, DType.F32, shape);
    }

    /// Evenly over [low, high).
    static Init uniform(double low, double high) {
        return (key, shape) -> Tensor.random(key, Distribution.UNIFORM, DType.F32, shape)
                .mul(high - low)
                .add(low);
    }

    /// Normal with a mean and a standard deviation.
    static Init normal(double mean, double std) {
        return (key, shape) -> Tensor.random(key, Distribution.NORMAL, DType.F32, shape)
                .mul(std)
                .add(mean);
    }

    /// Normal, drawn again until within `[low, high]`.
    ///
    /// **Throws** [IllegalArgumentException] if the interval is empty or does not reach within 3 standard
    /// deviations of the mean.
    static Init truncatedNormal(double mean, double std, double low, double high) {
        return (key, shape) -> Truncated.normal(key, shape, mean, std, low, high);
    }

    /// Xavier's: uniform in ±sqrt(6 / (fan-in + fan-out)), keeps the variance through tanh and sigmoid layers.
    ///
    /// **Source** Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    /// networks", 2010.
    static Init xavierUniform() {
        return (key, shape) -> {
            double a = Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
            return uniform(-a, a).make(key, shape);
        };
    }

    /// Xavier's, normal with standard deviation sqrt(2 / (fan-in + fan-out)).
    static Init xavierNormal() {
        return (key, shape) ->
                normal(0, Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape)))).make(key, shape);
    }

    /// He's: uniform in ±sqrt(6 / fan-in), keeps the variance through ReLU layers.
    ///
    /// **Source** He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
    static Init heUniform() {
        return kaimingUniform(0);
    }

    /// He's for a leaky ReLU of slope `a`: uniform in ±sqrt(6 / ((1 + a²)·fan-in)).
    static Init kaimingUniform(double a) {
        return (key, shape) -> {
            double bound = Math.sqrt(6.0 / ((1 + a * a) * fanIn(shape)));
            return uniform(-bound, bound).make(key, shape);
        };
    }

    /// He's, normal with standard deviation sqrt(2 / fan-in).
    static Init heNormal() {
        return (key, shape) -> normal(0, Math.sqrt(2.0 / fanIn(shape))).make(key, shape);
    }

    /// LeCun's, normal with standard deviation sqrt(1 / fan-in): for SELU networks.
    ///
    /// **Source** LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998.
    static Init lecunNormal() {
        return (key, shape) -> normal(0, Math.sqrt(1.0 / fanIn(shape))).make(key, shape);
    }

    /// A random orthogonal matrix: rows (or, if fewer, columns) of length `gain` at right angles.
    ///
    /// **Source** Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    /// linear neural networks", 2014.
    static Init orthogonal(double gain) {
        return (key, shape) -> Orthogonal.make(key, shape, gain);
    }

    /// The identity matrix: ones on the diagonal.
    static Init identity() {
        return (_, shape) -> {
            if (shape.rank() != 2) {
                throw new ShapeException("identity initial values for shape " + shape + "\n  rule: a matrix");
            }
            Tensor t = Tensor.zeros(DType.F32, shape);
            for (long i = 0; i < Math.min(shape.dim(0), shape.dim(1)); i++) {
                t.view().put(i * shape.dim(1) + i, 1);
            }
            return t;
        };
    }

    // ---- by name

    /// Initial values by name, with constants behind a colon: `he-normal`, `normal:0,0.01`, `constant:0.1`.
    /// Without constants `uniform` is 0..1, `normal` has mean 0 and standard deviation 1, `truncated-normal`
    /// too, cut at ±2, as in PyTorch. Small and capital letters, `-` and `_` are alike.
    ///
    /// **Throws** [UnknownNameException] with the names that there are and the nearest one;
    /// [IllegalArgumentException] for constants that do not fit.
    static Init named(String text) {
        Choice choice = Choice.of("initialiser", text, names(), Choice.INIT_ALIASES);
        double[] c = switch (choice.name()) {
            case "constant" -> choice.constantsOr("initialiser", 0);
            case "uniform", "normal" -> choice.constantsOr("initialiser", 0, 1);
            case "truncated-normal" -> choice.constantsOr("initialiser", 0, 1, -2, 2);
            case "orthogonal" -> choice.constantsOr("initialiser", 1);
            default -> choice.constantsOr("initialiser");
        };
        return switch (choice.name()) {
            case "zeros" -> zeros();
            case "ones" -> ones();
            case "constant" -> constant(c[0]);
            case "uniform" -> uniform(c[0], c[1]);
            case "normal" -> normal(c[0], c[1]);
            case "truncated-normal" -> truncatedNormal(c[0], c[1], c[2], c[3]);
            case "xavier-uniform" -> xavierUniform();
            case "xavier-normal" -> xavierNormal();
            case "he-uniform" -> heUniform();
            case "he-normal" -> heNormal();
            case "lecun-normal" -> lecunNormal();
            case "orthogonal" -> orthogonal(c[0]);
            case "identity" -> identity();
            default -> throw new IllegalStateException(choice.name());
        };
    }

    /// The names that [#named(String)] knows; `glorot-` stands for `xavier-` and `kaiming-` for `he-`.
    static List<String> names() {
        return List.of(
                "zeros",
                "ones",
                "constant",
                "uniform",
                "normal",
                "truncated-normal",
                "xavier-uniform",
                "xavier-normal",
                "he-uniform",
                "he-normal",
                "lecun-normal",
                "orthogonal",
                "identity");
    }

    /// The number of inputs that one output sees.
    static long fanIn(Shape s) {
        return s.rank() < 2 ? Math.max(1, s.size()) : Math.max(1, s.size() / s.dim(0));
    }

    /// The number of outputs that one input reaches.
    static long fanOut(Shape s) {
        return s.rank() < 2 ? Math.max(1, s.size()) : Math.max(1, s.size() / s.dim(1));
    }
}

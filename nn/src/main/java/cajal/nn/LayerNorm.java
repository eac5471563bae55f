package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings each row, made of the last axes, to mean 0 and variance 1, then to a scale and level a place that
/// are learnt: `y = (x - mean) / sqrt(variance + epsilon) · weight + bias`. It sees one sample at a time,
/// so training and inference are alike.
///
/// **Shapes** `(..., shape...)` gives the same; `weight` and `bias` have the shape of the last axes.
///
/// **Initial values** weight 1, bias 0, epsilon 1e-5, as in PyTorch.
///
/// **Source** Ba, Kiros, Hinton, "Layer normalization", 2016.
public final class LayerNorm extends Block {
    private long[] shape;
    private double epsilon = 1e-5;
    private boolean affine = true;
    private boolean hasBias = true;
    private @Nullable Param weight;
    private @Nullable Param bias;

    /// A layer over the last axes, which have these lengths; without any, over the last axis of the first
    /// input.
    public LayerNorm(long... shape) {
        this.shape = Rows.checked("LayerNorm", shape);
    }

    /// With another number added to the variance.
    public LayerNorm epsilon(double epsilon) {
        checkUnsealed();
        this.epsilon = Numbers.positive("LayerNorm", "epsilon", epsilon);
        return this;
    }

    /// Without a bias.
    public LayerNorm noBias() {
        checkUnsealed();
        hasBias = false;
        return this;
    }

    /// Without weight and bias.
    public LayerNorm noAffine() {
        checkUnsealed();
        affine = false;
        return this;
    }

    @Override
    protected void seal() {
        if (shape.length > 0) {
            declare();
        }
    }

    @Override
    protected boolean isOpen() {
        return shape.length == 0;
    }

    @Override
    protected void infer(Shape input) {
        if (shape.length == 0 && input.rank() > 0) {
            shape = new long[] {input.dim(-1)};
            declare();
        }
    }

    @Override
    protected void inferFrom(Map<String, Tensor> values) {
        Tensor known = values.get("weight");
        if (known != null && known.rank() > 0) {
            shape = known.shape().dims();
            declare();
        }
    }

    private void declare() {
        if (affine) {
            weight = param("weight", Init.ones(), shape);
            bias = hasBias ? param("bias", Init.zeros(), shape) : null;
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        Rows.check("LayerNorm", x.shape(), shape, Context.current().path());
        return x.layerNorm(shape.length, epsilon, Rows.present(weight, bias));
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("shape", Rows.boxed(shape));
        constants.put("epsilon", epsilon);
        constants.put("affine", affine);
        constants.put("bias", hasBias);
        return Optional.of(Spec.of("LayerNorm", constants));
    }

    static LayerNorm of(Spec spec) {
        LayerNorm l = new LayerNorm(Rows.unboxed(spec.constants().get("shape"))).epsilon(spec.real("epsilon"));
        l = spec.flag("affine") ? l : l.noAffine();
        return spec.flag("bias") ? l : l.noBias();
    }

    @Override
    public String describe() {
        return "LayerNorm(" + Rows.text(shape) + ")";
    }

    /// What layers over the last axes have in common.
    static final class Rows {
        private Rows() {}

        static long[] checked(String layer, long... shape) {
            if (Arrays.stream(shape).anyMatch(d -> d < 1)) {
                throw new ShapeException(layer + "(" + text(shape) + ")\n  rule: lengths are at least 1");
            }
            return shape.clone();
        }

        static void check(String layer, Shape x, long[] shape, String path) {
            int front = x.rank() - shape.length;
            boolean fits = front >= 0;
            for (int i = 0; i < shape.length && fits; i++) {
                fits = x.dim(front + i) == shape[i];
            }
            if (!fits) {
                throw new ShapeException(layer + " '" + path + "' expects (..., " + text(shape) + ") but got " + x
                        + "\n  rule: the last axes are those that were stated");
            }
        }

        static Tensor[] present(@Nullable Param... some) {
            return Arrays.stream(some).filter(java.util.Objects::nonNull).toArray(Tensor[]::new);
        }

        static java.util.List<Object> boxed(long... shape) {
            return new java.util.ArrayList<>(Arrays.stream(shape).boxed().toList());
        }

        static long[] unboxed(@Nullable Object list) {
            return list instanceof java.util.List<?> all
                    ? all.stream().mapToLong(n -> ((Number) n).longValue()).toArray()
                    : new long[0];
        }

        static String text(long... shape) {
            return shape.length == 0
                    ? "?"
                    : String.join(
                            ", ", Arrays.stream(shape).mapToObj(Long::toString).toList());
        }
    }
}

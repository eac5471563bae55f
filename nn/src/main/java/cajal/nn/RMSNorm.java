package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.nn.LayerNorm.Rows;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings each row, made of the last axes, to a mean square of 1, then to a scale a place that is learnt:
/// `y = x / sqrt(mean(x²) + epsilon) · weight`. As good as [LayerNorm] in language models, and simpler.
///
/// **Shapes** `(..., shape...)` gives the same; `weight` has the shape of the last axes.
///
/// **Initial values** weight 1; epsilon, as in PyTorch, the distance from 1 to the next number of the
/// input's element type, 1.2e-7 for `F32`.
///
/// **Source** Zhang and Sennrich, "Root mean square layer normalization", 2019.
public final class RMSNorm extends Block {
    private long[] shape;
    private double epsilon; // 0: that of the element type
    private boolean affine = true;
    private @Nullable Param weight;

    /// A layer over the last axes, which have these lengths; without any, over the last axis of the first
    /// input.
    public RMSNorm(long... shape) {
        this.shape = Rows.checked("RMSNorm", shape);
    }

    /// With another number added to the mean square.
    public RMSNorm epsilon(double epsilon) {
        checkUnsealed();
        this.epsilon = Numbers.positive("RMSNorm", "epsilon", epsilon);
        return this;
    }

    /// Without a weight.
    public RMSNorm noAffine() {
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
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        Rows.check("RMSNorm", x.shape(), shape, Context.current().path());
        double least = x.dtype() == DType.F64 ? 0x1p-52 : 0x1p-23;
        return x.rmsNorm(shape.length, epsilon > 0 ? epsilon : least, Rows.present(weight));
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("shape", Rows.boxed(shape));
        constants.put("epsilon", epsilon);
        constants.put("affine", affine);
        return Optional.of(Spec.of("RMSNorm", constants));
    }

    static RMSNorm of(Spec spec) {
        RMSNorm r = new RMSNorm(Rows.unboxed(spec.constants().get("shape")));
        r = spec.real("epsilon") > 0 ? r.epsilon(spec.real("epsilon")) : r;
        return spec.flag("affine") ? r : r.noAffine();
    }

    @Override
    public String describe() {
        return "RMSNorm(" + Rows.text(shape) + ")";
    }
}

package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;

/// The gradients of [Attention] by queries, keys and values, all at once.
///
/// **Shapes** the inputs of the attention, its two outputs and the gradient of the first give the shapes of
/// queries,
/// keys and values.
///
/// @param form how the weights come about
record AttentionGradient(Task.AttentionForm form) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Attention.attributes(form);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        return new Shape[] {in[0], in[1], in[2]};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return Op.super.dtype(output, in).toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.AttentionGradient(form), Attention.expanded(in, in.length - 3), out);
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return Attention.scores(in[0], in[1]).size() * (3 * in[0].dim(-1) + 2 * in[2].dim(-1));
    }

    @Override
    public boolean differentiable() {
        return false;
    }
}

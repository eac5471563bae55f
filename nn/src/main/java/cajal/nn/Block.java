package cajal.nn;

import cajal.tensor.Grad;
import cajal.tensor.Tensor;

/// A layer with parameters, states or inner layers: write a constructor that adds them, and [#forward].
///
/// **Shapes** are whatever `forward` makes of them; a [cajal.kernel.ShapeException] on the way names the
/// layer's
/// path.
public abstract class Block extends Part implements Layer {
    private boolean recompute;

    /// For subclasses.
    protected Block() {}

    /// The output for an input: makes sure that parameters have values, enters this layer's scope, so that
    /// every operation knows in which layer it runs, and calls [#forward].
    @Override
    public final Tensor apply(Tensor x) {
        return call(() -> recompute ? Grad.recompute(this::forward, x) : forward(x), x);
    }

    /// Keeps only this block's input for the backward pass, which computes what lies between again: gradient
    /// checkpointing. Numbers, paths and saved models are the same as without; a step costs one more forward
    /// pass. Worth it for each of the larger pieces of a deep network, such as a few residual blocks.
    ///
    /// See [Grad#recompute].
    ///
    /// @return this block
    public final Block recompute() {
        checkUnsealed();
        recompute = true;
        return this;
    }

    /// Whether it keeps only its input for the backward pass.
    final boolean recomputes() {
        return recompute;
    }

    /// A table of the layers with their output shapes, parameters and memory, for an input of the given shape.
    ///
    /// The network is not changed, except that sizes that were left out are inferred.
    ///
    /// @param input the shape of an `F32` input, the first axis being the batch
    public final Summary summary(long... input) {
        return Summary.of(this, () -> apply(Tensor.zeros(input)));
    }

    /// What the layer computes. Call the layer itself, not this method.
    protected abstract Tensor forward(Tensor x);
}

package cajal.tensor;

import java.util.Optional;

/// The operations that use the same weights at every place of an input `(B, C, ...)`.
public sealed interface Convolutions permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /// The convolution with a kernel `(O, C, K...)`, step by step, without padding.
    default Tensor conv(Tensor weight) {
        return conv(weight, Convolving.over(Math.max(1, weight.rank() - 2)));
    }

    /// The convolution with a kernel `(O, C / groups, K...)`: `(B, C, S...)` gives `(B, O, T...)`.
    ///
    /// **Throws** [cajal.kernel.ShapeException] if channels or lengths do not fit.
    default Tensor conv(Tensor weight, Convolving how) {
        return Engine.one(new Convolution(how), self(), weight);
    }

    /// The convolution with a kernel, and a number `(O)` added to each output channel.
    default Tensor conv(Tensor weight, Tensor bias, Convolving how) {
        return Engine.one(new Convolution(how), self(), weight, bias);
    }

    /// A function of a convolution, if there is one, in the same operation where its gradient follows from its
    /// value: see [Joined].
    default Tensor conv(Tensor weight, Optional<Tensor> bias, Convolving how, Optional<Elementwise> then) {
        Tensor[] in = bias.map(b -> new Tensor[] {self(), weight, b}).orElseGet(() -> new Tensor[] {self(), weight});
        return Joined.run(new Convolution(how), then, in)[0];
    }

    /// The transposed convolution with a kernel `(O, C / groups, K...)`: `(B, O, T...)` gives `(B, C, S...)`.
    ///
    /// **Throws** [cajal.kernel.ShapeException] if channels or lengths do not fit.
    default Tensor convTranspose(Tensor weight, Convolving how) {
        return Engine.one(new Convolution.Transposed(how), self(), weight);
    }

    /// The transposed convolution with a kernel, and a number `(C)` added to each output channel.
    default Tensor convTranspose(Tensor weight, Tensor bias, Convolving how) {
        return Engine.one(new Convolution.Transposed(how), self(), weight, bias);
    }

    /// The windows that a kernel of the given lengths sees, as columns: `(B, C, S...)` gives `(B, C·K, T)`,
    /// for `K` elements of the kernel and `T` places. Also called im2col.
    ///
    /// **Throws** [cajal.kernel.ShapeException] if lengths do not fit.
    default Tensor unfold(Convolving how, long... kernel) {
        return Windows.unfold(self(), how, kernel);
    }

    /// The sum of windows at their places: `(B, C·K, T)` gives `(B, C, size...)`. Also called col2im.
    ///
    /// **Throws** [cajal.kernel.ShapeException] if lengths do not fit.
    default Tensor fold(Convolving how, long[] size, long... kernel) {
        return Windows.fold(self(), how, size, kernel);
    }
}

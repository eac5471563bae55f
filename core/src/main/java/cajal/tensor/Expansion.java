package cajal.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// The gradient of a fused operation in two ways: by a kernel of its own, or, where that gradient must itself
/// be
/// differentiated or has no kernel, as the gradient of what the operation is made of.
final class Expansion {
    private Expansion() {}

    /// The rule of an operation that saved all its inputs.
    ///
    /// @param composed the operation's outputs (those that have a gradient) as a composition of simpler ones
    /// @param fused the gradients of the first inputs, by a kernel
    static Grads grads(Backward b, Function<Tensor[], Tensor[]> composed, Supplier<Tensor[]> fused) {
        Tensor[][] known = new Tensor[2][0]; // by the kernel, by composition; each once it is asked for
        boolean create = Context.current().recording();
        return Grads.each(i -> {
            if (!create) {
                known[0] = known[0].length > 0 ? known[0] : fused.get();
                if (i < known[0].length) {
                    return known[0][i];
                }
            }
            known[1] = known[1].length > 0 ? known[1] : composed(b, composed, create);
            return known[1][i];
        });
    }

    /// The gradients of the composition by each input.
    private static Tensor[] composed(Backward b, Function<Tensor[], Tensor[]> composition, boolean create) {
        Tensor[] in = new Tensor[b.inputs()];
        List<Tensor> wanted = new ArrayList<>();
        try (var _ = Context.current().recording(true).enter()) {
            for (int i = 0; i < in.length; i++) {
                Tensor x = b.in(i);
                in[i] = x.dtype().isFloat() ? own(x, create) : x;
                if (x.dtype().isFloat()) {
                    wanted.add(in[i]);
                }
            }
            Tensor[] out = composition.apply(in);
            Tensor total = out[0].mul(b.grad(0)).sum();
            for (int i = 1; i < out.length; i++) {
                total = total.add(out[i].mul(b.grad(i)).sum());
            }
            List<Tensor> gradients = create ? Grad.of(total, wanted, Grad.CREATE_GRAPH) : Grad.of(total, wanted);
            Tensor[] each = in.clone();
            for (int i = 0, k = 0; i < in.length; i++) {
                each[i] = in[i].dtype().isFloat() ? gradients.get(k++) : in[i];
            }
            return each;
        }
    }

    /// The input as the end of the way: the gradient goes no further, so that an input that was computed from
    /// another one doesn't add to the other's gradient. Where the gradient will be differentiated, its own
    /// history
    /// stays behind it.
    private static Tensor own(Tensor x, boolean create) {
        return create && x.needsGrad()
                ? Engine.one(new Views.Reshape(x.shape()), x.contiguous())
                : x.detach().requireGrad();
    }
}

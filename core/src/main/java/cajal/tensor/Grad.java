package cajal.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// Gradients by reverse-mode automatic differentiation: `d loss / d input` for any tensors that a result
/// was made from.
///
/// **Source:** Baydin, Pearlmutter, Radul, Siskind, "Automatic differentiation in machine learning: a survey",
/// JMLR 18, 2018.
public final class Grad {
    /// Keep the graph: it can be walked again, at the price of its memory.
    public static final Option KEEP_GRAPH = Option.KEEP_GRAPH;
    /// Record the backward pass too, so that gradients can be differentiated again; keeps the graph.
    public static final Option CREATE_GRAPH = Option.CREATE_GRAPH;

    private Grad() {}

    /// What a backward pass leaves behind.
    public enum Option {
        /// See [Grad#KEEP_GRAPH].
        KEEP_GRAPH,
        /// See [Grad#CREATE_GRAPH].
        CREATE_GRAPH
    }

    /// The gradients of a scalar with respect to each input; zeros where it does not depend on one.
    ///
    /// Nothing is accumulated anywhere. Inputs are tensors that need a gradient (parameters,
    /// [Tensor#requireGrad()]) or
    /// were computed from such.
    ///
    /// **Throws** [GradException] if the loss is no scalar, nothing needed a gradient, or the graph was already
    /// used
    /// up.
    public static List<Tensor> of(Tensor loss, Tensor... inputs) {
        return of(loss, List.of(inputs));
    }

    /// The gradients of a scalar with respect to each input, with options.
    public static List<Tensor> of(Tensor loss, List<Tensor> inputs, Option... options) {
        return of(loss, seed(loss), inputs, options);
    }

    /// The vector-Jacobian product: `sum over outputs of seed · d output / d input` for each input.
    public static List<Tensor> of(Tensor output, Tensor seed, List<Tensor> inputs, Option... options) {
        return new BackwardPass(output, seed, List.of(options)).gradients(inputs);
    }

    /// A scope in which nothing is recorded for a backward pass: `try (var _ = Grad.off()) { ... }`.
    public static Scope off() {
        return Context.current().recording(false).enter();
    }

    /// A scope in which operations are recorded again, inside [#off()].
    public static Scope on() {
        return Context.current().recording(true).enter();
    }

    /// `body(x)`, of which only the input is kept for the backward pass: there `body` runs once more. Less
    /// memory for more time: the values between are held for one such piece at a time.
    ///
    /// `body` draws the same random numbers both times, and leaves states alone the second time. It may use
    /// parameters and other tensors beside `x`; gradients reach them too.
    ///
    /// **Gradient** the same bits as without, unless a tensor is used both inside and outside of it, or in
    /// several: then the same terms may be summed in another order.
    ///
    /// **Throws** [GradException] in the backward pass if a parameter was overwritten in between.
    ///
    /// **Source** Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost", 2016.
    public static Tensor recompute(UnaryOperator<Tensor> body, Tensor x) {
        return Recompute.run(body, x);
    }

    static void backward(Tensor output, Tensor seed, Option... options) {
        new BackwardPass(output, seed, Arrays.asList(options)).accumulate();
    }

    static Tensor seed(Tensor loss) {
        if (loss.size() != 1) {
            throw new GradException(
                    "backward() starts at one number, but the tensor has shape " + loss.shape()
                            + "\n  rule: the loss is a scalar\n  fix:  take loss.mean() or loss.sum(), or give the gradient that flows in: backward(seed)");
        }
        return Tensor.ones(loss.dtype(), loss.shape());
    }
}

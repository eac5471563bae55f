package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// `y = body(x)`, whose gradient rule runs `body` again. See [Grad#recompute].
///
/// Its inputs are the tensors from outside that `body` used and into which a gradient can flow, in the order in
/// which they were used; `x` is one of them if it can.
///
/// **Gradient** that of `body`, walked from its output to these inputs.
final class Recompute implements Op {
    private final UnaryOperator<Tensor> body;
    private final Tensor x; // the input, or a constant of the piece
    private final Context context;
    private final Optional<Randomness> randomness;

    private Recompute(UnaryOperator<Tensor> body, Tensor x, Context context, Optional<Randomness> randomness) {
        this.body = body;
        this.x = x;
        this.context = context;
        this.randomness = randomness;
    }

    static Tensor run(UnaryOperator<Tensor> body, Tensor x) {
        Context context = Context.current();
        if (!context.recording()) {
            return body.apply(x);
        }
        Recompute op = new Recompute(body, x, context, context.randomness().map(Randomness::copy));
        Outside outside = new Outside();
        Tensor y;
        try (var _ = context.recording(false).listener(outside).enter()) {
            y = body.apply(x);
        }
        if (outside.used.isEmpty() || !y.dtype().isFloat()) {
            return y;
        }
        return Engine.link(op, y, outside.used.toArray(Tensor[]::new));
    }

    /// Notes the tensors that lead out of a piece that runs without recording: those that have an origin.
    private static final class Outside implements Listener {
        final List<Tensor> used = new ArrayList<>();
        private final Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());

        @Override
        public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
            for (Tensor t : in) {
                if (op.differentiable() && Engine.hasOrigin(t) && seen.add(t)) {
                    used.add(t);
                }
            }
        }
    }

    @Override
    public Shape[] shapes(Shape... in) {
        throw new IllegalStateException("the shape of a recomputed piece is that of its output");
    }

    @Override
    public void forward(View[] in, View[] out) {
        throw new IllegalStateException("a recomputed piece computes by its operations");
    }

    @Override
    public Saves saves(boolean[] wanted) {
        Saves all = Saves.NOTHING;
        for (int i = 0; i < wanted.length; i++) {
            all = all.in(i);
        }
        return all;
    }

    @Override
    public Grads backward(Backward b) {
        List<Tensor> gradients = gradients(b);
        return Grads.each(gradients::get);
    }

    private List<Tensor> gradients(Backward b) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < b.inputs(); i++) {
            inputs.add(b.in(i));
        }
        Context now = Context.current();
        Tensor y;
        try (var _ = now.repeating(context, randomness.map(Randomness::copy)).enter()) {
            y = body.apply(x);
        }
        if (y.origin() == null) {
            return inputs.stream().map(t -> Tensor.zeros(t.dtype(), t.shape())).toList();
        }
        List<Grad.Option> options = now.recording() ? List.of(Grad.CREATE_GRAPH) : List.of();
        return new BackwardPass(y, b.grad(), options).gradientsUpTo(inputs);
    }
}

package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Recycler;
import cajal.kernel.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One walk from an output back to the leaves by the chain rule: a node's rule runs once the gradients of
/// all its uses are summed, in an order that depends on the graph alone.
///
/// Inside of a step, what the rules computed goes back to the step's memory as soon as nothing will read it,
/// unless somebody listens.
final class BackwardPass {
    private final Tensor output;
    private final Tensor seed;
    private final boolean keep;
    private final boolean create;
    private final Reached<Node> nodes = new Reached<>();
    private final Reached<Leaf> leaves = new Reached<>();
    private @Nullable Set<Origin> wanted;
    private Set<Origin> ends = Set.of(); // the walk goes as far as these

    BackwardPass(Tensor output, Tensor seed, List<Grad.Option> options) {
        this.output = output;
        this.seed = seed;
        this.create = options.contains(Grad.Option.CREATE_GRAPH);
        this.keep = create || options.contains(Grad.Option.KEEP_GRAPH);
        if (output.origin() == null) {
            throw new GradException("Nothing that this tensor was computed from needs a gradient\n"
                    + "  rule: gradients flow to parameters and to tensors made by requireGrad(), while recording is on\n"
                    + "  fix:  use x.requireGrad(), unfreeze a parameter, or leave the Grad.off() scope");
        }
        if (!seed.shape().equals(output.shape())) {
            throw new GradException("The gradient that flows in has shape " + seed.shape() + ", the output "
                    + output.shape() + "\n  rule: both have the same shape");
        }
    }

    /// Adds the gradients to the leaves' own.
    void accumulate() {
        walk();
        Context context = Context.current();
        try (var _ = context.recording(create).enter()) {
            for (int i = 0; i < leaves.count(); i++) {
                Tensor g = leaves.arrived(i)[0];
                if (g != null) {
                    leaves.at(i).add(g);
                }
            }
        }
        letGo();
    }

    /// The gradients of `inputs` as if nothing lay before them: what goes past one of them into another
    /// does not count, and their own graph stays.
    List<Tensor> gradientsUpTo(List<Tensor> inputs) {
        ends = new HashSet<>();
        inputs.forEach(t -> ends.add(t.origin()));
        return gradients(inputs);
    }

    /// The gradients of `inputs`, accumulated nowhere.
    List<Tensor> gradients(List<Tensor> inputs) {
        Set<Origin> these = new HashSet<>();
        for (Tensor t : inputs) {
            Origin origin = t.origin();
            if (origin == null) {
                throw new GradException(
                        "A tensor of shape " + t.shape() + " whose gradient is wanted does not need one\n"
                                + "  fix:  use x = x.requireGrad() before the forward pass");
            }
            these.add(origin);
        }
        wanted = these;
        walk();
        List<Tensor> result = new ArrayList<>();
        for (Tensor t : inputs) {
            Tensor g = arrivedAt(t);
            result.add(g != null ? g : Tensor.zeros(t.dtype(), t.shape()));
        }
        letGo();
        return result;
    }

    private @Nullable Tensor arrivedAt(Tensor t) {
        Reached<?> list = t.origin() instanceof Leaf ? leaves : nodes;
        int i = t.origin() == null ? -1 : list.placeOf(t.origin());
        return i < 0 ? null : list.arrived(i)[t.slot()];
    }

    private void letGo() {
        for (int i = 0; i < leaves.count(); i++) {
            leaves.clear(i);
        }
        for (int i = 0; i < nodes.count(); i++) {
            nodes.clear(i);
        }
    }

    private void walk() {
        Context context = Context.current().recording(create);
        Recycler recycler =
                keep || !context.listeners().isEmpty() ? null : context.memory().recycler();
        int mark = recycler == null ? 0 : recycler.mark();
        try (var _ = context.enter()) {
            if (!(output.origin() instanceof Node root) || ends.contains(root)) {
                arrive(output.origin(), output.slot(), seed);
                return;
            }
            countUses(root);
            arrive(root, output.slot(), seed);
            Deque<Node> ready = new ArrayDeque<>(8);
            ready.add(root);
            while (!ready.isEmpty()) {
                Node node = ready.poll();
                int at = nodes.placeOf(node);
                context = context.path().equals(node.path()) ? context : context.at(node.path());
                try (var _ = context.enter()) {
                    pull(node, at);
                }
                for (int i = 0; i < node.inputs(); i++) {
                    if (node.origin(i) instanceof Node before
                            && !ends.contains(before)
                            && nodes.served(nodes.placeOf(before))) {
                        ready.add(before);
                    }
                }
                if (!keep) {
                    node.release();
                }
                if (recycler != null) {
                    recycler.sweep(mark);
                }
            }
        }
    }

    /// Runs one gradient rule and hands the results to where the inputs came from.
    private void pull(Node node, int at) {
        node.checkAlive();
        if (!nodes.isReached(at)) {
            return; // the loss does not depend on it
        }
        Grads rule = null;
        for (int i = 0; i < node.inputs(); i++) {
            Origin origin = node.origin(i);
            if (origin == null || !worthwhile(origin)) {
                continue;
            }
            if (rule == null) {
                rule = node.op().backward(new Backward(node, nodes.arrived(at)));
            }
            Tensor g = rule.of(i);
            if (g != null) {
                arrive(origin, node.slot(i), fit(g, node.inShapes()[i], node.inTypes()[i]));
            }
        }
        if (wanted == null || !wanted.contains(node)) {
            nodes.clear(at);
        }
    }

    private void arrive(@Nullable Origin origin, int slot, Tensor g) {
        switch (origin) {
            case Leaf leaf -> {
                int i = leaves.placeOf(leaf);
                leaves.arrive(i < 0 ? leaves.add(leaf, 1) : i, 0, g);
            }
            case Node node -> {
                int i = nodes.placeOf(node); // not met yet: the end of the way
                nodes.arrive(i < 0 ? nodes.add(node, node.outShapes().length) : i, slot, g);
            }
            case null -> {}
        }
    }

    /// Sums a gradient over the axes along which the input was broadcast.
    private static Tensor fit(Tensor g, Shape shape, DType dtype) {
        Tensor fitted = g.shape().equals(shape) ? g : g.sumTo(shape);
        return fitted.dtype() == dtype ? fitted : fitted.to(dtype);
    }

    /// Counts how many uses of each node lie on the way from the root, without recursion: graphs may be deep.
    private void countUses(Node root) {
        Deque<Node> stack = new ArrayDeque<>(8);
        nodes.add(root, root.outShapes().length);
        stack.push(root);
        while (!stack.isEmpty()) {
            Node node = stack.pop();
            for (int i = 0; i < node.inputs(); i++) {
                if (node.origin(i) instanceof Node before && !ends.contains(before)) {
                    int at = nodes.placeOf(before);
                    if (at < 0) {
                        at = nodes.add(before, before.outShapes().length);
                        stack.push(before);
                    }
                    nodes.used(at);
                }
            }
        }
        if (wanted != null) {
            markWanted(root);
        }
    }

    /// Marks the nodes from which a wanted tensor can be reached, so that no other gradient is computed.
    private void markWanted(Node root) {
        Deque<Node> stack = new ArrayDeque<>(8);
        Set<Node> open = new HashSet<>();
        stack.push(root);
        while (!stack.isEmpty()) {
            Node node = stack.peek();
            int at = nodes.placeOf(node);
            if (nodes.leads(at) != 0) {
                stack.pop();
                continue;
            }
            boolean first = open.add(node);
            boolean leads = false;
            boolean complete = true;
            for (int i = 0; i < node.inputs(); i++) {
                Origin origin = node.origin(i);
                if (origin == null) {
                    continue;
                }
                leads |= isWanted(origin);
                if (origin instanceof Node before && !ends.contains(before)) {
                    int known = nodes.leads(nodes.placeOf(before));
                    if (known == 0 && first) {
                        stack.push(before);
                        complete = false;
                    } else {
                        leads |= known > 0;
                    }
                }
            }
            if (complete) {
                nodes.leads(at, leads);
                stack.pop();
            }
        }
    }

    private boolean isWanted(Origin origin) {
        return wanted == null || wanted.contains(origin);
    }

    private boolean worthwhile(Origin origin) {
        if (isWanted(origin)) {
            return true;
        }
        int at = origin instanceof Node node ? nodes.placeOf(node) : -1;
        return at >= 0 && nodes.leads(at) >= 0 && !ends.contains(origin);
    }
}

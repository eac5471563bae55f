package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The one door through which every operation runs, forward or backward: shapes, storage, kernel, link for the
/// gradient, listeners.
public final class Engine {
    private static final DType[][] FLOATS = new DType[8][]; // the types of so many views in single precision

    static {
        for (int n = 0; n < FLOATS.length; n++) {
            FLOATS[n] = new DType[n];
            Arrays.fill(FLOATS[n], DType.F32);
        }
    }

    private Engine() {}

    /// Runs an operation with one output.
    public static Tensor one(Op op, Tensor... in) {
        return run(op, in)[0];
    }

    /// Runs an operation.
    ///
    /// **Throws** [cajal.kernel.ShapeException] if the inputs do not fit it.
    public static Tensor[] run(Op op, Tensor... in) {
        Context context = Context.current();
        if (in.length == 1
                && in[0] instanceof Waiting before
                && before.isOpen()
                && op instanceof Elementwise f
                && f.replaces()
                && context.listeners().isEmpty()) {
            return new Tensor[] {before.then(f)};
        }
        View[] views = views(in);
        Shape[] shapes = shapes(views);
        DType[] types = types(views);
        View[] outs;
        Shape[] outShapes;
        if (op instanceof Op.Viewing v) {
            outs = v.views(views[0]);
            outShapes = shapes(outs);
        } else {
            outShapes = op.shapes(shapes);
            outs = allocate(context, op, types, outShapes);
            op.forward(views, outs);
        }
        boolean linked = context.recording() && op.differentiable() && anyOrigin(in);
        Tensor[] out = new Tensor[outs.length];
        Node node = linked ? new Node(op, context.path(), in, shapes, types, outShapes, types(outs)) : null;
        for (int i = 0; i < outs.length; i++) {
            out[i] = new Tensor(outs[i], node != null && outs[i].dtype().isFloat() ? node : null, i);
        }
        if (node != null) {
            node.seal(in, out);
        }
        if (!context.listeners().isEmpty()) {
            tell(context, op, in, out);
        }
        return out;
    }

    /// What `use` makes of a result that is not computed before it does something with it: if that is a function
    /// whose gradient follows from its value, such as ReLU, both are one operation. It is for what lies between
    /// two layers and nobody else sees. Who listens is told of both apart; the bits are the same.
    ///
    /// @param compute computes the result, or a function of it where one is given
    /// @param use uses the result
    public static Tensor joining(Function<Optional<Elementwise>, Tensor> compute, UnaryOperator<Tensor> use) {
        if (!Context.current().listeners().isEmpty()) {
            return use.apply(compute.apply(Optional.empty()));
        }
        Waiting between = new Waiting(compute);
        return between.end(use.apply(between));
    }

    /// Makes an operation the origin of a tensor that was computed without recording, so that its gradient rule
    /// stands for all that lay between.
    static Tensor link(Op op, Tensor computed, Tensor... in) {
        Context context = Context.current();
        View[] views = views(in);
        View[] outs = {computed.view()};
        Node node = new Node(op, context.path(), in, shapes(views), types(views), shapes(outs), types(outs));
        Tensor[] out = {new Tensor(outs[0], node, 0)};
        node.seal(in, out);
        tell(context, op, in, out);
        return out[0];
    }

    /// Runs an operation whose outputs overwrite parameters or states: the only way in which lasting contents
    /// change.
    ///
    /// @param op the operation; its outputs have the targets' shapes
    /// @param targets what is overwritten, in the order of the outputs; may also be inputs
    /// @param in the inputs
    static void write(Op op, List<? extends Lasting> targets, Tensor... in) {
        if (Context.current().repeating() && targets.stream().allMatch(State.class::isInstance)) {
            return; // the first time it was written
        }
        View[] outs = new View[targets.size()];
        for (int i = 0; i < outs.length; i++) {
            outs[i] = targets.get(i).view();
        }
        op.forward(views(in), outs);
        for (View v : outs) {
            v.storage().overwritten();
        }
        if (!Context.current().listeners().isEmpty()) {
            tell(Context.current(), op, in, targets.toArray(Tensor[]::new));
        }
    }

    private static View[] allocate(Context context, Op op, DType[] types, Shape[] shapes) {
        View[] outs = new View[shapes.length];
        for (int i = 0; i < outs.length; i++) {
            outs[i] = View.of(Memory.blank(context, op.dtype(i, types), shapes[i].size()), shapes[i]);
        }
        return outs;
    }

    private static View[] views(Tensor[] tensors) {
        View[] views = new View[tensors.length];
        for (int i = 0; i < views.length; i++) {
            views[i] = tensors[i].view();
        }
        return views;
    }

    private static Shape[] shapes(View[] views) {
        Shape[] shapes = new Shape[views.length];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = views[i].shape();
        }
        return shapes;
    }

    private static DType[] types(View[] views) {
        boolean usual = views.length < FLOATS.length;
        for (int i = 0; i < views.length && usual; i++) {
            usual = views[i].dtype() == DType.F32;
        }
        if (usual) {
            return FLOATS[views.length];
        }
        DType[] types = new DType[views.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = views[i].dtype();
        }
        return types;
    }

    private static boolean anyOrigin(Tensor[] in) {
        for (Tensor t : in) {
            if (hasOrigin(t)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a gradient can flow into a tensor.
    static boolean hasOrigin(Tensor t) {
        return t.origin() != null && t.dtype().isFloat();
    }

    private static void tell(Context context, Op op, Tensor[] in, Tensor[] out) {
        for (Listener l : context.listeners()) {
            l.ran(op, context.path(), in, out);
        }
    }
}

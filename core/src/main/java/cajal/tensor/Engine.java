package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.List;

/// The one door through which every operation runs, forward or backward: shapes, storage, kernel, link for the
/// gradient, listeners.
public final class Engine {
    private static final DType[][] FLOATS = new DType[8][]; // the types of so many inputs in single precision

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
        View[] views = new View[in.length];
        Shape[] shapes = new Shape[in.length];
        for (int i = 0; i < in.length; i++) {
            View v = in[i].view();
            views[i] = v;
            shapes[i] = v.shape();
        }
        DType[] types = types(views);
        View[] outs;
        if (op instanceof Op.Viewing v) {
            outs = v.views(views[0]);
        } else {
            outs = allocate(context, op, shapes, types);
            op.forward(views, outs);
        }
        boolean linked = context.recording() && op.differentiable() && anyOrigin(in);
        Tensor[] out = new Tensor[outs.length];
        Node node = linked ? new Node(op, context.path(), in, shapes, types, outs.length) : null;
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

    /// Makes an operation the origin of a tensor that was computed without recording, so that its gradient rule
    /// stands for all that lay between.
    static Tensor link(Op op, Tensor computed, Tensor... in) {
        Context context = Context.current();
        Shape[] shapes = new Shape[in.length];
        DType[] types = new DType[in.length];
        for (int i = 0; i < in.length; i++) {
            shapes[i] = in[i].shape();
            types[i] = in[i].dtype();
        }
        Node node = new Node(op, context.path(), in, shapes, types, 1);
        Tensor[] out = {new Tensor(computed.view(), node, 0)};
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
        View[] views = new View[in.length];
        for (int i = 0; i < in.length; i++) {
            views[i] = in[i].view();
        }
        View[] outs = new View[targets.size()];
        for (int i = 0; i < outs.length; i++) {
            outs[i] = targets.get(i).view();
        }
        op.forward(views, outs);
        for (View v : outs) {
            v.storage().overwritten();
        }
        if (!Context.current().listeners().isEmpty()) {
            tell(Context.current(), op, in, targets.toArray(Tensor[]::new));
        }
    }

    private static View[] allocate(Context context, Op op, Shape[] shapes, DType[] types) {
        Shape[] outShapes = op.shapes(shapes);
        View[] outs = new View[outShapes.length];
        for (int i = 0; i < outs.length; i++) {
            outs[i] = View.of(Memory.blank(context, op.dtype(i, types), outShapes[i].size()), outShapes[i]);
        }
        return outs;
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

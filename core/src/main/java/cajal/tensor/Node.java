package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import org.jspecify.annotations.Nullable;

/// One operation that ran, in the graph that the backward pass walks: the operation, the layer it ran in,
/// where its inputs came from, and the values that its gradient rule reads.
final class Node extends Origin {
    // the slots of inputs that are all the first output of something, the versions of what was never overwritten
    private static final int[] NOUGHTS = new int[8];
    private static final boolean[][] ALL = {{}, {true}, {true, true}, {true, true, true}}; // every input is wanted
    private static final @Nullable Tensor[] NONE = {};

    private final Op op;
    private final String path;
    private final @Nullable Origin[] origins;
    private final int[] slots;
    private final Shape[] inShapes;
    private final DType[] inTypes;
    private final Shape[] outShapes;
    private final DType[] outTypes;
    private @Nullable Tensor[] saved = NONE; // inputs, then outputs, unless there are none
    private int[] versions = NOUGHTS;
    private boolean released;

    /// @param shapes the inputs' shapes,
    /// @param types their types, and
    /// @param outShapes the same of the outputs: arrays that the node keeps
    Node(Op op, String path, Tensor[] in, Shape[] shapes, DType[] types, Shape[] outShapes, DType[] outTypes) {
        this.op = op;
        this.path = path;
        int n = in.length;
        origins = new Origin[n];
        inShapes = shapes;
        inTypes = types;
        this.outShapes = outShapes;
        this.outTypes = outTypes;
        int[] places = n <= NOUGHTS.length ? NOUGHTS : new int[n];
        for (int i = 0; i < n; i++) {
            Tensor t = in[i];
            origins[i] = types[i].isFloat() ? t.origin() : null;
            if (t.slot() != 0) {
                places = places == NOUGHTS ? new int[n] : places;
                places[i] = t.slot();
            }
        }
        slots = places;
    }

    /// Keeps the values that the rule will read.
    void seal(Tensor[] in, Tensor[] out) {
        Saves saves = op.saves(wanted());
        if (saves.equals(Saves.NOTHING)) {
            return;
        }
        int count = in.length + out.length;
        saved = new Tensor[count];
        versions = count <= NOUGHTS.length ? NOUGHTS : new int[count];
        for (int i = 0; i < in.length; i++) {
            if ((saves.in() >>> i & 1) != 0) {
                save(i, in[i]);
            }
        }
        for (int i = 0; i < out.length; i++) {
            if ((saves.out() >>> i & 1) != 0) {
                save(in.length + i, out[i]);
            }
        }
    }

    /// Which inputs a gradient can flow into.
    private boolean[] wanted() {
        int n = origins.length, count = 0;
        for (Origin origin : origins) {
            count += origin != null ? 1 : 0;
        }
        if (count == n && n < ALL.length) {
            return ALL[n];
        }
        boolean[] wanted = new boolean[n];
        for (int i = 0; i < n; i++) {
            wanted[i] = origins[i] != null;
        }
        return wanted;
    }

    private void save(int i, Tensor t) {
        saved[i] = t;
        int version = t.layout().storage().version();
        if (version != 0) {
            versions = versions == NOUGHTS ? new int[saved.length] : versions;
            versions[i] = version;
        }
    }

    Op op() {
        return op;
    }

    String path() {
        return path;
    }

    int inputs() {
        return origins.length;
    }

    @Nullable
    Origin origin(int i) {
        return origins[i];
    }

    int slot(int i) {
        return slots[i];
    }

    Shape[] inShapes() {
        return inShapes;
    }

    DType[] inTypes() {
        return inTypes;
    }

    Shape[] outShapes() {
        return outShapes;
    }

    DType[] outTypes() {
        return outTypes;
    }

    Tensor savedInput(int i) {
        return saved(i);
    }

    Tensor savedOutput(int i) {
        return saved(origins.length + i);
    }

    private Tensor saved(int i) {
        checkAlive();
        Tensor t = i < saved.length ? saved[i] : null;
        if (t == null) {
            throw new IllegalStateException(
                    "The gradient rule of " + op.name() + " reads " + what(i) + ", which its saves() does not name");
        }
        if (t.layout().storage().version() != versions[i]) {
            throw new GradException("The backward pass of " + this + " needs " + what(i)
                    + " as it was in the forward pass, but a parameter "
                    + "or state was overwritten in between\n  rule: forward, backward, then update\n"
                    + "  fix:  run the forward pass again after the update, or call backward() before it");
        }
        return t;
    }

    private String what(int i) {
        return i < origins.length ? "input " + i : "output " + (i - origins.length);
    }

    void checkAlive() {
        if (released) {
            throw new GradException(
                    "backward() through " + this + " a second time, but its saved values were let go after the first\n"
                            + "  rule: a graph is walked once unless it is kept\n"
                            + "  fix:  run the forward pass again, or keep the graph: Grad.of(loss, inputs, Grad.KEEP_GRAPH)");
        }
    }

    /// Lets the saved values go, so that the garbage collector can have them.
    void release() {
        released = true;
        saved = NONE;
    }

    @Override
    public String toString() {
        Op shown = op instanceof Joined joined ? joined.first() : op; // whose layer the path names
        return shown.name() + (path.isEmpty() ? "" : " in '" + path + "'");
    }
}

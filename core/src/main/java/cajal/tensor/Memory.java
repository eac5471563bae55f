package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.RecycledException;
import cajal.kernel.Recycler;
import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The memory of a step: what operations make inside of [#step()] lives until the scope is closed; then its
/// storage serves the next step, so that a training loop allocates nothing.
///
/// ```java
/// for (var batch : batches) {
///     try (var _ = Memory.step()) {
///         net.parameters().values().forEach(Param::zeroGrad);
///         var loss = criterion.of(net.apply(batch.inputs()), batch.targets());
///         loss.backward();
///         adam.step(net.parameters());
///         total += loss.item();
///     }
/// }
/// ```
///
/// The garbage collector owns all tensors that are made elsewhere, so nothing needs such a scope; it is for
/// speed. The [Trainer](cajal.train) opens one for each step and each batch of an evaluation.
///
/// What lasts anyway: parameters, states, an optimiser's memory, and tensors that are made of numbers (`of`,
/// `zeros`, ...). A gradient that [Tensor#backward()] leaves in a parameter lives until it is replaced or
/// cleared inside of a scope. Anything else is copied out by [Tensor#keep()], or made under [#off()]. A tensor
/// whose step is over answers its shape; reading its values is a [RecycledException].
///
/// A scope belongs to the thread that opened it: what other threads compute, even in its context, lasts. Scopes
/// nest: each gives back what was made in it.
public final class Memory {
    static final Memory LASTING = new Memory(null);
    private static final Deque<SoftReference<Memory>> IDLE = new ArrayDeque<>();

    private final @Nullable Recycler recycler;
    private final SoftReference<Memory> self = new SoftReference<>(this); // what an ended training leaves may go
    private @Nullable Thread owner;

    private Memory(@Nullable Recycler recycler) {
        this.recycler = recycler;
    }

    /// A scope at the end of which the storage of everything computed in it is used again.
    public static Scope step() {
        Context context = Context.current();
        Memory now = context.memory();
        return now.recycler() != null ? new Step(now, null) : new Step(acquire(), context);
    }

    /// A scope in which results last, inside of a [#step()].
    public static Scope off() {
        return Context.current().memory(LASTING).enter();
    }

    /// The recycler, on the thread that it belongs to.
    @Nullable
    Recycler recycler() {
        return owner == Thread.currentThread() ? recycler : null;
    }

    /// Storage for an output.
    static HostStorage blank(Context context, DType dtype, long size) {
        Recycler recycler = context.memory().recycler();
        return recycler == null ? Recycler.blank(dtype, size) : recycler.take(dtype, size);
    }

    private static Memory acquire() {
        Memory m = null;
        synchronized (IDLE) {
            while (m == null && !IDLE.isEmpty()) {
                m = IDLE.pop().get();
            }
        }
        m = m == null ? new Memory(new Recycler()) : m;
        m.owner = Thread.currentThread();
        return m;
    }

    private void giveUp() {
        owner = null;
        synchronized (IDLE) {
            IDLE.push(self);
        }
    }

    /// The message about a tensor whose storage was given to others.
    static RecycledException gone(Tensor t, @Nullable Origin origin) {
        String what = origin instanceof Node node ? ", made by " + node + "," : "";
        return new RecycledException(
                "A tensor of shape " + t.shape() + what + " is used, but the step in which it was made is over"
                        + "\n  rule: what is computed inside Memory.step() lives until the scope is closed; the Trainer"
                        + " closes one after each step"
                        + "\n  fix:  inside the step, t.keep() makes a copy that lasts, and item() or toFloats() read"
                        + " numbers");
    }

    private static final class Step implements Scope {
        private final Memory memory;
        private final int mark;
        private final @Nullable Scope entered; // for the outermost one
        private boolean closed;

        Step(Memory memory, @Nullable Context context) {
            this.memory = memory;
            this.mark = memory.recycler == null ? 0 : memory.recycler.mark();
            this.entered = context == null ? null : context.memory(memory).enter();
        }

        @Override
        public void close() {
            Recycler recycler = memory.recycler;
            if (closed || recycler == null) {
                return;
            }
            if (memory.recycler() == null) {
                throw new IllegalStateException("A Memory.step() is closed on another thread than opened it"
                        + "\n  rule: a step belongs to one thread"
                        + "\n  fix:  try (var _ = Memory.step()) { ... } around what that thread computes");
            }
            closed = true;
            recycler.backTo(mark);
            if (entered != null) {
                entered.close();
                memory.giveUp();
            }
        }
    }
}

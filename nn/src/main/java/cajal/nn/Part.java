package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Lasting;
import cajal.tensor.Listener;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Anything that owns parameters, states or other parts: the registry by which they are found, and the scope by
/// which they get their names. `net.parameters()` lists `0.weight`, `0.bias`, ... in the order in which they
/// were
/// added.
///
/// **Two phases.** While it is open, options change its sizes; the first listing, [#init], [#load] or call
/// seals
/// it. Sizes that were left out are inferred from the first input. `init` fills only what is empty.
public abstract class Part {
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final Map<String, Start> starts = new LinkedHashMap<>();
    private final Map<String, Integer> provisional = new LinkedHashMap<>();
    private final Set<String> tied = new HashSet<>();
    private String name = "";
    private boolean sealed;
    private boolean inferred;
    private long seed;
    private volatile boolean ready;
    private @Nullable Place place;

    /// A path, and this part's path there.
    private record Place(String outer, String inner) {}

    /// How an empty parameter gets its first values.
    private record Start(Init init, Shape shape) {}

    /// For subclasses.
    protected Part() {}

    // ---- what subclasses say

    /// Adds an inner part under a name.
    ///
    /// **Throws** [IllegalArgumentException] if the name is taken, empty or contains a dot.
    protected final <B extends Block> B add(String name, B block) {
        return part(name, block);
    }

    /// Adds an inner layer under a name; a function becomes a layer with a scope of its own.
    protected final Layer add(String name, Layer layer) {
        return add(name, layer instanceof Block block ? block : new FunctionLayer(layer));
    }

    /// Adds an inner part that is no layer (it has several inputs, say) under a name.
    ///
    /// **Throws** [IllegalArgumentException] if the name is taken, or the part already has a place: its path is
    /// where its parameters are found and its operations run, so it has one. To use it twice, call it twice.
    protected final <P extends Part> P part(String name, P part) {
        Part inner = part;
        if (!inner.name.isEmpty()) {
            throw new IllegalArgumentException(
                    describe() + " adds " + inner.describe() + " as '" + name + "', but it was already added as '"
                            + inner.name
                            + "'\n  rule: a part has one place\n  fix:  add it once and call it twice, make a second one, or tie(...) their parameters");
        }
        register(name, part);
        inner.name = name;
        return part;
    }

    /// Adds a parameter of the given shape, filled by `init` when the network is.
    protected final Param param(String name, Init init, long... dims) {
        Param p = new Param(name);
        register(name, p);
        starts.put(name, new Start(init, Shape.of(dims)));
        return p;
    }

    /// Adds a parameter that another part owns, so that both use the same weights; it is listed once, under its
    /// owner's path.
    protected final Param tie(String name, Param shared) {
        register(name, shared);
        tied.add(name);
        return shared;
    }

    /// Adds a state, with the values that it starts from.
    protected final State state(String name, Tensor start) {
        State s = new State(name, start);
        register(name, s);
        return s;
    }

    /// Declares what depends on options: called once, when the part is sealed.
    protected void seal() {}

    /// Declares what depends on the input's size, if that was left out: called once, with the first input's
    /// shape.
    protected void infer(Shape input) {}

    /// Whether something must still be inferred from an input.
    protected boolean isOpen() {
        return false;
    }

    /// Infers left-out sizes from the values that will be loaded, named as in [#parameters()].
    protected void inferFrom(Map<String, Tensor> values) {}

    /// The registered form of this part, for saving; none for a part of one's own, which is saved as the
    /// operations it runs.
    protected java.util.Optional<Spec> spec() {
        return java.util.Optional.empty();
    }

    /// A short description for tables, as in `Linear(784 -> 128)`.
    public String describe() {
        return getClass().getSimpleName();
    }

    /// Refuses a change of options after sealing; call it in every fluent option.
    protected final void checkUnsealed() {
        if (sealed) {
            throw new IllegalStateException(
                    describe() + " '" + name + "' was sealed by its first listing, init, load or call\n"
                            + "  rule: options are set before that");
        }
    }

    private void register(String name, Object member) {
        if (name.isBlank() || name.contains(".")) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot name a member of " + describe() + "\n  rule: not empty, no dot");
        }
        if (members.putIfAbsent(name, member) != null) {
            throw new IllegalArgumentException(
                    describe() + " already has a member '" + name + "'\n  rule: names are unique within a part");
        }
    }

    // ---- the tree

    /// The name under which it was added; empty for the outermost part.
    public final String name() {
        return name;
    }

    /// Inner parts by name, in order.
    public final Map<String, Part> parts() {
        ensureSealed();
        Map<String, Part> inner = new LinkedHashMap<>();
        members.forEach((n, m) -> {
            if (m instanceof Part p) {
                inner.put(n, p);
            }
        });
        return inner;
    }

    private void walk(String path, Set<Object> seen, BiConsumer<String, Part> visit) {
        ensureSealed();
        if (seen.add(this)) {
            visit.accept(path, this);
            members.forEach((n, m) -> {
                if (m instanceof Part p) {
                    p.walk(join(path, n), seen, visit);
                }
            });
        }
    }

    private void walk(BiConsumer<String, Part> visit) {
        walk("", Collections.newSetFromMap(new IdentityHashMap<>()), visit);
    }

    static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// The parameters by path, in order of addition; shared ones once.
    ///
    /// **Throws** [IllegalStateException] while sizes are left to be inferred.
    public final Map<String, Param> parameters() {
        return listing(Param.class);
    }

    /// The states (running statistics and the like) by path, in order of addition.
    public final Map<String, State> states() {
        return listing(State.class);
    }

    /// Parameters and states by path: everything that makes a trained network.
    public final Map<String, Lasting> tensors() {
        return listing(Lasting.class);
    }

    private <T extends Lasting> Map<String, T> listing(Class<T> kind) {
        Map<String, T> found = new LinkedHashMap<>();
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Object> owned = Collections.newSetFromMap(new IdentityHashMap<>());
        walk((_, part) -> part.members.forEach((n, m) -> {
            if (!part.tied.contains(n)) {
                owned.add(m);
            }
        }));
        walk((path, part) -> {
            if (part.isOpen()) {
                throw new IllegalStateException(part.describe() + " '" + path + "' does not know its input size yet\n"
                        + "  rule: parameters can be listed when all sizes are known\n"
                        + "  fix:  call net.init(seed, inputShape), or state the size in the constructor");
            }
            part.members.forEach((n, m) -> {
                boolean here = !part.tied.contains(n) || !owned.contains(m);
                if (here && kind.isInstance(m) && seen.add(m)) {
                    found.put(join(path, n), kind.cast(m));
                }
            });
        });
        return found;
    }

    /// The number of trainable numbers.
    public final long parameterCount() {
        IdentityHashMap<Lasting, Shape> shapes = shapes();
        return parameters().values().stream()
                .mapToLong(p -> shapes.getOrDefault(p, Shape.scalar()).size())
                .sum();
    }

    /// The shapes of parameters and states, whether they have values or not.
    final IdentityHashMap<Lasting, Shape> shapes() {
        IdentityHashMap<Lasting, Shape> shapes = new IdentityHashMap<>();
        walk((_, part) -> part.members.forEach((n, m) -> {
            Start start = part.starts.get(n);
            if (start != null) {
                shapes.put((Lasting) m, start.shape);
            } else if (m instanceof Lasting t && t.isFilled()) {
                shapes.putIfAbsent(t, t.shape());
            }
        }));
        return shapes;
    }

    /// Freezes every parameter whose path fits a pattern ([PathPattern]: `encoder`, `*.bias`; all for an empty
    /// one), or lets it train again.
    ///
    /// **Throws** [IllegalArgumentException] if there is none.
    public final void freeze(String pattern, boolean on) {
        PathPattern paths = new PathPattern(pattern);
        long hits = parameters().entrySet().stream()
                .filter(e -> paths.matches(e.getKey()))
                .peek(e -> e.getValue().frozen(on))
                .count();
        if (hits == 0) {
            throw new IllegalArgumentException("No parameter's path fits '" + pattern + "'; there are "
                    + parameters().keySet()
                    + "\n  rule: a part's name stands for all below it, * for any letters, as in *.bias");
        }
    }

    // ---- values

    private void ensureSealed() {
        if (!sealed) {
            sealed = true;
            seal();
        }
    }

    /// Fills all parameters that have no values yet, each from a random stream of its own that is a function
    /// of the seed and its path.
    public final void init(long seed) {
        walk((path, part) -> part.fill(seed, path));
    }

    /// As [#init(long)], after sizes that were left out are inferred from an input of the given shape, the
    /// first axis being the batch.
    public final void init(long seed, Shape input) {
        init(seed);
        boolean[] open = {false};
        walk((_, part) -> open[0] |= part.isOpen());
        if (open[0] && this instanceof Layer layer) {
            try (var _ = Grad.off();
                    var _ = Mode.inference()) {
                layer.apply(Tensor.zeros(cajal.kernel.DType.F32, input));
            }
        }
    }

    private void fill(long seed, String path) {
        this.seed = seed;
        starts.forEach((n, start) -> {
            Param p = (Param) lasting(n);
            if (isEmpty(n)) {
                provisional.remove(n);
                p.set(start.init.make(RandomKey.of(seed).fold(join(path, n)), start.shape));
            }
        });
    }

    private Lasting lasting(String n) {
        return (Lasting) Objects.requireNonNull(members.get(n));
    }

    /// Whether a parameter has no values, or only those of a dry run.
    private boolean isEmpty(String n) {
        Lasting p = lasting(n);
        return !p.isFilled() || Integer.valueOf(p.view().storage().version()).equals(provisional.get(n));
    }

    /// Runs a call that only wants to see shapes. Parameters that were empty before count as empty
    /// afterwards, so looking at a network does not decide its initial values; sizes that were left out stay
    /// inferred.
    final void dryRun(Runnable call) {
        IdentityHashMap<Part, Set<String>> filled = new IdentityHashMap<>();
        walk((_, part) -> {
            Set<String> names = new HashSet<>(part.starts.keySet());
            names.removeIf(part::isEmpty);
            filled.put(part, names);
        });
        try {
            call.run();
        } finally {
            filled.forEach((part, names) -> part.starts.keySet().stream()
                    .filter(n -> !names.contains(n))
                    .forEach(n -> {
                        Lasting p = part.lasting(n);
                        if (p.isFilled()) {
                            part.provisional.put(n, p.view().storage().version());
                            part.ready = false;
                        }
                    }));
        }
    }

    /// Overwrites parameters and states with the values of the same path.
    ///
    /// **Throws** [IllegalArgumentException] naming what is missing, left over, or of another shape.
    public final void load(Map<String, ? extends Tensor> values) {
        walk((path, part) -> {
            if (part.isOpen()) {
                Map<String, Tensor> mine = new LinkedHashMap<>();
                values.forEach((k, v) -> {
                    if (k.startsWith(path.isEmpty() ? "" : path + ".")) {
                        mine.put(path.isEmpty() ? k : k.substring(path.length() + 1), v);
                    }
                });
                part.inferFrom(mine);
            }
        });
        Map<String, Lasting> targets = tensors();
        Loading.check(targets.keySet(), values.keySet());
        walk((path, part) -> part.starts.forEach((n, start) -> {
            String at = join(path, n);
            if (values.containsKey(at)) {
                Loading.checkShape(at, start.shape, values.get(at).shape());
            }
        }));
        targets.forEach((path, target) -> target.set(Objects.requireNonNull(values.get(path))));
    }

    // ---- calling

    /// Runs the body of a call in this part's scope: values made sure of, path entered, listeners told,
    /// errors told where.
    ///
    /// @param body what is computed
    /// @param in the inputs, the first of which sizes may be inferred from
    protected final Tensor call(Supplier<Tensor> body, Tensor... in) {
        return calls(() -> new Tensor[] {body.get()}, in)[0];
    }

    /// As [#call], for a body with several results.
    ///
    /// @param body what is computed
    /// @param in the inputs, the first of which sizes may be inferred from
    protected final Tensor[] calls(Supplier<Tensor[]> body, Tensor... in) {
        Context outer = Context.current();
        Context inner = name.isEmpty() ? outer : outer.at(inside(outer.path()));
        try (var _ = inner.enter()) {
            if (!ready) {
                prepare(inner.path(), in);
            }
            if (inner.listeners().isEmpty()) {
                return located(inner.path(), body);
            }
            for (Listener l : inner.listeners()) {
                l.entered(inner.path(), describe(), in);
            }
            Tensor[] out = located(inner.path(), body);
            for (Listener l : inner.listeners()) {
                l.left(inner.path(), describe(), in, out);
            }
            return out;
        }
    }

    /// The path of this part in a layer; the last one is remembered.
    private String inside(String outer) {
        Place last = place;
        if (last == null || !last.outer.equals(outer)) {
            last = new Place(outer, join(outer, name));
            place = last;
        }
        return last.inner;
    }

    /// What `body` computes; a shape that does not fit is reported with the innermost part in which that came
    /// out.
    private Tensor[] located(String path, Supplier<Tensor[]> body) {
        try {
            return body.get();
        } catch (ShapeException e) {
            String message = String.valueOf(e.getMessage());
            if (path.isEmpty()
                    || message.contains("'" + path + "'")
                    || message.contains("\n  in:   ")
                    || message.contains("\n  path: ")) {
                throw e;
            }
            int end = message.contains("\n") ? message.indexOf('\n') : message.length();
            throw new ShapeException(
                    message.substring(0, end) + "\n  in:   " + describe() + " '" + path + "'" + message.substring(end));
        }
    }

    private synchronized void prepare(String path, Tensor... in) {
        if (ready) {
            return;
        }
        ensureSealed();
        if (!inferred && in.length > 0) {
            inferred = true;
            try (var _ = Context.current().recording(false).enter()) {
                infer(in[0].shape());
            }
        }
        if (starts.keySet().stream().anyMatch(this::isEmpty)) {
            if (path.isEmpty()) {
                init(seed);
            } else {
                fill(seed, path);
            }
        }
        parts().values().forEach(p -> p.seed = seed);
        ready = true;
    }

    /// What the part is made of, for debugging.
    @Override
    public String toString() {
        return describe() + Arrays.toString(members.keySet().toArray());
    }
}

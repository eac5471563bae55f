package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.View;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// `f(y)` of the first output `y` of an operation, as one operation, so that a kernel can apply `f` where it has
/// just computed `y`, which is kept nowhere.
///
/// **Shapes** those of the operation.
///
/// **Gradient** `f'·g`, which `f` knows from its value, then the operation's rule.
///
/// @param first the operation, whose rule does not read `y`
/// @param then `f`, a function of one argument
record Joined(Op first, Elementwise then) implements Op {
    private static final String FIRST = "first";
    private static final String THEN = "then";

    /// Runs an operation, and then a function of its first output, if there is one: joined if that can be.
    static Tensor[] run(Op op, Optional<Elementwise> then, Tensor... in) {
        if (then.isEmpty()) {
            return Engine.run(op, in);
        }
        if (then.get().replaces()) {
            return Engine.run(new Joined(op, then.get()), in);
        }
        Tensor[] out = Engine.run(op, in);
        out[0] = Engine.one(then.get(), out[0]);
        return out;
    }

    static Joined of(Attributes a) {
        Op first = Ops.of(String.valueOf(a.values().get(FIRST)), a.values());
        return new Joined(
                first,
                function(a)
                        .orElseThrow(
                                () -> new GraphException("The operation 'joined' has no attribute '" + THEN + "'")));
    }

    /// The function that attributes name, if they name one.
    static Optional<Elementwise> function(Attributes a) {
        Object name = a.values().get(THEN);
        if (name == null) {
            return Optional.empty();
        }
        Elementwise f = name instanceof String s ? Functions.table().get(s) : null;
        if (f == null || !f.replaces()) {
            throw new GraphException("The operation '" + a.op() + "' has the attribute '" + THEN + "' " + name
                    + "\n  rule: a function whose gradient follows from its value, such as relu");
        }
        return Optional.of(f);
    }

    /// A function as an attribute.
    static Map<String, Object> attributes(Optional<Elementwise> then) {
        return then.<Map<String, Object>>map(f -> Map.of(THEN, f.name())).orElse(Map.of());
    }

    @Override
    public Map<String, Object> attributes() {
        Map<String, Object> map = new LinkedHashMap<>(first.attributes());
        map.put(FIRST, first.name());
        map.put(THEN, then.name());
        return map;
    }

    @Override
    public Shape[] shapes(Shape... in) {
        return first.shapes(in);
    }

    @Override
    public DType dtype(int output, DType... in) {
        DType type = first.dtype(output, in);
        return output == 0 ? then.dtype(0, type) : type;
    }

    @Override
    public void forward(View[] in, View[] out) {
        first.forward(in, out, then.task());
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return first.multiplyAdds(in, out);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return first.saves(wanted).out(0);
    }

    @Override
    public Grads backward(Backward b) {
        return first.backward(b, then);
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        return Optional.of(Engine.one(then, Engine.run(first, in)[0]));
    }
}

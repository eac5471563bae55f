package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Branches side by side whose outputs become one: `y = f_1(x) ∘ f_2(x) ∘ ...` for another operation than
/// the addition of [Sum], as in `Merge.concat(1, narrow, wide, Layer.identity())`.
///
/// The branches are named `0`, `1`, ... A block with several inputs needs no layer for it: it merges
/// tensors by their operations, `a.mul(b)`, `Tensor.concat(1, a, b)`.
///
/// **Shapes** all branches give one shape, which is the output's, except for [#concat] and [#dot]; nothing
/// is broadcast.
///
/// **Gradient** that of the operation; in `x` those of all branches add up.
public final class Merge extends Block {
    private final Kind kind;
    private final int axis;
    private final List<Layer> branches = new ArrayList<>();

    /// How outputs become one.
    private enum Kind {
        PRODUCT,
        AVERAGE,
        MAXIMUM,
        MINIMUM,
        CONCAT,
        DOT
    }

    private Merge(Kind kind, int axis, Layer... branches) {
        this.kind = kind;
        this.axis = axis;
        int least = kind == Kind.DOT ? 2 : 1;
        if (branches.length < least || kind == Kind.DOT && branches.length > 2) {
            throw new IllegalArgumentException(describe() + " of " + branches.length + " branches\n  rule: "
                    + (kind == Kind.DOT ? "two" : "at least one"));
        }
        for (int i = 0; i < branches.length; i++) {
            this.branches.add(add(Integer.toString(i), branches[i]));
        }
    }

    /// `y = f_1(x)·f_2(x)·...`, element by element: branches that gate each other.
    public static Merge product(Layer... branches) {
        return new Merge(Kind.PRODUCT, 0, branches);
    }

    /// `y = (f_1(x) + ... + f_n(x)) / n`
    public static Merge average(Layer... branches) {
        return new Merge(Kind.AVERAGE, 0, branches);
    }

    /// `y = max(f_1(x), f_2(x), ...)`, element by element.
    public static Merge maximum(Layer... branches) {
        return new Merge(Kind.MAXIMUM, 0, branches);
    }

    /// `y = min(f_1(x), f_2(x), ...)`, element by element.
    public static Merge minimum(Layer... branches) {
        return new Merge(Kind.MINIMUM, 0, branches);
    }

    /// The outputs one behind the other along an axis, 1 for channels or features behind the batch; all
    /// other lengths agree.
    public static Merge concat(int axis, Layer... branches) {
        return new Merge(Kind.CONCAT, axis, branches);
    }

    /// The sum over an axis of the products of two branches, `y = sum of f_1(x)·f_2(x)`; the axis gets
    /// length 1.
    public static Merge dot(int axis, Layer first, Layer second) {
        return new Merge(Kind.DOT, axis, first, second);
    }

    @Override
    protected Tensor forward(Tensor x) {
        List<Tensor> y = new ArrayList<>();
        for (Layer branch : branches) {
            y.add(branch.apply(x));
        }
        if (kind == Kind.CONCAT) {
            return Tensor.concat(axis, y.toArray(Tensor[]::new));
        }
        for (Tensor other : y) {
            if (!other.shape().equals(y.getFirst().shape())) {
                throw new ShapeException(describe() + " '" + Context.current().path() + "' merges "
                        + y.getFirst().shape() + " of branch 0 and " + other.shape() + " of branch " + y.indexOf(other)
                        + "\n  rule: all branches give one shape");
            }
        }
        Tensor all = y.getFirst();
        for (Tensor next : y.subList(1, y.size())) {
            all = switch (kind) {
                case PRODUCT, DOT -> all.mul(next);
                case MAXIMUM -> all.maximum(next);
                case MINIMUM -> all.minimum(next);
                case AVERAGE, CONCAT -> all.add(next);
            };
        }
        return switch (kind) {
            case AVERAGE -> all.div(y.size());
            case DOT -> all.sumKeep(axis);
            default -> all;
        };
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Merge", new LinkedHashMap<>(Map.of("kind", kindName(), "axis", (long) axis))));
    }

    static Merge of(Spec spec) {
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(spec.text("kind"))) {
                Layer[] inner =
                        spec.children().values().stream().map(Specs::build).toArray(Layer[]::new);
                return new Merge(kind, (int) spec.number("axis"), inner);
            }
        }
        throw new IllegalArgumentException("branches are not merged by '" + spec.text("kind") + "'");
    }

    private String kindName() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String describe() {
        return "Merge(" + kindName() + ")";
    }
}

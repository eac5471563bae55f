package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A layer that learns what to add to its input: `y = x + body(x)`, or `y = shortcut(x) + body(x)` where the
/// body
/// changes the shape.
///
/// **Shapes** body and shortcut give the same shape; without a shortcut it is the input's. Nothing is
/// broadcast.
///
/// **Gradient** reaches `x` through the body and, undiminished, past it: why nets of a hundred layers can be
/// trained.
///
/// **Source** He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.
public final class Residual extends Block {
    private final Layer body;
    private final @Nullable Layer shortcut;

    /// `y = x + body(x)`
    public Residual(Layer body) {
        this.body = add("body", body);
        this.shortcut = null;
    }

    /// `y = shortcut(x) + body(x)`
    public Residual(Layer body, Layer shortcut) {
        this.body = add("body", body);
        this.shortcut = add("shortcut", shortcut);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = body.apply(x);
        Tensor past = shortcut == null ? x : shortcut.apply(x);
        if (!y.shape().equals(past.shape())) {
            throw new ShapeException("Residual '" + Context.current().path() + "' adds " + past.shape()
                    + (shortcut == null ? " (its input)" : " (its shortcut)") + " and " + y.shape() + " (its body)"
                    + "\n  rule: both have one shape" + fix(x, y));
        }
        return past.add(y);
    }

    /// Where only the number of features differs, a linear shortcut is the fix.
    private String fix(Tensor x, Tensor y) {
        boolean features = shortcut == null
                && x.rank() == y.rank()
                && x.rank() > 0
                && x.shape().with(-1, y.dim(-1)).equals(y.shape());
        return features ? "\n  fix:  new Residual(body, new Linear(" + y.dim(-1) + "))" : "";
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Residual", new LinkedHashMap<>()));
    }

    static Residual of(Spec spec) {
        Map<String, Spec> inner = spec.children();
        Spec body = inner.get("body");
        Spec shortcut = inner.get("shortcut");
        if (body == null) {
            throw new IllegalArgumentException("a Residual has a body");
        }
        return shortcut == null
                ? new Residual(Specs.build(body))
                : new Residual(Specs.build(body), Specs.build(shortcut));
    }
}

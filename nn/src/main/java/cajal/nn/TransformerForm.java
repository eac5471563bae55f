package cajal.nn;

import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The settings that transformer layers share; the defaults are PyTorch's.
final class TransformerForm {
    final long width;
    final long heads;
    long feedForward = 2048;
    double dropout = 0.1;
    boolean gelu;
    boolean normFirst;
    boolean causal;
    double eps = 1e-5;

    @Nullable
    Init weights;

    @Nullable
    Init residual;

    TransformerForm(long width, long heads) {
        this.width = width;
        this.heads = heads;
        new MultiHeadAttention(width, heads); // says what does not fit
    }

    void feedForward(long width) {
        if (width < 1) {
            throw new IllegalArgumentException("A feed-forward width of " + width + "\n  rule: at least 1");
        }
        feedForward = width;
    }

    MultiHeadAttention attention() {
        return new MultiHeadAttention(width, heads).dropout(dropout);
    }

    Linear linear1() {
        return started(new Linear(width, feedForward), weights);
    }

    Linear linear2() {
        return started(new Linear(feedForward, width), residual);
    }

    private static Linear started(Linear linear, @Nullable Init init) {
        return init == null ? linear : linear.init(init).biasInit(Init.zeros());
    }

    Block norm() {
        return new LayerNorm(width).epsilon(eps);
    }

    Tensor activated(Tensor x) {
        return gelu ? x.gelu() : x.relu();
    }

    Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("width", width);
        c.put("heads", heads);
        c.put("feedForward", feedForward);
        c.put("dropout", dropout);
        c.put("gelu", gelu);
        c.put("normFirst", normFirst);
        c.put("causal", causal);
        c.put("eps", eps);
        return c;
    }

    static TransformerForm of(Spec spec) {
        TransformerForm f = new TransformerForm(spec.number("width"), spec.number("heads"));
        f.feedForward(spec.number("feedForward"));
        f.dropout = spec.real("dropout");
        f.gelu = spec.flag("gelu");
        f.normFirst = spec.flag("normFirst");
        f.causal = spec.flag("causal");
        f.eps = spec.real("eps");
        return f;
    }

    @Override
    public String toString() {
        return "(" + width + ", " + heads + " heads" + (causal ? ", causal" : "") + ")";
    }
}

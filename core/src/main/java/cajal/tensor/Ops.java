package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.Task.Distribution;
import cajal.kernel.Task.Reduction;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The operations by name, for graphs that come from files: a name and attributes make an operation, never a
/// class
/// name.
public final class Ops {
    private static final Map<String, Function<Attributes, Op>> MAKERS = new HashMap<>();

    static {
        Functions.table().forEach((name, fn) -> MAKERS.put(name, _ -> fn));
        for (Reduction kind : Reduction.values()) {
            MAKERS.put(new Reduce(kind).name(), a -> new Reduce(kind, a.ints("axes")));
        }
        MAKERS.put("matMul", _ -> new MatMul());
        MAKERS.put("affine", _ -> new Affine());
        MAKERS.put("joined", Joined::of);
        MAKERS.put("affineGradient", Affine.Gradient::of);
        MAKERS.put("convolution", a -> new Convolution(Convolving.of(a)));
        MAKERS.put("convolutionTransposed", a -> new Convolution.Transposed(Convolving.of(a)));
        MAKERS.put("convolutionWeight", a -> new Convolution.Weight(Convolving.of(a), a.longs("kernel")));
        MAKERS.put("softmax", _ -> new Softmax(false));
        MAKERS.put("logSoftmax", _ -> new Softmax(true));
        MAKERS.put("softmaxGradient", _ -> new Softmax.Gradient(false));
        MAKERS.put("logSoftmaxGradient", _ -> new Softmax.Gradient(true));
        MAKERS.put("crossEntropy", a -> new CrossEntropy(a.flag("mean")));
        MAKERS.put("crossEntropyGradient", a -> new CrossEntropy.Gradient(a.flag("mean")));
        MAKERS.put("normalise", a -> new Normalise(a.flag("centred"), a.real("epsilon"), a.flag("perGroup")));
        MAKERS.put(
                "normaliseGradient",
                a -> new Normalise.Gradient(
                        a.flag("centred"), a.real("epsilon"), a.flag("perGroup"), Joined.function(a)));
        MAKERS.put("attention", Attention::of);
        MAKERS.put("attentionGradient", a -> new AttentionGradient(Attention.form(a)));
        MAKERS.put("recurrence", a -> new Recurrence(Recurrence.form(a)));
        MAKERS.put("recurrenceGradient", a -> new RecurrenceGradient(Recurrence.form(a)));
        MAKERS.put("cumSum", _ -> new CumSum());
        MAKERS.put("argReduce", a -> new ArgReduce(a.flag("largest")));
        MAKERS.put("maxPool", a -> new MaxPool(Pooled.window(a, 0), Pooled.window(a, 1)));
        MAKERS.put("avgPool", AvgPool::of);
        MAKERS.put("avgSpread", a -> new AvgPool.Spread(AvgPool.of(a), a.number("height"), a.number("width")));
        MAKERS.put("reshape", a -> new Views.Reshape(a.shape("shape")));
        MAKERS.put("expand", a -> new Views.Expand(a.shape("shape")));
        MAKERS.put("permute", a -> new Views.Permute(a.ints("axes")));
        MAKERS.put("flip", a -> new Views.Flip(a.ints("axes")));
        MAKERS.put("slice", a -> new Views.Slice(a.longs("starts"), Shape.of(a.longs("lengths")), a.longs("steps")));
        MAKERS.put("split", a -> new Views.Split((int) a.number("axis"), a.longs("lengths")));
        MAKERS.put("pad", a -> new Pad(a.longs("before"), a.longs("after"), a.longs("gaps"), a.real("value")));
        MAKERS.put("copy", a -> new Copy(a.dtype("dtype")));
        MAKERS.put("concat", a -> new Concat((int) a.number("axis")));
        MAKERS.put("gather", _ -> new Indexed.Gather());
        MAKERS.put("scatter", a -> new Indexed.Scatter(a.number("length")));
        MAKERS.put("take", _ -> new Indexed.Take());
        MAKERS.put("put", a -> new Indexed.Put(a.number("length")));
        MAKERS.put("sort", a -> new Indexed.Sort(a.flag("descending")));
        MAKERS.put("oneHot", a -> new Indexed.OneHot(a.number("classes"), a.dtype("dtype")));
        MAKERS.put(
                "randomFill",
                a -> new RandomFill(a.choice("distribution", Distribution.class), a.shape("shape"), a.dtype("dtype")));
    }

    private Ops() {}

    /// The names of all operations.
    public static Set<String> names() {
        return Set.copyOf(MAKERS.keySet());
    }

    /// The operation with a name and attributes; lists stand for arrays.
    ///
    /// **Throws** [GraphException] for an unknown name or attributes that do not fit.
    public static Op of(String name, Map<String, Object> attributes) {
        Function<Attributes, Op> maker = MAKERS.get(name);
        if (maker == null) {
            throw new GraphException(
                    "There is no operation '" + name + "'\n  fix:  the file may come from a newer version of Cajal");
        }
        return maker.apply(new Attributes(name, attributes));
    }
}

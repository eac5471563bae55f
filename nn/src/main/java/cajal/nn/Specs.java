package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Graph;
import cajal.tensor.GraphException;
import cajal.tensor.Lasting;
import cajal.tensor.Tensor;
import cajal.tensor.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Networks as data: built-in parts by registered name and constants, functions and blocks of one's own by the
/// graph of the operations that they run.
public final class Specs {
    private static final Map<String, Function<Spec, Block>> MAKERS = new TreeMap<>();

    static {
        MAKERS.put("Sequential", Specs::sequential);
        MAKERS.put("Graph", Captured::of);
        MAKERS.put("Identity", _ -> new Identity());
        MAKERS.put("Linear", Linear::of);
        MAKERS.put("Conv1d", Conv1d::of);
        MAKERS.put("Conv2d", Conv2d::of);
        MAKERS.put("Conv3d", Conv3d::of);
        MAKERS.put("DepthwiseConv2d", DepthwiseConv2d::of);
        MAKERS.put("SeparableConv2d", SeparableConv2d::of);
        MAKERS.put("ConvTranspose1d", ConvTranspose1d::of);
        MAKERS.put("ConvTranspose2d", ConvTranspose2d::of);
        MAKERS.put("Unfold", Unfold::of);
        MAKERS.put("Fold", Fold::of);
        MAKERS.put("Flatten", _ -> new Flatten());
        Activation.types().forEach(type -> MAKERS.put(type, Activation::of));
        MAKERS.put("PReLU", PReLU::of);
        MAKERS.put("BatchNorm", BatchNorm::of);
        MAKERS.put("InstanceNorm", InstanceNorm::of);
        MAKERS.put("GroupNorm", GroupNorm::of);
        MAKERS.put("LayerNorm", LayerNorm::of);
        MAKERS.put("RMSNorm", RMSNorm::of);
        MAKERS.put("LocalResponseNorm", LocalResponseNorm::of);
        MAKERS.put("Embedding", Embedding::of);
        MAKERS.put("EmbeddingBag", EmbeddingBag::of);
        MAKERS.put("Residual", Residual::of);
        MAKERS.put("Sum", spec -> Sum.of(spec));
        MAKERS.put("MultiHeadAttention", MultiHeadAttention::of);
        MAKERS.put("RotaryPositions", s -> new RotaryPositions(s.number("width"), s.real("base")));
        MAKERS.put("SinusoidalPositions", _ -> new SinusoidalPositions());
        MAKERS.put("LearnedPositions", s -> new LearnedPositions(s.number("places"), s.number("width")));
        MAKERS.put("TransformerEncoderLayer", TransformerEncoderLayer::of);
        MAKERS.put("TransformerEncoder", TransformerEncoder::of);
        MAKERS.put("RNN", RNN::of);
        MAKERS.put("LSTM", LSTM::of);
        MAKERS.put("GRU", GRU::of);
        MAKERS.put("TimeDistributed", TimeDistributed::of);
        MAKERS.put("Dropout", s -> new Dropout(s.real("p")));
        MAKERS.put("Dropout1d", s -> new Dropout1d(s.real("p")));
        MAKERS.put("Dropout2d", s -> new Dropout2d(s.real("p")));
        MAKERS.put("AlphaDropout", s -> new AlphaDropout(s.real("p")));
        MAKERS.put("GaussianNoise", s -> new GaussianNoise(s.real("std")));
        MAKERS.put("Maxout", s -> new Maxout((int) s.number("pieces"), (int) s.number("axis")));
        MAKERS.put("GLU", s -> new GLU((int) s.number("axis")));
        MAKERS.put("SwiGLU", s -> new SwiGLU((int) s.number("axis")));
        MAKERS.put("Merge", Merge::of);
        MAKERS.put("MaxPool1d", MaxPool1d::of);
        MAKERS.put("MaxPool2d", MaxPool2d::of);
        MAKERS.put("AvgPool1d", AvgPool1d::of);
        MAKERS.put("AvgPool2d", AvgPool2d::of);
        MAKERS.put("LPPool1d", LPPool1d::of);
        MAKERS.put("LPPool2d", LPPool2d::of);
        MAKERS.put("AdaptiveAvgPool1d", AdaptiveAvgPool1d::of);
        MAKERS.put("AdaptiveAvgPool2d", AdaptiveAvgPool2d::of);
        MAKERS.put("AdaptiveMaxPool1d", AdaptiveMaxPool1d::of);
        MAKERS.put("AdaptiveMaxPool2d", AdaptiveMaxPool2d::of);
        MAKERS.put("GlobalAvgPool", _ -> new GlobalAvgPool());
        MAKERS.put("GlobalMaxPool", _ -> new GlobalMaxPool());
        MAKERS.put("Upsample", Upsample::of);
        MAKERS.put("PixelShuffle", s -> new PixelShuffle((int) s.number("factor")));
        MAKERS.put("PixelUnshuffle", s -> new PixelUnshuffle((int) s.number("factor")));
        MAKERS.put("ZeroPad1d", ZeroPad1d::of);
        MAKERS.put("ZeroPad2d", ZeroPad2d::of);
        MAKERS.put("ConstantPad1d", ConstantPad1d::of);
        MAKERS.put("ConstantPad2d", ConstantPad2d::of);
        MAKERS.put("ReflectionPad1d", ReflectionPad1d::of);
        MAKERS.put("ReflectionPad2d", ReflectionPad2d::of);
        MAKERS.put("ReplicationPad1d", ReplicationPad1d::of);
        MAKERS.put("ReplicationPad2d", ReplicationPad2d::of);
    }

    private Specs() {}

    /// The description of a network, from which [#build] makes an equal one.
    ///
    /// @param net the network
    /// @param input the shape of one input, without the batch axis
    ///
    /// **Throws** [GraphException] if a part can be described neither by name nor by its operations.
    public static Spec of(Block net, Shape input) {
        List<Spec> described = new ArrayList<>();
        net.dryRun(() -> {
            Trace two = trace(net, input, 2);
            Trace three = trace(net, input, 3);
            described.add(describe(net, "", two, three));
        });
        return described.getFirst();
    }

    private static Trace trace(Block net, Shape input, long batch) {
        long[] dims = new long[input.rank() + 1];
        dims[0] = batch;
        System.arraycopy(input.dims(), 0, dims, 1, input.rank());
        Tensor zeros = Tensor.zeros(dims);
        net.init(0, zeros.shape());
        return Trace.of(() -> net.apply(zeros));
    }

    private static Spec describe(Part part, String path, Trace two, Trace three) {
        Optional<Spec> own = part.spec();
        if (own.isEmpty()) {
            Map<String, Lasting> names = part.tensors();
            Graph graph = Graph.capture(two, three, path, names);
            Map<String, Object> constants =
                    new LinkedHashMap<>(Map.of("label", part.describe(), "graph", graph.toMap()));
            List<Object> kept = Captured.kept(names, graph);
            if (!kept.isEmpty()) {
                constants.put("kept", kept);
            }
            return Spec.of("Graph", constants);
        }
        if (part instanceof Captured) {
            return own.get();
        }
        Map<String, Spec> children = new LinkedHashMap<>();
        part.parts().forEach((name, inner) -> children.put(name, describe(inner, Part.join(path, name), two, three)));
        return new Spec(own.get().type(), own.get().constants(), children);
    }

    /// The network that a description describes, without values.
    ///
    /// **Throws** [GraphException] for an unknown type or constants that do not fit.
    public static Block build(Spec spec) {
        Function<Spec, Block> maker = MAKERS.get(spec.type());
        if (maker == null) {
            throw new GraphException("There is no layer type '" + spec.type() + "'; there are " + MAKERS.keySet()
                    + "\n  fix:  the file may come from a newer version of Cajal");
        }
        try {
            return maker.apply(spec);
        } catch (ClassCastException | IllegalArgumentException e) {
            throw new GraphException("The description of a " + spec.type() + " makes no sense: " + e.getMessage());
        }
    }

    private static Block sequential(Spec spec) {
        Sequential s = new Sequential();
        spec.children().forEach((name, child) -> s.then(name, build(child)));
        return s;
    }

    /// The description as nested maps, for a file.
    public static Map<String, Object> toMap(Spec spec) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", spec.type());
        map.put("constants", spec.constants());
        Map<String, Object> children = new LinkedHashMap<>();
        spec.children().forEach((name, child) -> children.put(name, toMap(child)));
        if (!children.isEmpty()) {
            map.put("children", children);
        }
        return map;
    }

    /// The description that [#toMap] wrote.
    ///
    /// **Throws** [GraphException] if the data make no sense.
    @SuppressWarnings("unchecked")
    public static Spec fromMap(Map<String, Object> map) {
        try {
            Map<String, Spec> children = new LinkedHashMap<>();
            ((Map<String, Object>) map.getOrDefault("children", Map.of()))
                    .forEach((name, child) -> children.put(name, fromMap((Map<String, Object>) child)));
            String type = (String) Objects.requireNonNull(map.get("type"), "a part has no type");
            return new Spec(type, (Map<String, Object>) map.getOrDefault("constants", Map.of()), children);
        } catch (ClassCastException | NullPointerException e) {
            throw new GraphException("The description of the network makes no sense: " + e.getMessage());
        }
    }

    /// The registered names.
    public static List<String> types() {
        return List.copyOf(MAKERS.keySet());
    }
}

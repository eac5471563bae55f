package cajal.testkit.goldens;

import cajal.nn.MultiHeadAttention;
import cajal.nn.TransformerDecoderLayer;
import cajal.nn.TransformerEncoderLayer;
import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import cajal.testkit.GoldenCase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Attention and transformer layers give the values and gradients that PyTorch gives.
class AttentionGoldensTest {
    private static final ScaledDotProduct PLAIN = new ScaledDotProduct();

    private static Map<String, Consumer<GoldenCase>> subjects() {
        Map<String, Consumer<GoldenCase>> all = new LinkedHashMap<>();
        all.put("product", product(PLAIN));
        all.put("product-causal", product(PLAIN.causal()));
        all.put("product-grouped", product(PLAIN.causal()));
        all.put(
                "product-mask",
                g -> g.check(in -> List.of(PLAIN.mask(in.get(3).gt(0)).apply(in.get(0), in.get(1), in.get(2)))));
        all.put(
                "product-bias",
                g -> g.check(in -> List.of(PLAIN.mask(in.get(3)).scale(0.3).apply(in.get(0), in.get(1), in.get(2)))));
        all.put(
                "heads",
                g -> g.check(() -> new MultiHeadAttention(6, 2), (part, in) -> {
                    Tensor x = in.getFirst();
                    return List.of(part.apply(x), part.weights(x, x, PLAIN).mean(1));
                }));
        all.put(
                "heads-cross",
                g -> g.check(() -> new MultiHeadAttention(4, 2), (part, in) -> {
                    ScaledDotProduct how = PLAIN.keys(in.get(3).gt(0)).mask(in.get(4));
                    return List.of(part.apply(in.get(0), in.get(1), in.get(2), how));
                }));
        all.put(
                "heads-no-bias",
                g -> g.check(
                        () -> new MultiHeadAttention(4, 1).noBias(),
                        (part, in) -> List.of(part.apply(in.get(0), in.get(1), in.get(1)))));
        all.put(
                "encoder-layer",
                g -> g.check(
                        () -> new TransformerEncoderLayer(6, 2).feedForward(5).dropout(0)));
        all.put(
                "encoder-layer-masked",
                g -> g.check(
                        () -> new TransformerEncoderLayer(6, 2)
                                .feedForward(5)
                                .gelu()
                                .causal(),
                        (part, in) -> List.of(
                                part.apply(in.get(0), PLAIN.keys(in.get(1).gt(0))))));
        all.put(
                "encoder-layer-norm-first",
                g -> g.check(() ->
                        new TransformerEncoderLayer(4, 2).feedForward(5).gelu().normFirst()));
        all.put(
                "decoder-layer",
                g -> g.check(
                        () -> new TransformerDecoderLayer(4, 2).feedForward(3).causal(),
                        (part, in) -> List.of(part.apply(in.get(0), in.get(1)))));
        return all;
    }

    private static Consumer<GoldenCase> product(ScaledDotProduct how) {
        return g -> g.check(in -> List.of(how.apply(in.get(0), in.get(1), in.get(2))));
    }

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("attention", subjects(), (golden, check) -> check.accept(golden));
    }
}

package cajal.testkit.goldens;

import cajal.nn.Bilinear;
import cajal.nn.Embedding;
import cajal.nn.EmbeddingBag;
import cajal.nn.Part;
import cajal.tensor.Tensor;
import cajal.testkit.GoldenCase;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Tables of rows, bags of them and products of two inputs give the values and gradients that PyTorch gives.
class EmbeddingGoldensTest {
    private static final Map<String, Consumer<GoldenCase>> CASES = Map.ofEntries(
            Map.entry("embedding", c -> c.check(() -> new Embedding(5, 3))),
            Map.entry("embedding-padding", c -> c.check(() -> new Embedding(5, 3).padding(-3))),
            Map.entry("bag-sum", bags(() -> new EmbeddingBag(5, 3).sum())),
            Map.entry("bag-mean", bags(() -> new EmbeddingBag(5, 3))),
            Map.entry("bag-max", bags(() -> new EmbeddingBag(5, 3).max())),
            Map.entry("bag-sum-padding", bags(() -> new EmbeddingBag(5, 3).sum().padding(3))),
            Map.entry(
                    "bag-mean-padding", bags(() -> new EmbeddingBag(5, 3).mean().padding(3))),
            Map.entry("bag-max-padding", bags(() -> new EmbeddingBag(5, 3).max().padding(3))),
            Map.entry("bag-sum-rows", c -> c.check(() -> new EmbeddingBag(5, 3).sum())),
            Map.entry("bag-mean-rows", c -> c.check(() -> new EmbeddingBag(5, 3))),
            Map.entry("bag-max-rows", c -> c.check(() -> new EmbeddingBag(5, 3).max())),
            Map.entry("bilinear", pairs(() -> new Bilinear(3, 2, 5))),
            Map.entry("bilinear-no-bias", pairs(() -> new Bilinear(3, 4, 2).noBias())));

    private static Consumer<GoldenCase> bags(Supplier<EmbeddingBag> bag) {
        return two(bag, EmbeddingBag::apply);
    }

    private static Consumer<GoldenCase> pairs(Supplier<Bilinear> layer) {
        return two(layer, Bilinear::apply);
    }

    private interface Two<P> {
        Tensor of(P part, Tensor first, Tensor second);
    }

    private static <P extends Part> Consumer<GoldenCase> two(Supplier<P> part, Two<P> call) {
        return c -> c.check(part, (made, in) -> List.of(call.of(made, in.get(0), in.get(1))));
    }

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("embeddings", CASES, (golden, check) -> check.accept(golden));
    }
}

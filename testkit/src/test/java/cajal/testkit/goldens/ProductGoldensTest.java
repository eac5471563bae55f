package cajal.testkit.goldens;

import cajal.nn.Block;
import cajal.nn.Linear;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Layers that multiply give the values and gradients that PyTorch gives.
class ProductGoldensTest {
    private static final Map<String, Supplier<Block>> LAYERS = Map.of(
            "linear", () -> new Linear(7, 3),
            "linear-three-axes", () -> new Linear(6, 5).noBias());

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("products", LAYERS, (golden, layer) -> golden.check(layer));
    }
}

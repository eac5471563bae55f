package cajal.testkit.goldens;

import static java.util.Map.entry;

import cajal.nn.AdaptiveAvgPool1d;
import cajal.nn.AdaptiveAvgPool2d;
import cajal.nn.AdaptiveMaxPool1d;
import cajal.nn.AdaptiveMaxPool2d;
import cajal.nn.AvgPool1d;
import cajal.nn.AvgPool2d;
import cajal.nn.Block;
import cajal.nn.GlobalAvgPool;
import cajal.nn.GlobalMaxPool;
import cajal.nn.LPPool1d;
import cajal.nn.LPPool2d;
import cajal.nn.MaxPool1d;
import cajal.nn.MaxPool2d;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Layers that pool windows give the values and gradients that PyTorch gives.
class PoolingGoldensTest {
    private static final Map<String, Supplier<Block>> LAYERS = Map.ofEntries(
            entry("max2d", () -> new MaxPool2d(2)),
            entry(
                    "max2d-options",
                    () -> new MaxPool2d(3, 2)
                            .stride(2, 1)
                            .padding(1)
                            .dilation(1, 2)
                            .ceil()),
            entry("max2d-ceil", () -> new MaxPool2d(2).ceil()),
            entry("max2d-ties", () -> new MaxPool2d(3).stride(1).padding(1)),
            entry("max1d", () -> new MaxPool1d(3).stride(2).padding(1)),
            entry("avg2d", () -> new AvgPool2d(2)),
            entry(
                    "avg2d-options",
                    () -> new AvgPool2d(3, 2).stride(2, 1).padding(1, 1).ceil()),
            entry(
                    "avg2d-exclude",
                    () -> new AvgPool2d(3).stride(2).padding(1).ceil().excludePadding()),
            entry("avg2d-divisor", () -> new AvgPool2d(2).stride(1).divisor(3)),
            entry("avg1d", () -> new AvgPool1d(3).stride(2).padding(1)),
            entry("lp2d", () -> new LPPool2d(2, 2)),
            entry("lp1d", () -> new LPPool1d(3, 3).stride(2).ceil()),
            entry("adaptive-avg2d", () -> new AdaptiveAvgPool2d(3, 2)),
            entry("adaptive-avg2d-even", () -> new AdaptiveAvgPool2d(3, 2)),
            entry("adaptive-avg1d", () -> new AdaptiveAvgPool1d(5)),
            entry("adaptive-max2d", () -> new AdaptiveMaxPool2d(3, 2)),
            entry("adaptive-max2d-even", () -> new AdaptiveMaxPool2d(2)),
            entry("adaptive-max1d", () -> new AdaptiveMaxPool1d(4)),
            entry("global-avg", GlobalAvgPool::new),
            entry("global-max", GlobalMaxPool::new));

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("pooling", LAYERS, (golden, layer) -> golden.check(layer));
    }
}

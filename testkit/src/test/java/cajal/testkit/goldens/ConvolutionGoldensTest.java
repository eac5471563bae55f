package cajal.testkit.goldens;

import cajal.nn.Block;
import cajal.nn.Conv1d;
import cajal.nn.Conv2d;
import cajal.nn.Conv3d;
import cajal.nn.ConvTranspose1d;
import cajal.nn.ConvTranspose2d;
import cajal.nn.DepthwiseConv2d;
import cajal.nn.Fold;
import cajal.nn.SeparableConv2d;
import cajal.nn.Unfold;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Convolutions give the values and gradients that PyTorch gives.
class ConvolutionGoldensTest {
    private static final Map<String, Supplier<Block>> LAYERS = new HashMap<>();

    static {
        LAYERS.put("conv1d", () -> new Conv1d(3, 4, 3));
        LAYERS.put(
                "conv1d-all",
                () -> new Conv1d(4, 6, 3)
                        .stride(3)
                        .padding(4)
                        .dilation(2)
                        .groups(2)
                        .noBias());
        LAYERS.put("conv1d-same", () -> new Conv1d(3, 2).same().dilation(3));
        LAYERS.put("conv2d", () -> new Conv2d(3, 4, 3));
        LAYERS.put("conv2d-1x1", () -> new Conv2d(5, 3, 1));
        LAYERS.put("conv2d-1x1-stride", () -> new Conv2d(3, 4, 1).stride(2).noBias());
        LAYERS.put("conv2d-stride-padding", () -> new Conv2d(4, 3).stride(2).padding(1));
        LAYERS.put(
                "conv2d-rectangular",
                () -> new Conv2d(2, 3, 2, 4)
                        .stride(3, 2)
                        .padding(1, 3)
                        .dilation(1, 2)
                        .noBias());
        LAYERS.put("conv2d-dilation", () -> new Conv2d(2, 2, 3).padding(2).dilation(2));
        LAYERS.put(
                "conv2d-groups",
                () -> new Conv2d(6, 9, 3).stride(2, 1).padding(1).groups(3));
        LAYERS.put(
                "conv2d-depthwise", () -> new DepthwiseConv2d(3).multiplier(2).padding(1));
        LAYERS.put("conv2d-wide", () -> new Conv2d(18, 3, 2, 3).padding(1));
        LAYERS.put("conv2d-same", () -> new Conv2d(2, 3, 4, 3).same());
        LAYERS.put("separable", () -> new SeparableConv2d(3, 3).stride(2).padding(1));
        LAYERS.put(
                "conv3d",
                () -> new Conv3d(4, 6, 2, 3, 2)
                        .stride(1, 2, 1)
                        .padding(1, 0, 1)
                        .dilation(1, 1, 2)
                        .groups(2));
        LAYERS.put(
                "transposed1d",
                () -> new ConvTranspose1d(4, 6, 3)
                        .stride(3)
                        .padding(1)
                        .dilation(2)
                        .groups(2)
                        .outputPadding(2));
        LAYERS.put("transposed2d", () -> new ConvTranspose2d(3, 2, 3));
        LAYERS.put(
                "transposed2d-stride", () -> new ConvTranspose2d(2, 4).stride(2).padding(1));
        LAYERS.put(
                "transposed2d-all",
                () -> new ConvTranspose2d(4, 6, 3, 2)
                        .stride(3, 2)
                        .padding(2, 1)
                        .dilation(2, 1)
                        .groups(2)
                        .outputPadding(1));
        LAYERS.put(
                "transposed2d-gaps",
                () -> new ConvTranspose2d(2, 2, 2).stride(3).outputPadding(0, 2).noBias());
        LAYERS.put(
                "transposed2d-beyond",
                () -> new ConvTranspose2d(2, 2, 2)
                        .stride(1, 2)
                        .padding(1)
                        .dilation(3)
                        .outputPadding(1, 2));
        LAYERS.put("unfold", () -> new Unfold(2, 3).stride(1, 2).padding(1, 2).dilation(2, 1));
        LAYERS.put("fold", () -> new Fold(5, 6, 2, 3).stride(1, 2).padding(1, 2).dilation(2, 1));
    }

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("convolutions", LAYERS, (golden, layer) -> golden.check(layer));
    }
}

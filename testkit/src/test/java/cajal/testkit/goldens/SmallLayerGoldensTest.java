package cajal.testkit.goldens;

import static java.util.Map.entry;

import cajal.nn.Block;
import cajal.nn.ConstantPad1d;
import cajal.nn.ConstantPad2d;
import cajal.nn.GLU;
import cajal.nn.Layer;
import cajal.nn.Maxout;
import cajal.nn.Merge;
import cajal.nn.PixelShuffle;
import cajal.nn.PixelUnshuffle;
import cajal.nn.ReflectionPad1d;
import cajal.nn.ReflectionPad2d;
import cajal.nn.ReplicationPad1d;
import cajal.nn.ReplicationPad2d;
import cajal.nn.SwiGLU;
import cajal.nn.Upsample;
import cajal.nn.ZeroPad1d;
import cajal.nn.ZeroPad2d;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Layers that resize, rearrange, pad, gate and merge give the values and gradients that PyTorch gives.
class SmallLayerGoldensTest {
    private static final Map<String, Supplier<Block>> LAYERS = Map.ofEntries(
            entry("nearest2d", () -> Upsample.by(2)),
            entry("nearest2d-size", () -> Upsample.to(5, 3)),
            entry("nearest1d", () -> Upsample.by(1.5)),
            entry("bilinear", () -> Upsample.by(2).bilinear()),
            entry("bilinear-factors", () -> Upsample.by(1.3, 0.7).bilinear()),
            entry("bilinear-size", () -> Upsample.to(5, 3).bilinear()),
            entry("bilinear-corners", () -> Upsample.to(5, 7).alignCorners()),
            entry("bilinear-corners-one", () -> Upsample.to(1, 6).alignCorners()),
            entry("linear", () -> Upsample.by(3).bilinear()),
            entry("pixel-shuffle", () -> new PixelShuffle(2)),
            entry("pixel-unshuffle", () -> new PixelUnshuffle(3)),
            entry("zero1d", () -> new ZeroPad1d(1, 2)),
            entry("zero2d", () -> new ZeroPad2d(1, 2, 0, 3)),
            entry("constant1d", () -> new ConstantPad1d(3.5, 2)),
            entry("constant2d", () -> new ConstantPad2d(-1.5, 1, 0, 2, 1)),
            entry("reflection1d", () -> new ReflectionPad1d(3, 1)),
            entry("reflection2d", () -> new ReflectionPad2d(1, 2, 3, 0)),
            entry("replication1d", () -> new ReplicationPad1d(3, 1)),
            entry("replication2d", () -> new ReplicationPad2d(1, 2, 3, 0)),
            entry("glu", GLU::new),
            entry("glu-channels", () -> new GLU(1)),
            entry("swiglu", SwiGLU::new),
            entry("maxout", () -> new Maxout(2)),
            entry("product", () -> Merge.product(Tensor::sin, Tensor::square, Layer.identity())),
            entry("average", () -> Merge.average(Tensor::sin, Tensor::square, Layer.identity())),
            entry("maximum", () -> Merge.maximum(Tensor::sin, Tensor::square)),
            entry("minimum", () -> Merge.minimum(Tensor::sin, Tensor::square)),
            entry("concat", () -> Merge.concat(1, Tensor::sin, Tensor::square, Layer.identity())),
            entry("dot", () -> Merge.dot(1, Tensor::sin, Tensor::square)));

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("small-layers", LAYERS, (golden, layer) -> golden.check(layer));
    }
}

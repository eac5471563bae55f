package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What layers that pool, resize, pad and rearrange say and how they are described; their values stand
/// beside PyTorch's in the testkit.
class PoolTest {
    /// Each layer with the shape of one input.
    private static Map<Block, Shape> layers() {
        Map<Block, Shape> layers = new LinkedHashMap<>();
        Shape line = Shape.of(4, 9);
        Shape picture = Shape.of(4, 9, 8);
        layers.put(new MaxPool1d(3).stride(2).padding(1).dilation(2).ceil(), line);
        layers.put(new MaxPool2d(3, 2).stride(2).padding(1, 0).dilation(1, 2).ceil(), picture);
        layers.put(new AvgPool1d(3).stride(2).padding(1).ceil().divisor(2), line);
        layers.put(new AvgPool2d(3, 2).padding(1, 0).excludePadding(), picture);
        layers.put(new LPPool1d(2, 3).stride(1), line);
        layers.put(new LPPool2d(4, 3, 2), picture);
        layers.put(new AdaptiveAvgPool1d(4), line);
        layers.put(new AdaptiveAvgPool2d(3, 4), picture);
        layers.put(new AdaptiveMaxPool1d(4), line);
        layers.put(new AdaptiveMaxPool2d(4, 3), picture);
        layers.put(new GlobalAvgPool(), picture);
        layers.put(new GlobalMaxPool(), picture);
        layers.put(Upsample.by(2), picture);
        layers.put(Upsample.by(1.5, 3).bilinear(), picture);
        layers.put(Upsample.to(5).alignCorners(), line);
        layers.put(Upsample.to(5, 13), picture);
        layers.put(new PixelShuffle(2), picture);
        layers.put(new PixelUnshuffle(2), Shape.of(4, 4, 8));
        layers.put(new ZeroPad1d(1), line);
        layers.put(new ZeroPad2d(1, 2, 3, 4), picture);
        layers.put(new ConstantPad1d(0.5, 1, 2), line);
        layers.put(new ConstantPad2d(0.5, 1), picture);
        layers.put(new ReflectionPad1d(1, 2), line);
        layers.put(new ReflectionPad2d(1), picture);
        layers.put(new ReplicationPad1d(1, 2), line);
        layers.put(new ReplicationPad2d(1), picture);
        layers.put(new GLU(1), picture);
        layers.put(new SwiGLU(), picture);
        layers.put(new Maxout(2, 1), picture);
        layers.put(Merge.concat(1, Tensor::relu, new MaxPool2d(3).stride(1).padding(1)), picture);
        layers.put(Merge.dot(-1, Layer.identity(), Tensor::tanh), picture);
        layers.put(new Dropout1d(0.5), line);
        layers.put(new Dropout2d(0.25), picture);
        layers.put(new AlphaDropout(0.25), line);
        layers.put(new GaussianNoise(0.25), line);
        return layers;
    }

    @Test
    void everyLayerIsMadeAgainFromItsDescription() {
        layers().forEach((layer, shape) -> {
            var net = Sequential.of(layer);
            Spec spec = Specs.of(net, shape);
            Block again = Specs.build(Specs.fromMap(Specs.toMap(spec)));
            assertThat(Specs.of(again, shape)).isEqualTo(spec);
            assertThat(spec.children().values())
                    .extracting(Spec::type)
                    .containsExactly(layer.getClass().getSimpleName());
            long[] dims = new long[shape.rank() + 1];
            dims[0] = 2;
            System.arraycopy(shape.dims(), 0, dims, 1, shape.rank());
            Tensor x = Check.random(9, 0, 1, dims);
            assertThat(again.apply(x).toDoubles()).isEqualTo(net.apply(x).toDoubles());
            assertThat(((Part) ((Sequential) again).layers().getFirst()).describe())
                    .isEqualTo(layer.describe());
            assertThat(net.apply(x.to(DType.F32)).dtype()).as(layer.describe()).isEqualTo(DType.F32);
        });
    }

    @Test
    void everyLayerHasTheGradientThatDifferencesShow() {
        layers().forEach((layer, shape) -> {
            long[] dims = new long[shape.rank() + 1];
            dims[0] = 1;
            System.arraycopy(shape.dims(), 0, dims, 1, shape.rank());
            Check.gradients(
                    layer.describe(), in -> layer.apply(in.getFirst()).sin().sum(), Check.random(9, 0.1, 1, dims));
        });
    }

    @Test
    void layersAreDescribedByTheirConstants() {
        assertThat(new MaxPool2d(2).describe()).isEqualTo("MaxPool2d(2)");
        assertThat(new MaxPool2d(3, 2).stride(1).padding(1).dilation(2, 1).describe())
                .isEqualTo("MaxPool2d(3x2, stride 1, padding 1, dilation 2x1)");
        assertThat(new AdaptiveAvgPool2d(7).describe()).isEqualTo("AdaptiveAvgPool2d(7)");
        assertThat(Upsample.by(2).bilinear().describe()).isEqualTo("Upsample(by 2.0, bilinear)");
        assertThat(Upsample.to(4, 5).alignCorners().describe()).isEqualTo("Upsample(to 4x5, corners aligned)");
        assertThat(new ReflectionPad2d(1, 1, 2, 2).describe()).isEqualTo("ReflectionPad2d(1, 1, 2, 2)");
        assertThat(new ZeroPad1d(3).describe()).isEqualTo("ZeroPad1d(3)");
    }

    @Test
    void anInputThatDoesNotFitIsExplained() {
        assertThatThrownBy(() -> Sequential.of(new MaxPool2d(2)).apply(Tensor.zeros(32, 784)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("MaxPool2d(2) '0' expects (B, C, H, W) or (C, H, W) but got (32, 784)\n"
                        + "  path: (32, 784) -> 0:MaxPool2d(2)\n"
                        + "  rule: the channels stand before the height and width");
        assertThatThrownBy(
                        () -> Sequential.of(new MaxPool2d(2), new AvgPool2d(3)).apply(Tensor.zeros(1, 1, 5, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("avgPool of (1, 1, 2, 2): a window spans 3, the height is 2\n"
                        + "  path: 0:MaxPool2d(2) (1, 1, 2, 2) -> 1:AvgPool2d(3)\n"
                        + "  in:   AvgPool2d(3) '1'\n"
                        + "  rule: at least one window fits");
        assertThatThrownBy(() -> new MaxPool1d(2).padding(1).dilation(5).apply(Tensor.zeros(1, 1, 4)))
                .hasMessageContaining("a window with kernel 2 and dilation 5 sees nothing but padding");
        assertThatThrownBy(() -> new ReflectionPad1d(3).apply(Tensor.zeros(1, 1, 3)))
                .hasMessage("ReflectionPad1d(3) '' reflects 3 elements of an axis of 3: (1, 1, 3)\n"
                        + "  rule: fewer than the axis has, since the edge itself is not repeated");
        assertThatThrownBy(() -> new GlobalAvgPool().apply(Tensor.zeros(2, 3)))
                .hasMessageContaining("expects (B, C, ...) but got (2, 3)");
        assertThatThrownBy(() -> new PixelShuffle(2).apply(Tensor.zeros(1, 6, 2, 2)))
                .hasMessage("PixelShuffle(2) '' expects (B, C·4, H, W) but got (1, 6, 2, 2)\n"
                        + "  rule: each output channel is made of 2·2 input channels");
        assertThatThrownBy(() -> new PixelUnshuffle(2).apply(Tensor.zeros(1, 1, 3, 2)))
                .hasMessageContaining("height and width are divisible by 2");
        assertThatThrownBy(() -> new GLU().apply(Tensor.zeros(2, 3))).hasMessageContaining("its length is even");
        assertThatThrownBy(() -> new Maxout(2).apply(Tensor.zeros(2, 3))).hasMessageContaining("divisible by the 2");
        assertThatThrownBy(() -> Upsample.by(0.1).apply(Tensor.zeros(1, 1, 3)))
                .hasMessageContaining("leaves nothing of an axis of 3");
        assertThatThrownBy(() -> Upsample.by(2, 2).apply(Tensor.zeros(1, 1, 3)))
                .hasMessageContaining("expects (B, C, H, W) or (B, C, L)");
    }

    @Test
    void constantsThatDoNotFitAreRefusedWhereTheyAreSaid() {
        assertThatThrownBy(() -> new MaxPool2d(2).padding(2))
                .hasMessage("Pooling with kernel 2 and padding 2\n"
                        + "  rule: 0 <= padding <= kernel / 2, so that no window holds padding alone");
        assertThatThrownBy(() -> new MaxPool2d(0)).hasMessageContaining("rule: each is at least 1");
        assertThatThrownBy(() -> new MaxPool2d(2).stride(1, 2, 3))
                .hasMessage("MaxPool2d(2) with stride [1, 2, 3]\n"
                        + "  rule: one number for both axes, or height and width");
        assertThatThrownBy(() -> new AdaptiveMaxPool2d(0)).hasMessageContaining("sizes are at least 1");
        assertThatThrownBy(() -> new LPPool2d(0, 2)).hasMessageContaining("rule: p > 0");
        assertThatThrownBy(() -> new ZeroPad2d(-1)).hasMessageContaining("lengths are not negative");
        assertThatThrownBy(() -> Upsample.to(0)).hasMessageContaining("one positive size");
        assertThatThrownBy(() -> Upsample.by(-1)).hasMessageContaining("one positive factor");
        assertThatThrownBy(() -> new PixelShuffle(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new Maxout(0)).hasMessageContaining("at least 1 piece");
        var pool = new MaxPool2d(2);
        pool.apply(Tensor.zeros(1, 1, 2, 2));
        assertThatThrownBy(() -> pool.stride(1)).hasMessageContaining("was sealed by its first");
    }

    @Test
    void aNormOfZerosHasTheGradientZero() {
        Tensor x = Tensor.zeros(1, 1, 2, 4).requireGrad();
        Tensor y = new LPPool2d(3, 2).apply(x);
        assertThat(y.toDoubles()).containsOnly(0);
        assertThat(Grad.of(y.sum(), List.of(x)).getFirst().toDoubles()).containsOnly(0);
    }

    @Test
    void nearestUpsamplingIsUndoneByAveraging() {
        Tensor x = Check.random(5, -1, 1, 2, 3, 4, 5);
        Tensor large = Upsample.by(3).apply(x);
        assertThat(large.shape()).isEqualTo(Shape.of(2, 3, 12, 15));
        assertThat(new AvgPool2d(3).apply(large).allClose(x, 1e-12, 1e-12)).isTrue();
        assertThat(new PixelUnshuffle(3).apply(large).slice(1, 0, 9).toDoubles())
                .as("each channel nine times")
                .isEqualTo(x.slice(1, 0, 1).expand(2, 9, 4, 5).toDoubles());
        Tensor c = Check.random(6, -1, 1, 2, 9, 4, 5);
        assertThat(new PixelUnshuffle(3).apply(new PixelShuffle(3).apply(c)).toDoubles())
                .isEqualTo(c.toDoubles());
    }

    @Test
    void heightAndWidthGrowEachByItsOwnFactor() {
        Tensor x = Check.random(7, -1, 1, 2, 3, 4, 6);
        for (double[] f : new double[][] {{2, 1.5}, {1.5, 3}, {1, 2}, {2, 0.5}}) {
            Tensor apart = Upsample.by(1, f[1]).apply(Upsample.by(f[0], 1).apply(x));
            assertThat(Upsample.by(f).apply(x).toDoubles()).isEqualTo(apart.toDoubles());
            for (int i = 0; i < apart.size(); i++) {
                long w = apart.dim(3);
                long h = apart.dim(2);
                long row = (long) (i / w % h / f[0]);
                long column = (long) (i % w / f[1]);
                assertThat(apart.toDoubles()[i]).isEqualTo(x.toDoubles()[(int) ((i / w / h * 4 + row) * 6 + column)]);
            }
        }
    }

    @Test
    void aMaximumGoesToTheFirstOfEqualElements() {
        Tensor x = Tensor.ones(1, 1, 2, 4).requireGrad();
        assertThat(Grad.of(new MaxPool2d(2).apply(x).sum(), List.of(x))
                        .getFirst()
                        .toDoubles())
                .containsExactly(1, 0, 1, 0, 0, 0, 0, 0);
        Tensor holed = Tensor.of(new float[] {1, Float.NaN, 2, 3}, 1, 1, 2, 2);
        assertThat(new MaxPool2d(2).apply(holed).item()).isNaN();
    }
}

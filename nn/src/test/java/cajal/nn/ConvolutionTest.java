package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Layers whose kernels move over an input: sizes, options, what they say when an input does not fit.
class ConvolutionTest {
    private static List<Block> layers() {
        return List.of(
                new Conv1d(2, 4, 3).stride(2).padding(1).noBias(),
                new Conv2d(2, 4, 3, 2).stride(2, 1).padding(1, 0).dilation(1, 2).groups(2),
                new Conv2d(4, 3).same().stride(2),
                new Conv3d(2, 3, 2).padding(0, 1, 0),
                new DepthwiseConv2d(3).multiplier(2).same(),
                new SeparableConv2d(5, 3).padding(1).stride(2).noBias(),
                new ConvTranspose1d(2, 4, 3).stride(3).outputPadding(1),
                new ConvTranspose2d(4, 6, 2).stride(2).padding(1).groups(2).outputPadding(1, 0),
                new Unfold(3, 2).stride(2).padding(1));
    }

    private static Tensor input(Block layer) {
        long[] dims = switch (layer) {
            case Conv1d _, ConvTranspose1d _ -> new long[] {2, 2, 7};
            case Conv3d _ -> new long[] {2, 2, 4, 5, 6};
            case ConvTranspose2d _ -> new long[] {2, 4, 5, 6};
            default -> new long[] {2, 2, 7, 8};
        };
        return Check.random(8, -1, 1, dims);
    }

    @Test
    void everyLayerIsTheOneThatItsDescriptionMakes() {
        for (Block layer : layers()) {
            Tensor x = input(layer).to(cajal.kernel.DType.F32);
            layer.init(3, x.shape());
            long[] sample = java.util.Arrays.copyOfRange(x.shape().dims(), 1, x.rank());
            Block built = Specs.build(Specs.fromMap(Specs.toMap(Specs.of(layer, Shape.of(sample)))));
            built.load(layer.tensors());
            assertThat(built.describe()).isEqualTo(layer.describe());
            assertThat(built.apply(x).toFloats())
                    .as(layer.describe())
                    .containsExactly(layer.apply(x).toFloats());
        }
        var fold = new Fold(5, 6, 2).stride(1, 2).padding(1, 0);
        var windows = Check.random(1, -1, 1, 2, 8, 18);
        assertThat(Fold.of(fold.spec().orElseThrow()).apply(windows).toDoubles())
                .containsExactly(fold.apply(windows).toDoubles());
    }

    @Test
    void theGradientsOfEveryLayerAreRight() {
        for (Block layer : layers()) {
            Tensor x = input(layer);
            layer.init(3, x.shape());
            Map<String, Tensor> values = new LinkedHashMap<>();
            layer.tensors().forEach((path, t) -> values.put(path, t.to(cajal.kernel.DType.F64)));
            if (!values.isEmpty()) {
                layer.load(values);
            }
            Check.gradients(
                    layer.describe(), in -> layer.apply(in.getFirst()).square().sum(), x);
        }
    }

    @Test
    void initialValuesAreUniformInOneOverTheRootOfTheFanIn() {
        Map<Block, Integer> fanIns = Map.of(
                new Conv1d(8, 64, 5),
                40,
                new Conv2d(16, 32, 3, 5).groups(4),
                60,
                new Conv3d(4, 32, 3),
                108,
                new DepthwiseConv2d(256, 3),
                9,
                new ConvTranspose2d(32, 16, 3),
                144); // as PyTorch: of the output channels
        fanIns.forEach((layer, fanIn) -> {
            layer.init(5);
            double bound = 1 / Math.sqrt(fanIn);
            layer.parameters().forEach((path, p) -> {
                double[] w = p.toDoubles();
                double largest = 0, squares = 0;
                for (double v : w) {
                    largest = Math.max(largest, Math.abs(v));
                    squares += v * v;
                }
                assertThat(largest).as("%s %s", layer.describe(), path).isLessThanOrEqualTo(bound);
                if (w.length > 500) {
                    double wanted = bound / Math.sqrt(3);
                    assertThat(Math.sqrt(squares / w.length)).isCloseTo(wanted, within(0.05 * wanted));
                }
            });
        });
    }

    @Test
    void descriptionsSayWhatIsUnusual() {
        assertThat(layers().stream().map(Block::describe))
                .containsExactly(
                        "Conv1d(2 -> 4, 3, stride 2, padding 1)",
                        "Conv2d(2 -> 4, 3x2, stride 2x1, padding 1x0, dilation 1x2, groups 2)",
                        "Conv2d(? -> 4, 3x3, stride 2, same)",
                        "Conv3d(2 -> 3, 2x2x2, padding 0x1x0)",
                        "DepthwiseConv2d(? -> ?, 3x3, same)",
                        "SeparableConv2d",
                        "ConvTranspose1d(2 -> 4, 3, stride 3, output padding 1)",
                        "ConvTranspose2d(4 -> 6, 2x2, stride 2, padding 1, output padding 1x0, groups 2)",
                        "Unfold(3x2, stride 2, padding 1)");
    }

    @Test
    void sameKeepsTheLengthsAndAStrideDividesThem() {
        for (int n = 1; n < 12; n++) {
            Tensor x = Tensor.ones(1, 2, n, n + 3);
            for (int stride = 1; stride < 4; stride++) {
                Tensor y = new Conv2d(3, 3).same().stride(stride).dilation(2).apply(x);
                assertThat(y.shape())
                        .isEqualTo(Shape.of(1, 3, (n + stride - 1) / stride, (n + 3 + stride - 1) / stride));
            }
        }
    }

    @Test
    void aSquareOfOnesFindsTheSumOfItsNeighbours() {
        Conv2d layer = new Conv2d(1, 1, 3).padding(1).init(Init.ones()).noBias();
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3);
        assertThat(layer.apply(x).toFloats()).containsExactly(12, 21, 16, 27, 45, 33, 24, 39, 28);
    }

    @Test
    void whatDoesNotFitIsExplained() {
        refuses(new Conv2d(3, 8, 3), Tensor.zeros(2, 28, 28, 3), """
                Conv2d '' expects (B, 3, H, W) but got (2, 28, 28, 3)
                  fix:  the channels stand last: x.moveAxis(-1, 1) puts them second""");
        refuses(new Conv2d(3, 8, 3), Tensor.zeros(2, 4, 28, 28), """
                Conv2d '' expects (B, 3, H, W) but got (2, 4, 28, 28)
                  rule: the second axis holds the 3 channels""");
        refuses(new Conv2d(3, 8, 3), Tensor.zeros(3, 28, 28), """
                Conv2d '' expects (B, 3, H, W) but got (3, 28, 28)
                  fix:  one sample is a batch too: x.unsqueeze(0)""");
        refuses(new Conv2d(8, 3), Tensor.zeros(64, 28, 28), """
                Conv2d '' expects (B, C, H, W) but got (64, 28, 28)
                  fix:  samples of one channel: x.unsqueeze(1)""");
        refuses(new Conv1d(8, 3), Tensor.zeros(64, 1, 28, 28), """
                Conv1d '' expects (B, C, L) but got (64, 1, 28, 28)
                  rule: batch and channels come before the 1 axis that the kernel moves along""");
        refuses(new Conv2d(1, 8, 5).dilation(2), Tensor.zeros(2, 1, 8, 20), """
                convolution of x (2, 1, 8, 20) with w (8, 1, 5, 5), stride [1, 1], dilation [2, 2]: along axis 2 the \
                kernel reaches over 9 elements, but there are 8, padding included
                  rule: dilation·(K - 1) + 1 is at most S + padding
                  fix:  a padding of at least 1 on both sides, or a smaller kernel""");
        refuses(new Conv2d(3, 8, 3).groups(2), Tensor.zeros(2, 3, 8, 8), """
                Conv2d(3 -> 8, 3x3, groups 2) cuts 3 and 8 channels into 2 groups
                  rule: the groups divide both""");
        refuses(new ConvTranspose1d(3, 8, 3).stride(2).outputPadding(2), Tensor.zeros(2, 3, 8), """
                ConvTranspose1d(3 -> 8, 3, stride 2, output padding 2) adds 2 along axis 2
                  rule: the output padding is less than the stride or the dilation""");
        refuses(new Fold(4, 4, 2), Tensor.zeros(2, 4, 8), """
                fold of (2, 4, 8) to [4, 4], kernel [2, 2], stride [1, 1]
                  rule: (B, C·4, 9): a column of a kernel's elements for each of [3, 3] places""");
        assertThatThrownBy(() -> new Conv2d(1, 8, 3, 3, 3))
                .hasMessage("Conv2d(1, 8, 3, 3, 3)\n"
                        + "  rule: channels and kernel are at least 1, the kernel has one length or one an axis");
        assertThatThrownBy(() -> new Conv2d(8, 3).stride(0))
                .hasMessage("A convolution with stride [0, 0], padding [0, 0], dilation [1, 1], groups 1\n"
                        + "  rule: stride, dilation and groups are at least 1, padding at least 0");
    }

    private static void refuses(Block layer, Tensor x, String message) {
        assertThatThrownBy(() -> layer.apply(x))
                .isInstanceOf(ShapeException.class)
                .hasMessage(message);
    }
}

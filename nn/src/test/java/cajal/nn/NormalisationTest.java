package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// What normalising layers keep, when they change it, what they are described by, and what they refuse.
class NormalisationTest {
    private static Tensor training(Layer layer, Tensor x) {
        try (var _ = Context.current().training(true).enter()) {
            return layer.apply(x);
        }
    }

    private static double[] state(Part part, String name) {
        return java.util.Objects.requireNonNull(part.states().get(name), name).toDoubles();
    }

    @Test
    void aBatchNormBringsEachChannelToMeanZeroAndVarianceOneAndRemembers() {
        BatchNorm layer = new BatchNorm();
        Tensor x = Check.random(3, 10, 14, 6, 2, 5);
        double[] y = training(layer, x).transpose(0, 1).flatten(1).at(1).toDoubles();
        double mean = DoubleStream.of(y).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(1e-12));
        assertThat(DoubleStream.of(y).map(v -> v * v).sum() / 30).isCloseTo(1, within(1e-4));
        double level = x.mean(0, 2).get(1);
        assertThat(state(layer, "running_mean")[1]).isCloseTo(0.1 * level, within(1e-6));
        assertThat(state(layer, "running_var")[1])
                .isCloseTo(0.9 + 0.1 * x.var(0, 2).get(1), within(1e-6));
        assertThat(state(layer, "num_batches_tracked")).containsExactly(1);
    }

    @Test
    void outsideTrainingABatchNormChangesNothing() {
        BatchNorm layer = new BatchNorm(2);
        layer.init(1);
        layer.apply(Check.random(3, 10, 14, 6, 2));
        assertThat(state(layer, "running_mean")).containsExactly(0, 0);
        assertThat(state(layer, "num_batches_tracked")).containsExactly(0);
    }

    @Test
    void aFrozenBatchNormKeepsToItsRunningStatisticsInTrainingToo() {
        var net = Sequential.of(new BatchNorm(2), new BatchNorm(2));
        net.init(1);
        net.freeze("0.", true);
        Tensor x = Check.random(3, 10, 14, 6, 2);
        training(net, x);
        assertThat(state(net, "0.running_mean")).containsExactly(0, 0);
        assertThat(state(net, "1.running_mean")[0]).isCloseTo(1.2, within(0.2));
    }

    @Test
    void aBatchOfOneIsRefusedInTrainingAndWelcomeOutside() {
        var net = Sequential.of(new Linear(3, 4), new BatchNorm(4));
        assertThatThrownBy(() -> training(net, Tensor.zeros(1, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("""
                    BatchNorm '1' in training got (1, 4), 1 value a channel
                      path: 0:Linear(3 -> 4) (1, 4) -> 1:BatchNorm(4)
                      rule: a variance takes at least 2 values a channel
                      fix:  larger batches (and leave out a last batch of one), or GroupNorm or LayerNorm, which need no batch\
                    """);
        assertThat(net.apply(Tensor.zeros(1, 3)).shape()).isEqualTo(Shape.of(1, 4));
        assertThat(training(new BatchNorm(4), Tensor.ones(1, 4, 2)).shape()).isEqualTo(Shape.of(1, 4, 2));
    }

    @Test
    void inputsThatDoNotFitAreNamedWithTheRule() {
        assertThatThrownBy(() -> new BatchNorm(4).apply(Tensor.zeros(2, 3)))
                .hasMessage(
                        "BatchNorm '' expects (B, 4, ...) but got (2, 3)\n  rule: the second axis holds the channels");
        assertThatThrownBy(() -> new LayerNorm(4, 2).apply(Tensor.zeros(2, 3, 2)))
                .hasMessage("LayerNorm '' expects (..., 4, 2) but got (2, 3, 2)"
                        + "\n  rule: the last axes are those that were stated");
        assertThatThrownBy(() -> new GroupNorm(4, 6))
                .hasMessage(
                        "GroupNorm(4, 6)\n  rule: at least 1 group, and the channels can be split evenly into groups");
        assertThatThrownBy(() -> new GroupNorm(4).apply(Tensor.zeros(2, 6)))
                .hasMessage("GroupNorm '' expects (B, C, ...) but got (2, 6)"
                        + "\n  rule: the second axis holds the channels, which can be split into 4 groups");
        assertThatThrownBy(() -> new InstanceNorm(4).apply(Tensor.zeros(2, 4, 1)))
                .hasMessageStartingWith("InstanceNorm '' got (2, 4, 1), 1 place a channel\n  rule: ");
        assertThatThrownBy(() -> new RMSNorm(0)).hasMessage("RMSNorm(0)\n  rule: lengths are at least 1");
        assertThatThrownBy(() -> new BatchNorm(4).momentum(2))
                .hasMessage("BatchNorm.momentum(2.0)\n  rule: from 0 to 1");
    }

    @Test
    void sizesAreInferredFromTheFirstInputOrFromWhatIsLoaded() {
        var net = Sequential.of(new BatchNorm(), new GroupNorm(2), new LayerNorm(), new RMSNorm());
        net.init(1, Shape.of(2, 4, 3));
        assertThat(net.parameters().keySet())
                .containsExactly("0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias", "3.weight");
        assertThat(net.parameterCount()).isEqualTo(4 + 4 + 4 + 4 + 3 + 3 + 3);
        var again = Sequential.of(new BatchNorm(), new GroupNorm(2), new LayerNorm(), new RMSNorm());
        again.load(net.tensors());
        assertThat(again.tensors().keySet()).isEqualTo(net.tensors().keySet());
        BatchNorm bare = new BatchNorm().noAffine();
        bare.load(Map.of(
                "running_mean",
                Tensor.of(1, 2),
                "running_var",
                Tensor.of(4, 1),
                "num_batches_tracked",
                Tensor.scalar(3)));
        assertThat(bare.apply(Tensor.of(new float[] {3, 5}, 1, 2)).toFloats()[0])
                .isCloseTo(1, within(1e-4f));
    }

    @Test
    void everyLayerIsMadeAgainFromItsDescription() {
        for (Block layer : List.of(
                new BatchNorm(4).epsilon(1e-3).momentum(0.2),
                new BatchNorm(4).cumulative().noAffine(),
                new BatchNorm(4).noStatistics(),
                new InstanceNorm(4).affine().statistics().momentum(0.3),
                new InstanceNorm(4).epsilon(0.1),
                new GroupNorm(2, 4).epsilon(0.1),
                new GroupNorm(2, 4).noAffine(),
                new LayerNorm(3).epsilon(0.1).noBias(),
                new LayerNorm(4, 3).noAffine(),
                new RMSNorm(3).epsilon(0.1),
                new RMSNorm(4, 3).noAffine(),
                new LocalResponseNorm(3).alpha(0.1).beta(0.5).k(2))) {
            Spec spec = Specs.of(layer, Shape.of(4, 3));
            Block again = Specs.build(Specs.fromMap(Specs.toMap(spec)));
            assertThat(Specs.of(again, Shape.of(4, 3))).as(layer.describe()).isEqualTo(spec);
            layer.init(5);
            if (!layer.tensors().isEmpty()) {
                again.load(layer.tensors());
            }
            Tensor x = Check.random(8, -1, 1, 2, 4, 3);
            assertThat(training(again, x).toDoubles())
                    .as(layer.describe())
                    .containsExactly(training(layer, x).toDoubles());
            assertThat(again.tensors().keySet()).isEqualTo(layer.tensors().keySet());
        }
    }

    @Test
    void gradientsAgreeWithDifferencesInTrainingAndOutside() {
        for (Block layer :
                List.of(new BatchNorm(3), new InstanceNorm(3), new GroupNorm(1, 3), new LocalResponseNorm(2))) {
            layer.init(1);
            Tensor weights = Check.random(9, -1, 1, 4, 3, 2);
            Check.gradients(
                    layer.describe() + " in training",
                    in -> training(layer, in.getFirst()).mul(weights).sum(),
                    Check.random(1, -2, 2, 4, 3, 2));
            Check.gradients(
                    layer.describe(),
                    in -> layer.apply(in.getFirst()).mul(weights).sum(),
                    Check.random(1, -2, 2, 4, 3, 2));
        }
    }

    @Test
    void aNetThatIsLoadedInDoublePrecisionHasItsStatisticsInIt() {
        BatchNorm layer = new BatchNorm(1).noAffine();
        layer.load(Map.of(
                "running_mean",
                Check.doubles(1.0 / 3),
                "running_var",
                Check.doubles(1),
                "num_batches_tracked",
                Tensor.scalar(3)));
        assertThat(state(layer, "running_mean")).containsExactly(1.0 / 3);
    }

    /// A block of one's own, which is saved as the operations it runs.
    private static final class Own extends Block {
        private final Layer inner =
                add("inner", Sequential.of(new Linear(4, 3).spectralNorm(), new BatchNorm(3), new LayerNorm(3)));

        @Override
        protected Tensor forward(Tensor x) {
            return inner.apply(x).relu();
        }
    }

    @Test
    void aBlockOfOnesOwnKeepsItsBatchCounterThoughInferenceDoesNotReadIt() {
        Own net = new Own();
        net.init(1);
        Tensor x = Check.random(1, -1, 1, 5, 4);
        training(net, x);
        Spec spec = Specs.of(net, Shape.of(4));
        Block again = Specs.build(Specs.fromMap(Specs.toMap(spec)));
        again.load(net.tensors());
        assertThat(again.apply(x).toDoubles()).containsExactly(net.apply(x).toDoubles());
        assertThat(again.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(net.tensors().keySet());
        assertThat(state(again, "inner.1.num_batches_tracked")).containsExactly(1);
        assertThat(Specs.of(again, Shape.of(4))).isEqualTo(spec);
    }
}

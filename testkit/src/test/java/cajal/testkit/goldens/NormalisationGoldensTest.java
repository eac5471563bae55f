package cajal.testkit.goldens;

import static java.util.Map.entry;

import cajal.nn.BatchNorm;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.ConvTranspose2d;
import cajal.nn.GroupNorm;
import cajal.nn.InstanceNorm;
import cajal.nn.LayerNorm;
import cajal.nn.Linear;
import cajal.nn.LocalResponseNorm;
import cajal.nn.RMSNorm;
import cajal.tensor.Context;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Normalising layers give the values, gradients and running statistics that PyTorch gives, in training and
/// outside.
class NormalisationGoldensTest {
    private static final Map<String, Supplier<Block>> LAYERS = Map.ofEntries(
            entry("layer", () -> new LayerNorm(5)),
            entry("layer-two-axes", () -> new LayerNorm(2, 3).epsilon(1e-3)),
            entry("layer-no-bias", () -> new LayerNorm(4).noBias()),
            entry("layer-plain", () -> new LayerNorm(6).noAffine()),
            entry("rms", () -> new RMSNorm(5).epsilon(1e-6)),
            entry("rms-two-axes", () -> new RMSNorm(2, 3).noAffine()),
            entry("batch-rows-training", () -> new BatchNorm(3)),
            entry("batch-rows-inference", () -> new BatchNorm(3)),
            entry("batch-sequences-training", () -> new BatchNorm(2)),
            entry("batch-sequences-inference", () -> new BatchNorm(2)),
            entry("batch-pictures-training", () -> new BatchNorm(2)),
            entry("batch-pictures-inference", () -> new BatchNorm(2)),
            entry("batch-cumulative", () -> new BatchNorm(3).noAffine().cumulative()),
            entry("batch-no-statistics", () -> new BatchNorm(3).noStatistics()),
            entry("group", () -> new GroupNorm(2, 4)),
            entry("group-rows", () -> new GroupNorm(3, 12)),
            entry("group-each-channel", () -> new GroupNorm(3, 3).noAffine()),
            entry("instance", () -> new InstanceNorm(3)),
            entry(
                    "instance-statistics-training",
                    () -> new InstanceNorm(2).affine().statistics()),
            entry(
                    "instance-statistics-inference",
                    () -> new InstanceNorm(2).affine().statistics()),
            entry("weight-norm", () -> new Linear(3, 2).weightNorm()),
            entry("spectral-norm", () -> new Linear(3, 2).spectralNorm()),
            entry("spectral-norm-training", () -> new Linear(3, 2).spectralNorm()),
            entry("weight-norm-conv", () -> new Conv2d(2, 3, 2).weightNorm()),
            entry("spectral-norm-conv-training", () -> new Conv2d(2, 3, 2).spectralNorm()),
            entry("spectral-norm-conv-transpose-training", () -> new ConvTranspose2d(2, 3, 2).spectralNorm()),
            entry("response-odd", () -> new LocalResponseNorm(3).alpha(0.1)),
            entry("response-even", () -> new LocalResponseNorm(4).alpha(0.1)));

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("normalisation", LAYERS, (golden, layer) -> {
            boolean training =
                    golden.name().endsWith("-training") || golden.name().endsWith("-cumulative");
            golden.check(layer, (block, in) -> {
                try (var _ = Context.current().training(training).enter()) {
                    return in.stream().map(block::apply).toList();
                }
            });
        });
    }
}

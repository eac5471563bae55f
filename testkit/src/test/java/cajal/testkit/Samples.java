package cajal.testkit;

import java.util.List;
import java.util.stream.Stream;

/// All samples.
final class Samples {
    private static final List<Sample> ALL = Stream.of(
                    PointwiseSamples.arithmetic(),
                    PointwiseSamples.choices(),
                    PointwiseSamples.elementary(),
                    PointwiseSamples.activations(),
                    ReductionSamples.reductions(),
                    ReductionSamples.statistics(),
                    NormaliseSamples.normalisations(),
                    NormaliseSamples.gradients(),
                    PoolSamples.pooling(),
                    LayoutSamples.views(),
                    LayoutSamples.copies(),
                    LayoutSamples.indexing(),
                    ProductSamples.products(),
                    ConvolutionSamples.convolutions(),
                    AttentionSamples.attention(),
                    RecurrentSamples.recurrences(),
                    ProductSamples.others())
            .flatMap(List::stream)
            .toList();

    private Samples() {}

    static Stream<Sample> all() {
        return ALL.stream();
    }

    static Stream<Sample> differentiable() {
        return all().filter(Sample::isDifferentiable);
    }

    static Stream<Sample> flat() {
        return all().filter(s -> !s.isDifferentiable());
    }
}

package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// Weights that are made of other parameters.
class WeightTest {
    private static Tensor training(Layer layer, Tensor x) {
        try (var _ = Context.current().training(true).enter()) {
            return layer.apply(x);
        }
    }

    @Test
    void atFirstAWeightNormChangesNothing() {
        Linear layer = new Linear(3, 4).weightNorm().noBias();
        layer.init(2);
        assertThat(layer.parameters().keySet()).containsExactly("weight_v", "weight_g");
        Linear plain = new Linear(3, 4).noBias();
        plain.load(Map.of("weight", layer.parameters().get("weight_v")));
        Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 3);
        assertThat(layer.apply(x).allClose(plain.apply(x))).isTrue();
    }

    @Test
    void aWeightNormsLengthsAreThoseOfItsRows() {
        Linear layer = new Linear(2).weightNorm().noBias();
        layer.load(Map.of(
                "weight_v", Tensor.ofDoubles(new double[] {3, 4, 0, -2}, 2, 2),
                "weight_g", Tensor.ofDoubles(new double[] {10, 7}, 2, 1)));
        // rows (6, 8) and (0, -7)
        assertThat(layer.apply(Tensor.ofDoubles(new double[] {1, 2}, 1, 2)).toDoubles())
                .containsExactly(22, -14);
    }

    @Test
    void aSpectralNormFindsTheLargestSingularValue() {
        // diag(3, 1) turned: singular values 3 and 1
        double c = 0.8;
        double s = 0.6;
        Linear layer = new Linear(2, 2).spectralNorm().noBias();
        Map<String, Tensor> start = Map.of(
                "weight_orig", Tensor.ofDoubles(new double[] {3 * c, 3 * s, -s, c}, 2, 2),
                "weight_u", Check.doubles(0.6, 0.8),
                "weight_v", Check.doubles(1, 0));
        layer.load(start);
        Tensor x = Tensor.ofDoubles(new double[] {c, s}, 1, 2); // the first right singular vector
        for (int i = 0; i < 30; i++) {
            training(layer, x);
        }
        assertThat(layer.apply(x).toDoubles()[0]).isCloseTo(1, within(1e-12));
        assertThat(layer.apply(x).toDoubles()[1]).isCloseTo(0, within(1e-12));
        double[] u = layer.states().get("weight_u").toDoubles();
        assertThat(Math.abs(u[0])).isCloseTo(1, within(1e-12));
        assertThat(DoubleStream.of(layer.states().get("weight_v").toDoubles())
                        .map(v -> v * v)
                        .sum())
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void twoPassesInTrainingBeforeTheBackwardPassesAreFine() {
        Linear layer = new Linear(3, 2).spectralNorm();
        layer.init(1);
        Tensor x = Check.random(1, -1, 1, 4, 3);
        Tensor first = training(layer, x).sum();
        Tensor second = training(layer, x.neg()).sum();
        Tensor idle = layer.apply(x).sum();
        training(layer, x);
        Tensor weight = layer.parameters().get("weight_orig");
        for (Tensor loss : List.of(first, second, idle)) {
            assertThat(Grad.of(loss, weight).getFirst().shape()).isEqualTo(Shape.of(2, 3));
        }
    }

    /// The values of a layer in double precision.
    private static Map<String, Tensor> doubles(Linear layer) {
        layer.init(4);
        Map<String, Tensor> values = new java.util.LinkedHashMap<>();
        layer.tensors()
                .forEach((name, t) ->
                        values.put(name, t.to(cajal.kernel.DType.F64).copy()));
        return values;
    }

    @Test
    void gradientsReachWhatTheWeightsAreMadeOf() {
        Tensor x = Check.random(1, -1, 1, 4, 3);
        Tensor out = Check.random(2, -1, 1, 4, 2);
        for (boolean spectral : new boolean[] {false, true}) {
            Linear layer = spectral ? new Linear(3, 2).spectralNorm() : new Linear(3, 2).weightNorm();
            Map<String, Tensor> values = doubles(layer);
            layer = spectral ? new Linear(3, 2).spectralNorm() : new Linear(3, 2).weightNorm();
            layer.load(values);
            Linear loaded = layer;
            loaded.parameters().forEach((name, p) -> {
                double slope = 0;
                double[] g =
                        Grad.of(loaded.apply(x).mul(out).sum(), p).getFirst().toDoubles();
                Tensor before = p.copy();
                double h = 1e-5;
                Tensor towards = Tensor.ofDoubles(g, p.shape().dims());
                p.set(before.add(towards.mul(h)));
                slope += loaded.apply(x).mul(out).sum().item();
                p.set(before.sub(towards.mul(h)));
                slope -= loaded.apply(x).mul(out).sum().item();
                p.set(before);
                double squares = DoubleStream.of(g).map(v -> v * v).sum();
                assertThat(slope / (2 * h))
                        .as(loaded.describe() + " " + name)
                        .isCloseTo(squares, within(1e-6 * squares));
            });
        }
    }

    @Test
    void thoseOfConvolutionsAreMadeAgainFromTheirDescription() {
        for (Block layer : List.of(
                new Conv2d(2, 3, 2).weightNorm().stride(2).noBias(), new ConvTranspose2d(3, 2).spectralNorm())) {
            Spec spec = Specs.of(layer, Shape.of(2, 4, 4));
            Block again = Specs.build(Specs.fromMap(Specs.toMap(spec)));
            assertThat(Specs.of(again, Shape.of(2, 4, 4))).isEqualTo(spec);
            layer.init(5);
            again.load(layer.tensors());
            Tensor x = Check.random(8, -1, 1, 3, 2, 4, 4);
            assertThat(again.apply(x).toDoubles())
                    .containsExactly(layer.apply(x).toDoubles());
        }
    }

    @Test
    void theyAreMadeAgainFromTheirDescription() {
        for (Linear layer : List.of(
                new Linear(3, 2).weightNorm(), new Linear(2).spectralNorm().noBias())) {
            Spec spec = Specs.of(layer, Shape.of(3));
            Block again = Specs.build(Specs.fromMap(Specs.toMap(spec)));
            assertThat(Specs.of(again, Shape.of(3))).isEqualTo(spec);
            layer.init(5);
            again.load(layer.tensors());
            Tensor x = Check.random(8, -1, 1, 4, 3);
            assertThat(again.apply(x).toDoubles())
                    .containsExactly(layer.apply(x).toDoubles());
        }
        assertThatThrownBy(
                        () -> Specs.build(Spec.of("Linear", Map.of("in", 1, "out", 1, "bias", true, "weights", "x"))))
                .hasMessage("The description of a Linear makes no sense: There are no weights of kind 'x'");
    }
}

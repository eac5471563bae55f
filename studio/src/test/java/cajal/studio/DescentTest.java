package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Surfaces have their published minima and the slopes of their formulas; optimisers go down them step by
/// step as one would by hand.
class DescentTest {
    @ParameterizedTest
    @CsvSource({
        "bowl, 0, 0, 0",
        "rosenbrock, 1, 1, 0",
        "beale, 3, 0.5, 0",
        "saddle, 0, 2.2360679, -1.25",
        "saddle, 0, 0, 0",
        "rosenbrock, -1.5, 2, 12.5",
        "beale, 0, 0, 14.203125"
    })
    void aSurfaceHasItsKnownValues(String name, double x, double y, double loss) {
        assertThat(Surface.named(name).loss(x, y)).isCloseTo(loss, offset(1e-5));
    }

    @Test
    void theRavineLiesWhereLeastSquaresSay() {
        // The normal equations of a line through 64 points, in double precision, of the inputs and targets
        // that three values of the loss at known weights give away: a quadratic has six coefficients.
        Surface ravine = Surface.named("ravine");
        double f = ravine.loss(0, 0);
        double a = (ravine.loss(1, 0) + ravine.loss(-1, 0)) / 2 - f;
        double c = (ravine.loss(0, 1) + ravine.loss(0, -1)) / 2 - f;
        double d = (ravine.loss(1, 0) - ravine.loss(-1, 0)) / 2;
        double e = (ravine.loss(0, 1) - ravine.loss(0, -1)) / 2;
        double b = ravine.loss(1, 1) - a - c - d - e - f;
        assertThat(c).as("each bias counts once").isCloseTo(1, offset(1e-5));
        double x = (b * e - 2 * c * d) / (4 * a * c - b * b);
        double y = (b * d - 2 * a * e) / (4 * a * c - b * b);
        Descent.Place end = Descent.walk(ravine, new Descent.Runner("sgd", 0.5, 64), -0.8, -0.8, 500, 1)
                .getLast();
        assertThat(end.x()).isCloseTo(x, offset(1e-3)).isCloseTo(2, offset(0.3));
        assertThat(end.y()).isCloseTo(y, offset(1e-3)).isCloseTo(1, offset(0.3));
    }

    @Test
    void gradientDescentOnTheBowlShrinksByTheSameFactorEachStep() {
        List<Descent.Place> way = Descent.walk(Surface.named("bowl"), new Descent.Runner("sgd", 0.25, 64), 2, -1, 4, 1);
        assertThat(way).hasSize(5);
        for (int t = 0; t < 5; t++) { // the gradient of ½x² is x, so that x becomes x - ¼x
            assertThat(way.get(t).x()).isCloseTo(2 * StrictMath.pow(0.75, t), offset(1e-6));
            assertThat(way.get(t).y()).isCloseTo(-StrictMath.pow(0.75, t), offset(1e-6));
            assertThat(way.get(t).xSlope()).isCloseTo(way.get(t).x(), offset(1e-6));
            assertThat(way.get(t).loss()).isCloseTo(0.5 * 5 * StrictMath.pow(0.75, 2 * t), offset(1e-6));
        }
    }

    @Test
    void momentumOnTheBowlFollowsItsRecursion() {
        List<Descent.Place> way =
                Descent.walk(Surface.named("bowl"), new Descent.Runner("momentum", 0.1, 64), 2, 0, 20, 1);
        double x = 2;
        double speed = 0;
        for (Descent.Place place : way) {
            assertThat(place.x()).isCloseTo(x, offset(1e-5));
            speed = 0.9 * speed + x;
            x -= 0.1 * speed;
        }
    }

    @Test
    void aFewSamplesGiveAnotherSlopeAndAllTogetherTheTrueOne() {
        Surface bowl = Surface.named("bowl");
        List<Descent.Place> one = Descent.walk(bowl, new Descent.Runner("sgd", 0.1, 1), 2, 1, 64, 1);
        assertThat(one)
                .anyMatch(p -> Math.abs(p.xSlope() - p.x()) > 0.5)
                .anyMatch(p -> Math.abs(p.ySlope() - p.y()) > 0.5);
        Tensor x = Tensor.scalar(2).requireGrad();
        Tensor y = Tensor.scalar(1).requireGrad();
        double sum = IntStream.range(0, 64)
                .mapToDouble(i -> Grad.of(bowl.loss(x, y, Tensor.indices(i)), x)
                        .getFirst()
                        .item())
                .sum();
        assertThat(sum / 64).isCloseTo(2, offset(1e-5));
    }

    @Test
    void theSliceIsTheRealNetworksLossAndItsSlopeThatOfTheLoss() {
        DigitsSurface made = new DigitsSurface();
        Surface slice = Surface.named("digits");
        Batch all = made.digits().all();
        for (double[] at : new double[][] {{0, 0}, {1, 0}, {-0.3, 0.7}}) {
            Sequential net = DigitsSurface.net();
            net.load(made.weights(at[0], at[1]));
            double real = Loss.crossEntropy()
                    .of(net.apply(all.inputs()), all.targets())
                    .item();
            assertThat(slice.loss(at[0], at[1])).isCloseTo(real, offset(1e-4 * Math.max(1, real)));
        }
        assertThat(slice.loss(0, 0)).as("untrained: a guess among ten").isCloseTo(StrictMath.log(10), offset(0.4));
        assertThat(slice.loss(1, 0)).as("trained").isLessThan(0.5);
        Descent.Place start = Descent.walk(slice, new Descent.Runner("sgd", 0.01, slice.samples()), 0.4, 0.3, 1, 1)
                .getFirst();
        double h = 1e-2;
        assertThat(start.xSlope())
                .isCloseTo((slice.loss(0.4 + h, 0.3) - slice.loss(0.4 - h, 0.3)) / (2 * h), offset(2e-2));
        assertThat(start.ySlope())
                .isCloseTo((slice.loss(0.4, 0.3 + h) - slice.loss(0.4, 0.3 - h)) / (2 * h), offset(2e-2));
    }

    @Test
    void everyOptimiserRunsOnEverySurface() {
        for (DescentRoom.Place place : DescentRoom.choices().surfaces()) {
            for (DescentRoom.Rate r : place.rates()) {
                List<Descent.Place> way = Descent.walk(
                        Surface.named(place.name()),
                        new Descent.Runner(r.optimizer(), r.rate(), place.samples()),
                        place.startX(),
                        place.startY(),
                        5,
                        1);
                assertThat(way).as(place.name() + ", " + r.optimizer()).hasSize(6);
                assertThat(way.getLast().x()).as(r.optimizer() + " moves").isNotEqualTo(place.startX());
            }
        }
    }

    @Test
    void aRateThatIsTooLargeEndsTheWayBeforeNumbersOverflow() {
        List<Descent.Place> way =
                Descent.walk(Surface.named("rosenbrock"), new Descent.Runner("sgd", 1, 64), -1.5, 2, 100, 1);
        assertThat(way.size()).isLessThan(100);
        assertThat(way).allMatch(p -> Double.isFinite(p.loss()));
    }

    @Test
    void theRaceShowsWhatMiniBatchesSave() {
        Race race = new Race(200, 2, 1);
        Race.Result all = race.run(new Race.Runner("all", "sgd", 0.5, Batches.ALL));
        Race.Result few = race.run(new Race.Runner("few", "sgd", 0.2, 20));
        assertThat(all.at(1).updates()).isEqualTo(2);
        assertThat(few.at(1).updates()).isEqualTo(20);
        assertThat(few.at(1).samplesSeen()).isEqualTo(400).isEqualTo(all.at(1).samplesSeen());
        assertThat(few.points()).hasSize(17);
        assertThat(few.at(1).loss()).isLessThan(all.at(1).loss());
        assertThat(few.bytes()).isLessThan(all.bytes() / 2);
        assertThat(race.run(few.runner()).points().stream().map(Race.Point::loss))
                .as("the same race again")
                .isEqualTo(few.points().stream().map(Race.Point::loss).toList());
    }

    @Test
    void aRaceOutsideItsBoundsIsRefused() {
        DescentRoom.Entrant adam = new DescentRoom.Entrant("adam", 0.1, 0);
        assertThatThrownBy(() -> new DescentRoom.Wish("bowl", 0, 0, 1_000_000, 1, List.of(adam)))
                .isInstanceOf(StudioException.class)
                .hasMessageContaining("steps is 1000000.0");
        assertThatThrownBy(() -> new DescentRoom.Wish("bowl", Double.NaN, 0, 10, 1, List.of(adam)))
                .isInstanceOf(StudioException.class);
        assertThatThrownBy(() -> new DescentRoom.Wish("bowl", 0, 0, 10, 1, java.util.Collections.nCopies(7, adam)))
                .isInstanceOf(StudioException.class)
                .hasMessageContaining("from 1 to 6");
        assertThatThrownBy(() -> DescentRoom.race(new DescentRoom.Wish("hill", 0, 0, 10, 1, List.of(adam))))
                .isInstanceOf(StudioException.class)
                .hasMessageContaining("bowl");
    }
}

package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class ToysTest {
    private static final List<LongFunction<Dataset>> ALL = List.of(
            seed -> Toys.blobs(301, 3, 0.2, seed),
            seed -> Toys.circles(301, 0.1, seed),
            seed -> Toys.moons(301, 0.1, seed),
            seed -> Toys.xor(301, 0.1, seed),
            seed -> Toys.spirals(301, 3, 0.1, seed),
            seed -> Toys.sine(301, 0.1, seed),
            seed -> Toys.plane(301, 0.1, seed),
            seed -> Toys.bumps(301, 0.1, seed));

    private static float[][] points(Dataset data) {
        float[] flat = data.all().inputs().toFloats();
        float[][] points = new float[flat.length / 2][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new float[] {flat[2 * i], flat[2 * i + 1]};
        }
        return points;
    }

    @Test
    void theSameSeedGivesTheSameSamplesAndAnotherOthers() {
        for (var toy : ALL) {
            assertThat(toy.apply(1).all().inputs().toFloats())
                    .isEqualTo(toy.apply(1).all().inputs().toFloats());
            Dataset other = toy.apply(2);
            boolean differs = !Arrays.equals(
                            toy.apply(1).all().inputs().toFloats(),
                            other.all().inputs().toFloats())
                    || !Arrays.equals(
                            toy.apply(1).all().targets().toDoubles(),
                            other.all().targets().toDoubles());
            assertThat(differs).isTrue();
        }
    }

    @Test
    void thePlaneAndTheBumpsHaveTheHeightsThatTheirFormulasSay() {
        Batch plane = Toys.plane(200, 0, 3).all();
        float[] p = plane.inputs().toFloats();
        float[] z = plane.targets().toFloats();
        Batch bumps = Toys.bumps(2000, 0, 3).all();
        float[] q = bumps.inputs().toFloats();
        float[] h = bumps.targets().toFloats();
        for (int i = 0; i < 200; i++) {
            assertThat((double) z[i]).isCloseTo((p[2 * i] + (double) p[2 * i + 1]) / 2, within(1e-6));
            assertThat(p[2 * i]).isBetween(-1f, 1f);
        }
        for (int i = 0; i < 2000; i++) {
            double fromMiddle = q[2 * i] * (double) q[2 * i] + q[2 * i + 1] * (double) q[2 * i + 1];
            if (fromMiddle < 0.01) {
                assertThat(h[i]).isBetween(0.9f, 1f); // exp(-0.01/0.125) = 0.92, the hollows are far
            }
            assertThat(h[i]).isBetween(-1f, 1f);
        }
    }

    @Test
    void classesAreEvenlyFilled() {
        for (var toy : ALL.subList(0, 5)) {
            Dataset data = toy.apply(1);
            assertThat(data.size()).isEqualTo(301);
            long[] labels = data.all().targets().toLongs();
            for (int c = 0; c < data.classes().size(); c++) {
                int label = c;
                assertThat(Arrays.stream(labels).filter(l -> l == label).count())
                        .isBetween(
                                301L / data.classes().size(),
                                301L / data.classes().size() + 1);
            }
        }
    }

    @Test
    void circlesWithoutNoiseHaveTheRadii1AndHalf() {
        Dataset data = Toys.circles(200, 0, 1);
        long[] labels = data.all().targets().toLongs();
        float[][] p = points(data);
        for (int i = 0; i < p.length; i++) {
            assertThat(Math.hypot(p[i][0], p[i][1])).isCloseTo(labels[i] == 0 ? 1 : 0.5, within(1e-6));
        }
    }

    @Test
    void moonsWithoutNoiseAreHalfCircles() {
        Dataset data = Toys.moons(200, 0, 1);
        long[] labels = data.all().targets().toLongs();
        float[][] p = points(data);
        for (int i = 0; i < p.length; i++) {
            double x = p[i][0] + 0.5 - labels[i];
            double y = p[i][1] + 0.25 - 0.5 * labels[i];
            assertThat(Math.hypot(x, y)).isCloseTo(1, within(1e-6));
            assertThat(labels[i] == 0 ? y : -y).isGreaterThan(-1e-6);
        }
    }

    @Test
    void xorsClassIsThatOfTheSigns() {
        Dataset data = Toys.xor(200, 0, 1);
        long[] labels = data.all().targets().toLongs();
        float[][] p = points(data);
        for (int i = 0; i < p.length; i++) {
            assertThat(p[i][0] * p[i][1] > 0 ? 0L : 1L).isEqualTo(labels[i]);
        }
    }

    @Test
    void spiralsWithoutNoiseWindOutwardsInTheUnitCircle() {
        Dataset data = Toys.spirals(300, 3, 0, 1);
        float[][] p = points(data);
        for (int i = 3; i < p.length; i++) {
            assertThat(Math.hypot(p[i][0], p[i][1]))
                    .isLessThanOrEqualTo(1 + 1e-6)
                    .isGreaterThan(Math.hypot(p[i - 3][0], p[i - 3][1]));
        }
    }

    @Test
    void sineWithoutNoiseIsTheSine() {
        Batch all = Toys.sine(101, 0, 1).all();
        float[] x = all.inputs().toFloats();
        float[] y = all.targets().toFloats();
        assertThat(x[0]).isCloseTo((float) -Math.PI, within(1e-6f));
        assertThat(x[100]).isCloseTo((float) Math.PI, within(1e-6f));
        for (int i = 0; i < x.length; i++) {
            assertThat((double) y[i]).isCloseTo(Math.sin(x[i]), within(1e-6));
        }
    }

    @Test
    void noiseHasTheStandardDeviationThatIsAskedFor() {
        Batch all = Toys.sine(20_000, 0.25, 3).all();
        float[] x = all.inputs().toFloats();
        float[] y = all.targets().toFloats();
        double sum = 0;
        double square = 0;
        for (int i = 0; i < x.length; i++) {
            double d = y[i] - Math.sin(x[i]);
            sum += d;
            square += d * d;
        }
        assertThat(sum / x.length).isCloseTo(0, within(4 * 0.25 / Math.sqrt(x.length)));
        assertThat(Math.sqrt(square / x.length)).isCloseTo(0.25, within(0.005));
    }

    @Test
    void theSmallestSetsAreMade() {
        assertThat(Toys.blobs(3, 3, 0.1, 1).size()).isEqualTo(3);
        assertThat(Toys.spirals(4, 3, 0, 1).all().inputs().toFloats()).doesNotContain(Float.NaN);
        assertThat(Toys.sine(1, 0, 1).all().inputs().toFloats()).doesNotContain(Float.NaN);
        assertThatThrownBy(() -> Toys.blobs(2, 3, 0.1, 1)).hasMessageContaining("at least one sample a class");
    }
}

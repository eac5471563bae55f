package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.ShapeException;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AugmentTest {
    private static final RandomKey KEY = RandomKey.of(3);

    /// A picture whose values are all different.
    private static Picture ramp(int channels, int height, int width) {
        float[] values = new float[channels * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i + 1f) / values.length;
        }
        return new Picture(channels, height, width, values);
    }

    private static RandomGenerator random(long number) {
        return KEY.fold(number).generator();
    }

    static List<Transform> transforms() {
        return List.of(
                RandomCrop.padding(4),
                RandomCrop.of(9, 7),
                HorizontalFlip.half(),
                VerticalFlip.half(),
                RandomAffine.rotation(20).shift(0.1).scale(0.8, 1.2).shear(10),
                Elastic.of(10, 3),
                ColorJitter.of(0.4),
                RandomErasing.half(),
                Cutout.of(6),
                RandAugment.of(2, 9),
                RandAugment.of(3, 30));
    }

    @ParameterizedTest
    @MethodSource("transforms")
    void aTransformIsAPureFunctionWithinBoundsThatLeavesItsPictureAlone(Transform t) {
        for (int channels : new int[] {1, 3}) {
            Picture in = ramp(channels, 12, 10);
            float[] before = in.values().clone();
            Set<Integer> different = new TreeSet<>();
            for (int i = 0; i < 40; i++) {
                Picture out = t.apply(in, random(i));
                assertThat(out.channels()).isEqualTo(channels);
                for (float v : out.values()) {
                    assertThat(v).isBetween(0f, 1f);
                }
                assertThat(t.apply(in, random(i)).values()).isEqualTo(out.values());
                different.add(Arrays.hashCode(out.values()));
            }
            assertThat(in.values()).isEqualTo(before);
            assertThat(different).hasSizeGreaterThan(1);
        }
    }

    @Test
    void aCropIsEachShiftAboutEquallyOften() {
        Picture in = ramp(2, 5, 4);
        Map<String, Integer> shifts = new TreeMap<>();
        for (int i = 0; i < 2500; i++) {
            Picture out = RandomCrop.padding(2).apply(in, random(i));
            assertThat(out.height()).isEqualTo(5);
            String found = IntStream.rangeClosed(-2, 2)
                    .boxed()
                    .flatMap(dy -> IntStream.rangeClosed(-2, 2).mapToObj(dx -> new int[] {dy, dx}))
                    .filter(d -> Arrays.equals(shifted(in, d[0], d[1]), out.values()))
                    .map(Arrays::toString)
                    .findFirst()
                    .orElse("none");
            shifts.merge(found, 1, Integer::sum);
        }
        assertThat(shifts).hasSize(25).doesNotContainKey("none");
        assertThat(shifts.values()).allSatisfy(n -> assertThat(n).isBetween(60, 140)); // 100, deviation 9.8
        assertThatThrownBy(() -> RandomCrop.of(6, 4).apply(in, random(0))).hasMessageContaining("6 x 4 out of 5 x 4");
        assertThat(RandomCrop.of(5, 4).apply(in, random(0)).values()).isEqualTo(in.values());
    }

    private static float[] shifted(Picture in, int dy, int dx) {
        float[] out = new float[in.values().length];
        for (int c = 0; c < in.channels(); c++) {
            for (int y = 0; y < in.height(); y++) {
                for (int x = 0; x < in.width(); x++) {
                    int fy = y + dy;
                    int fx = x + dx;
                    if (fy >= 0 && fy < in.height() && fx >= 0 && fx < in.width()) {
                        out[(c * in.height() + y) * in.width() + x] =
                                in.values()[(c * in.height() + fy) * in.width() + fx];
                    }
                }
            }
        }
        return out;
    }

    @Test
    void flipsSwapSides() {
        Picture in = new Picture(2, 2, 3, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
        assertThat(new HorizontalFlip(1).apply(in, random(0)).values())
                .containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10);
        assertThat(new VerticalFlip(1).apply(in, random(0)).values())
                .containsExactly(4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9);
        long flipped = IntStream.range(0, 1000)
                .filter(i -> HorizontalFlip.half().apply(in, random(i)).values()[0] == 3)
                .count();
        assertThat(flipped).isBetween(437L, 563L); // four deviations
        assertThatThrownBy(() -> new HorizontalFlip(1.1)).hasMessageContaining("probability 1.1");
    }

    @Test
    void affineMapsOfWholePixelsAreExact() {
        Picture in = ramp(2, 4, 4);
        float[] half = new VerticalFlip(1)
                .apply(new HorizontalFlip(1).apply(in, random(0)), random(0))
                .values();
        assertThat(RandomAffine.moved(in, Math.PI, 0, 0, 1, 0).values()).containsExactly(half, within(1e-5f));
        // clockwise by a quarter: the left column, from below, becomes the top row
        float[] quarter = RandomAffine.moved(in, Math.PI / 2, 0, 0, 1, 0).values();
        float[] v = in.values();
        assertThat(Arrays.copyOf(quarter, 4)).containsExactly(new float[] {v[12], v[8], v[4], v[0]}, within(1e-5f));
        assertThat(RandomAffine.moved(in, 0, 1, -2, 1, 0).values()).containsExactly(shifted(in, 2, -1), within(1e-6f));
        Picture odd = ramp(1, 3, 3);
        float[] twice = RandomAffine.moved(odd, 0, 0, 0, 2, 0).values();
        float[] o = odd.values();
        assertThat(twice[4]).isEqualTo(o[4]);
        assertThat(twice[3]).isEqualTo((o[3] + o[4]) / 2, within(1e-6f));
        // sheared by 1: the row below the centre moves right by one, the row above it left
        float[] sheared = RandomAffine.moved(odd, 0, 0, 0, 1, 1).values();
        assertThat(sheared)
                .containsExactly(new float[] {o[1], o[2], 0, o[3], o[4], o[5], 0, o[6], o[7]}, within(1e-6f));
        assertThat(RandomAffine.rotation(0).apply(in, random(1)).values()).isEqualTo(in.values());
        assertThatThrownBy(() -> RandomAffine.rotation(-1)).hasMessageContaining("rule:");
        assertThatThrownBy(() -> RandomAffine.rotation(5).scale(0, 1)).hasMessageContaining("rule:");
    }

    @Test
    void elasticMovesByTheSmoothedFieldsDeviation() {
        Picture in = ramp(1, 28, 28);
        assertThat(Elastic.of(0, 4).apply(in, random(1)).values()).isEqualTo(in.values());
        // a picture whose value is the column shows the displacement along the rows
        float[] columns = new float[64 * 64];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = i % 64;
        }
        double sum = 0;
        int n = 0;
        for (int k = 0; k < 40; k++) {
            float[] out = Elastic.of(20, 3)
                    .apply(new Picture(1, 64, 64, columns), random(k))
                    .values();
            for (int y = 20; y < 44; y++) {
                for (int x = 20; x < 44; x++) {
                    sum += Math.pow(out[y * 64 + x] - x, 2);
                    n++;
                }
            }
        }
        // uniform noise of variance 1/3 under a Gaussian of deviation s in two dimensions: 1 / (3 · 4π·s²)
        assertThat(Math.sqrt(sum / n)).isEqualTo(20 * Math.sqrt(1 / (3 * 4 * Math.PI * 9)), within(0.1));
    }

    @Test
    void coloursChangeByTheirFormulas() {
        Picture p = new Picture(3, 1, 2, new float[] {0.2f, 0.6f, 0.4f, 0.6f, 0.6f, 0.6f});
        float grey = 0.299f * 0.2f + 0.587f * 0.4f + 0.114f * 0.6f;
        assertThat(Colours.brightness(p, 2).values())
                .containsExactly(new float[] {0.4f, 1, 0.8f, 1, 1, 1}, within(1e-6f));
        assertThat(Colours.saturation(p, 0).values())
                .containsExactly(new float[] {grey, 0.6f, grey, 0.6f, grey, 0.6f}, within(1e-6f));
        float mean = (grey + 0.6f) / 2;
        assertThat(Colours.contrast(p, 0.5).values()[0]).isEqualTo(mean + 0.5f * (0.2f - mean), within(1e-6f));
        assertThat(Colours.contrast(p, 0).values())
                .containsOnly(Colours.contrast(p, 0).values()[0]);
        assertThat(Colours.solarise(p, 0.5).values())
                .containsExactly(new float[] {0.2f, 0.4f, 0.4f, 0.4f, 0.4f, 0.4f}, within(1e-6f));
        Picture q = new Picture(1, 1, 4, new float[] {0, 100 / 255f, 0xb7 / 255f, 200 / 255f});
        assertThat(Colours.posterise(q, 3).values())
                .containsExactly(new float[] {0, 96 / 255f, 0xa0 / 255f, 192 / 255f}, within(1e-6f));
        assertThat(Colours.autoContrast(q).values()[1]).isEqualTo(0.5f, within(1e-6f));
        assertThat(Colours.autoContrast(q).values()[3]).isEqualTo(1);
        Picture dot = new Picture(1, 3, 3, new float[] {0, 0, 0, 0, 1, 0, 0, 0, 0});
        assertThat(Colours.sharpness(dot, 0).values()[4]).isEqualTo(5f / 13, within(1e-6f));
        assertThat(Colours.sharpness(dot, 1).values()).isEqualTo(dot.values());
        // of two equally frequent levels the lower becomes black and the upper white: step 2, (0 + 1) / 2 and 510 / 2
        float[] two = new float[1020];
        Arrays.fill(two, 0, 510, 0.4f);
        Arrays.fill(two, 510, 1020, 0.5f);
        assertThat(Colours.equalise(new Picture(1, 30, 34, two)).values()).containsOnly(0, 1);
        assertThat(Colours.equalise(q).values()).isEqualTo(q.values()); // too few pixels
    }

    @Test
    void erasedAreasHaveTheSizeThatIsAskedFor() {
        Picture white = new Picture(2, 40, 50, filled(4000, 1));
        double smallest = 1;
        double largest = 0;
        for (int i = 0; i < 300; i++) {
            float[] out = RandomErasing.of(1).apply(white, random(i)).values();
            double share = 0;
            for (float v : out) {
                share += (1 - v) / 4000;
            }
            smallest = Math.min(smallest, share);
            largest = Math.max(largest, share);
        }
        assertThat(smallest).isBetween(0.017, 0.03);
        assertThat(largest).isBetween(0.28, 0.35);
        assertThat(RandomErasing.of(0).apply(white, random(0))).isSameAs(white);
        double sum = 0;
        for (int i = 0; i < 50; i++) {
            for (float v : Cutout.of(8).apply(white, random(i)).values()) {
                sum += 1 - v;
            }
        }
        assertThat(sum / 100).isBetween(50.0, 64.0); // 64 pixels, less what lies outside
    }

    private static float[] filled(int n, float value) {
        float[] out = new float[n];
        Arrays.fill(out, value);
        return out;
    }

    @Test
    void everyChangeOfRandAugmentChangesSomething() {
        Picture in = Colours.brightness(ramp(3, 40, 40), 0.8);
        for (int kind = 1; kind < 14; kind++) {
            assertThat(new RandAugment(1, 15).changed(in, kind, 1).values())
                    .as("kind %d", kind)
                    .isNotEqualTo(in.values());
        }
        assertThat(new RandAugment(1, 15).changed(in, 0, 1)).isSameAs(in);
        for (int kind : new int[] {3, 5, 7, 8, 9, 10, 11, 12, 13}) {
            assertThat(new RandAugment(1, 0).changed(in, kind, -1).values())
                    .as("kind %d without strength", kind)
                    .containsExactly(in.values(), within(1e-6f));
        }
        float[] moved = new RandAugment(1, 30).changed(in, 12, 1).values(); // 40 · 150/331 = 18.1 pixels to the right
        assertThat(moved[17]).isZero();
        assertThat(moved[18]).isEqualTo(in.values()[0], within(1e-6f));
        assertThatThrownBy(() -> RandAugment.of(1, 31)).hasMessageContaining("strength 31");
    }

    private static Dataset pictures(int n) {
        float[] x = new float[n * 3 * 8 * 8];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i * 37 % 101) / 101f;
        }
        long[] y = IntStream.range(0, n).mapToLong(i -> i % 4).toArray();
        return Dataset.of(Tensor.of(x, n, 3, 8, 8), Tensor.indices(y), "a", "b", "c", "d");
    }

    @Test
    void whatHappensToAPictureDependsOnSeedEpochAndNumberAlone() {
        Augment augment = Augment.of(
                RandomCrop.padding(2), HorizontalFlip.half(), RandomAffine.rotation(10), ColorJitter.of(0.3));
        Dataset data = augment.apply(pictures(40));
        float[] all = data.draw(KEY, Tensor.arange(40).toLongs()).inputs().toFloats();
        float[] one = data.draw(KEY, 17).inputs().toFloats();
        assertThat(one).isEqualTo(Arrays.copyOfRange(all, 17 * 192, 18 * 192));
        assertThat(data.draw(KEY.fold(1), 17).inputs().toFloats()).isNotEqualTo(one);
        Batches plain = Batches.shuffled(data, 7, RandomKey.of(5));
        Batches busy = Batches.shuffled(data, 7, RandomKey.of(5)).prefetch(3);
        for (int e = 0; e < 3; e++) {
            for (int i = 0; i < plain.count(); i++) {
                assertThat(busy.at(e, i).inputs().toFloats())
                        .isEqualTo(plain.at(e, i).inputs().toFloats());
            }
        }
        Batches resumed = Batches.shuffled(data, 7, RandomKey.of(5)).prefetch(2);
        assertThat(resumed.at(2, 3).inputs().toFloats())
                .isEqualTo(plain.at(2, 3).inputs().toFloats());
        assertThat(Batches.shuffled(data, 7, RandomKey.of(6)).at(2, 3).inputs().toFloats())
                .isNotEqualTo(plain.at(2, 3).inputs().toFloats());
        assertThat(data.subset(17).draw(KEY, 0).inputs().toFloats()).isEqualTo(one);
        assertThat(ClassWeights.counts(data)).containsExactly(10, 10, 10, 10);
    }

    @Test
    void mixUpMixesPicturesAndTargetsByTheSameShare() {
        Dataset plain = pictures(12);
        Dataset data = Augment.of().mix(MixUp.of(1)).apply(plain);
        Batch mixed = data.draw(KEY, Tensor.arange(12).toLongs());
        Batch raw = plain.all();
        assertThat(mixed.targets().shape().dims()).containsExactly(12, 4);
        assertThat(mixed.targets().sum(1).toFloats()).containsExactly(filled(12, 1), within(1e-6f));
        assertThat(mixed.inputs().mean().item()).isEqualTo(raw.inputs().mean().item(), within(1e-6));
        float[] t = mixed.targets().toFloats();
        float[] x = mixed.inputs().toFloats();
        float[] x0 = raw.inputs().toFloats();
        for (int i = 0; i < 12; i++) {
            float share = t[i * 4 + i % 4];
            if (share < 1) { // a partner of another class, whose number follows from the picture
                int row = i;
                float[] wanted = IntStream.range(0, 12)
                        .mapToObj(p -> mixture(x0, row, p, share))
                        .filter(m ->
                                Math.abs(m[5] - x[row * 192 + 5]) < 1e-5 && Math.abs(m[77] - x[row * 192 + 77]) < 1e-5)
                        .findFirst()
                        .orElseThrow();
                assertThat(Arrays.copyOfRange(x, i * 192, (i + 1) * 192)).containsExactly(wanted, within(1e-5f));
            }
        }
        Dataset values =
                Augment.of().mix(MixUp.of(1)).apply(Dataset.of(plain.all().inputs(), Tensor.of(filled(12, 5), 12, 1)));
        assertThat(values.draw(KEY, 1, 2, 3).targets().toFloats()).containsExactly(5, 5, 5);
    }

    private static float[] mixture(float[] x, int own, int other, float share) {
        float[] out = new float[192];
        for (int k = 0; k < 192; k++) {
            out[k] = share * x[own * 192 + k] + (1 - share) * x[other * 192 + k];
        }
        return out;
    }

    @Test
    void cutMixMixesTargetsByTheAreas() {
        float[] x = new float[6 * 3 * 16 * 16];
        for (int i = 0; i < x.length; i++) {
            int row = i / 768;
            x[i] = row;
        }
        Dataset flat =
                Dataset.of(Tensor.of(x, 6, 3, 16, 16), Tensor.indices(0, 1, 2, 3, 4, 5), "0", "1", "2", "3", "4", "5");
        Dataset data = Augment.of().mix(CutMix.of(1)).apply(flat);
        int mixed = 0;
        for (int k = 0; k < 30; k++) {
            Batch b = data.draw(KEY.fold(k), 0, 1, 2, 3, 4, 5);
            float[] in = b.inputs().toFloats();
            float[] t = b.targets().toFloats();
            for (int row = 0; row < 6; row++) {
                float[] shares = new float[6];
                for (int i = 0; i < 768; i++) {
                    shares[(int) in[row * 768 + i]] += 1f / 768;
                }
                assertThat(Arrays.copyOfRange(t, row * 6, row * 6 + 6)).containsExactly(shares, within(1e-4f));
                mixed += shares[row] < 0.999 ? 1 : 0;
            }
        }
        assertThat(mixed).isGreaterThan(60);
    }

    @Test
    void sharesComeFromTheBetaDistribution() {
        for (double alpha : new double[] {0.1, 0.2, 1, 4}) {
            double sum = 0;
            double squares = 0;
            int n = 20_000;
            RandomGenerator random = random(9);
            for (int i = 0; i < n; i++) {
                double v = Chance.beta(random, alpha);
                assertThat(v).isBetween(0.0, 1.0);
                sum += v / n;
                squares += (v - 0.5) * (v - 0.5) / n;
            }
            double variance = 1 / (4 * (2 * alpha + 1));
            assertThat(sum).as("mean for %s", alpha).isEqualTo(0.5, within(4 * Math.sqrt(variance / n)));
            assertThat(squares).as("variance for %s", alpha).isEqualTo(variance, within(0.004));
        }
    }

    @Test
    void aFailingTransformNamesTheSampleAndShapesAreChecked() {
        Dataset bad = Augment.of((p, _) -> {
                    if (p.values()[0] == 0.5f) {
                        throw new IllegalStateException("half");
                    }
                    return p;
                })
                .apply(Dataset.of(Tensor.of(new float[] {0, 0.1f, 0.5f}, 3, 1, 1, 1), Tensor.zeros(3)));
        assertThatThrownBy(() -> Batches.inOrder(bad, 3).prefetch(2).at(0, 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("sample 2 cannot be made");
        Dataset uneven = Augment.of((p, _) -> p.values()[0] > 0 ? ramp(1, 2, 2) : p)
                .apply(Dataset.of(Tensor.of(new float[] {0, 1}, 2, 1, 1, 1), Tensor.zeros(2)));
        assertThatThrownBy(() -> uneven.batch(0, 1)).hasMessageContaining("pictures of one size");
        assertThatThrownBy(() -> Augment.of().apply(Dataset.of(Tensor.zeros(2, 3), Tensor.zeros(2))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("(C, H, W)");
    }
}

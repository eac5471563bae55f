package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Philox;
import cajal.kernel.Shape;
import cajal.kernel.Task.Distribution;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// Random numbers: the published vectors of the generator, then moments and Kolmogorov and Smirnov's test.
class RandomTest {
    private static final int N = 200_000;
    private static final RandomKey KEY = RandomKey.of(42);

    private static int[] block(long key, long low, long high) {
        int[] out = new int[4];
        Philox.block(key, low, high, out);
        return out;
    }

    /// **Source:** the known-answer vectors that Salmon et al. published with philox4x32-10.
    @Test
    void philoxAnswersItsPublishedVectors() {
        assertThat(block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(block(0x299f31d0_a4093822L, 0x85a308d3_243f6a88L, 0x03707344_13198a2eL))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void uniformNumbersAreUniform() {
        double[] x = Tensor.uniform(KEY, 0, 1, N).toDoubles();
        moments(x, 0.5, 1 / 12.0, 0, 1.8);
        assertThat(Arrays.stream(x).min().orElseThrow()).isNotNegative();
        assertThat(Arrays.stream(x).max().orElseThrow()).isLessThan(1);
        assertThat(kolmogorovSmirnov(x, t -> t)).isLessThan(1.95); // passed by 999 of 1000 right generators
        double[] wide = Tensor.uniform(KEY, -3, 5, N).toDoubles();
        assertThat(kolmogorovSmirnov(wide, t -> (t + 3) / 8)).isLessThan(1.95);
    }

    @Test
    void normalNumbersAreNormal() {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            double[] x = Tensor.random(KEY.fold(1), Distribution.NORMAL, type, Shape.of(N))
                    .toDoubles();
            moments(x, 0, 1, 0, 3);
            assertThat(kolmogorovSmirnov(
                            x,
                            t -> (1
                                            + Tensor.scalar(t / Math.sqrt(2), DType.F64)
                                                    .erf()
                                                    .item())
                                    / 2))
                    .isLessThan(1.95);
            assertThat(Arrays.stream(x).map(Math::abs).max().orElseThrow()).isBetween(4.0, 6.5);
        }
    }

    @Test
    void neighboursAndStreamsAreNotCorrelated() {
        double[] x = Tensor.normal(KEY, N).toDoubles();
        double[] next = Tensor.normal(KEY.fold(1), N).toDoubles();
        double[] other = Tensor.normal(RandomKey.of(43), N).toDoubles();
        double limit = 4 / Math.sqrt(N);
        assertThat(correlation(x, next, 0)).isCloseTo(0, within(limit));
        assertThat(correlation(x, other, 0)).isCloseTo(0, within(limit));
        for (int lag : new int[] {1, 2, 3, 4, 8, 64}) {
            assertThat(correlation(x, x, lag)).as("lag %d", lag).isCloseTo(0, within(limit));
        }
    }

    @Test
    void elementsDependOnTheirPositionAndKeyAlone() {
        Tensor all = Tensor.normal(KEY, 100);
        assertThat(Tensor.normal(KEY, 7).toFloats()).containsExactly(Arrays.copyOf(all.toFloats(), 7));
        assertThat(Tensor.normal(KEY, 10, 10).toFloats()).containsExactly(all.toFloats());
        assertThat(Tensor.normal(KEY.fold(1), 100).toFloats()).isNotEqualTo(all.toFloats());
        assertThat(KEY.fold("a").fold("b"))
                .isNotEqualTo(KEY.fold("ab"))
                .isNotEqualTo(KEY.fold("b").fold("a"));
        assertThat(RandomKey.of(1)).isNotEqualTo(RandomKey.of(2));
    }

    @Test
    void coinsFallAsOftenAsTheyShould() {
        double[] x = Tensor.bernoulli(KEY, 0.3, N).toDoubles();
        assertThat(Arrays.stream(x).average().orElseThrow()).isCloseTo(0.3, within(4 * Math.sqrt(0.21 / N)));
        assertThat(Arrays.stream(x).distinct().sorted().toArray()).containsExactly(0, 1);
        assertThat(Tensor.bernoulli(KEY, 0, 1000).sum().item()).isZero();
        assertThat(Tensor.bernoulli(KEY, 1, 1000).sum().item()).isEqualTo(1000);
    }

    @Test
    void permutationsHoldEachNumberOnceAndAllOrdersAreEquallyLikely() {
        long[] p = Tensor.permutation(KEY, 1000).toLongs();
        assertThat(Arrays.stream(p).sorted().toArray())
                .containsExactly(Tensor.arange(1000).toLongs());
        int[] counts = new int[24];
        int rounds = 24_000;
        for (int i = 0; i < rounds; i++) {
            long[] order = Tensor.permutation(KEY.fold(i), 4).toLongs();
            int code = 0;
            for (int k = 0; k < 4; k++) {
                int smaller = 0;
                for (int j = k + 1; j < 4; j++) {
                    smaller += order[j] < order[k] ? 1 : 0;
                }
                code = code * (4 - k) + smaller;
            }
            counts[code]++;
        }
        double chiSquared = Arrays.stream(counts)
                .mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000)
                .sum();
        assertThat(chiSquared).isLessThan(49.7); // 23 degrees of freedom, passed by 999 of 1000
    }

    @Test
    void noTypeRoundsAUniformNumberUpToOne() {
        for (DType type : new DType[] {DType.F16, DType.BF16, DType.F32, DType.F64}) {
            assertThat(Tensor.random(KEY, Distribution.UNIFORM, type, Shape.of(20_000))
                            .max()
                            .item())
                    .as("%s", type)
                    .isLessThan(1);
        }
    }

    private static void moments(double[] x, double mean, double variance, double skew, double kurtosis) {
        double m = Arrays.stream(x).average().orElseThrow();
        double v = central(x, m, 2);
        double root = Math.sqrt(x.length);
        assertThat(m).isCloseTo(mean, within(4 * Math.sqrt(variance) / root));
        assertThat(v).isCloseTo(variance, within(4 * variance * Math.sqrt(kurtosis - 1) / root));
        assertThat(central(x, m, 3) / Math.pow(v, 1.5)).isCloseTo(skew, within(4 * Math.sqrt(6) / root));
        assertThat(central(x, m, 4) / (v * v)).isCloseTo(kurtosis, within(4 * Math.sqrt(24) / root));
    }

    private static double central(double[] x, double mean, int power) {
        return Arrays.stream(x).map(v -> Math.pow(v - mean, power)).average().orElseThrow();
    }

    private static double correlation(double[] x, double[] y, int lag) {
        double sum = 0;
        for (int i = lag; i < x.length; i++) {
            sum += x[i] * y[i - lag];
        }
        return sum / x.length;
    }

    /// The largest distance between the two distribution functions, times the root of the count.
    private static double kolmogorovSmirnov(double[] sample, DoubleUnaryOperator distribution) {
        double[] x = sample.clone();
        Arrays.sort(x);
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            double f = distribution.applyAsDouble(x[i]);
            worst = Math.max(worst, Math.max(f - (double) i / x.length, (i + 1.0) / x.length - f));
        }
        return worst * Math.sqrt(x.length);
    }
}

package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Initial values against their definitions. Means and deviations may be off by five standard errors of `n`
/// draws.
class InitTest {
    private static final long SEED = 20_250_101;

    private static Tensor make(Init init, long... dims) {
        return init.make(RandomKey.of(SEED).fold("weight"), Shape.of(dims));
    }

    private static double mean(double[] x) {
        return Arrays.stream(x).average().orElseThrow();
    }

    private static double std(double[] x) {
        double m = mean(x);
        return Math.sqrt(Arrays.stream(x).map(v -> (v - m) * (v - m)).average().orElseThrow());
    }

    /// Bounds of the uniform ones for 300 inputs and 200 outputs: sqrt(6/500), sqrt(6/300), and -0.1..0.3.
    @ParameterizedTest
    @CsvSource({
        "xavier-uniform, -0.10954451150103323, 0.10954451150103323",
                "he-uniform, -0.1414213562373095, 0.1414213562373095",
        "'uniform:-0.1,0.3', -0.1, 0.3", "uniform, 0, 1",
    })
    void uniformOnesFillTheirInterval(String name, double low, double high) {
        double[] x = make(Init.named(name), 200, 300).toDoubles();
        double width = high - low;
        assertThat(Arrays.stream(x).min().orElseThrow()).as("seed %d", SEED).isBetween(low, low + width / 1000);
        assertThat(Arrays.stream(x).max().orElseThrow()).isBetween(high - width / 1000, high + 1e-7);
        assertThat(mean(x)).isCloseTo((low + high) / 2, within(5 * width / Math.sqrt(12 * x.length)));
        assertThat(std(x)).isCloseTo(width / Math.sqrt(12), within(5 * width / Math.sqrt(12 * x.length)));
        double[] tenths = new double[10];
        Arrays.stream(x).forEach(v -> tenths[(int) Math.clamp((v - low) / width * 10, 0, 9)]++);
        double chi = Arrays.stream(tenths)
                .map(n -> (n - x.length / 10.0) * (n - x.length / 10.0) / (x.length / 10.0))
                .sum();
        // one of 10,000 seeds exceeds it
        assertThat(chi)
                .as("chi squared with 9 degrees of freedom, seed %d", SEED)
                .isLessThan(33.7);
    }

    /// Deviations of the normal ones for 300 inputs and 200 outputs: sqrt(2/500), sqrt(2/300), sqrt(1/300).
    @ParameterizedTest
    @CsvSource({
        "xavier-normal, 0, 0.06324555320336758",
        "he-normal, 0, 0.08164965809277261",
        "lecun-normal, 0, 0.05773502691896258",
        "normal, 0, 1",
        "'normal:2,0.1', 2, 0.1",
    })
    void normalOnesHaveTheirMeanAndDeviation(String name, double mean, double std) {
        double[] x = make(Init.named(name), 200, 300).toDoubles();
        assertThat(mean(x)).as("seed %d", SEED).isCloseTo(mean, within(5 * std / Math.sqrt(x.length)));
        assertThat(std(x)).isCloseTo(std, within(5 * std / Math.sqrt(2.0 * x.length)));
        for (double[] tail : new double[][] {{1, 0.3173105}, {2, 0.0455003}, {3, 0.0026998}}) { // P(|z| > tail)
            double share = Arrays.stream(x)
                            .filter(v -> Math.abs(v - mean) > tail[0] * std)
                            .count()
                    / (double) x.length;
            assertThat(share)
                    .as("beyond %s deviations, seed %d", tail[0], SEED)
                    .isCloseTo(tail[1], within(5 * Math.sqrt(tail[1] / x.length)));
        }
    }

    @Test
    void truncatedNormalStaysInsideWithTheVarianceOfItsDefinition() {
        double[] x = make(Init.named("truncated-normal"), 200, 100).toDoubles();
        assertThat(Arrays.stream(x).map(Math::abs).max().orElseThrow()).isLessThanOrEqualTo(2);
        assertThat(mean(x)).as("seed %d", SEED).isCloseTo(0, within(5 / Math.sqrt(x.length)));
        // the variance of a normal number cut at ±a is 1 - 2·a·density(a) / P(|z| < a); here a = 2
        double variance = 1 - 2 * 2 * 0.05399096651318806 / 0.9544997361036416;
        assertThat(std(x)).isCloseTo(Math.sqrt(variance), within(0.02));
        double[] shifted = make(Init.truncatedNormal(1, 0.5, 0.9, 3), 100, 100).toDoubles();
        assertThat(Arrays.stream(shifted).min().orElseThrow()).isGreaterThanOrEqualTo(0.9f);
        assertThatThrownBy(() -> make(Init.truncatedNormal(0, 1, 4, 5), 2, 2))
                .hasMessage("truncatedNormal(mean 0.0, std 1.0, 4.0 .. 5.0)"
                        + "\n  rule: low < high, and the interval reaches within 3 standard deviations of the mean");
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "3, 8", "8, 3", "1, 4", "40, 64"})
    void orthogonalRowsOrColumnsStandAtRightAngles(long rows, long columns) {
        Tensor w = make(Init.orthogonal(1), rows, columns);
        Tensor gram = rows <= columns ? w.matmul(w.t()) : w.t().matmul(w);
        Tensor difference = gram.sub(Tensor.eye(Math.min(rows, columns))).abs().max();
        assertThat(difference.item()).as("seed %d", SEED).isLessThan(1e-6);
        assertThat(make(Init.named("orthogonal:1.5"), rows, columns).allClose(w.mul(1.5), 1e-6, 1e-7))
                .isTrue();
    }

    @Test
    void orthogonalIsSpreadOverAllDirections() { // an entry of a random direction in n dimensions has variance 1/n
        double[] x = make(Init.orthogonal(1), 64, 64).toDoubles();
        assertThat(mean(x)).as("seed %d", SEED).isCloseTo(0, within(5 / 8.0 / 64));
        double[] diagonal = new double[64];
        for (int i = 0; i < 64; i++) {
            diagonal[i] = x[65 * i];
        }
        assertThat(mean(diagonal)).isCloseTo(0, within(5 / 8.0 / 8));
    }

    @Test
    void convolutionsCountTheirWindowAmongTheInputs() { // (out 8, in 4, 3x3): fan-in 36, fan-out 72
        assertThat(std(make(Init.heNormal(), 8, 4, 30, 30).toDoubles())).isCloseTo(Math.sqrt(2.0 / 3600), within(5e-4));
        double bound = Math.sqrt(6.0 / (36 + 72));
        double most = Arrays.stream(make(Init.xavierUniform(), 8, 4, 3, 3).toDoubles())
                .map(Math::abs)
                .max()
                .orElseThrow();
        assertThat(most).isBetween(bound * 0.95, bound + 1e-7);
        assertThat(make(Init.orthogonal(1), 8, 4, 3, 3)
                        .reshape(8, 36)
                        .square()
                        .sum(1)
                        .sub(1)
                        .abs()
                        .max()
                        .item())
                .isLessThan(1e-6);
    }

    @Test
    void constantOnesAreConstant() {
        assertThat(make(Init.named("zeros"), 2, 2).toFloats()).containsOnly(0);
        assertThat(make(Init.named("ones"), 2, 2).toFloats()).containsOnly(1);
        assertThat(make(Init.named("constant:0.25"), 2, 2).toFloats()).containsOnly(0.25f);
        assertThat(make(Init.named("identity"), 2, 3).toFloats()).containsExactly(1, 0, 0, 0, 1, 0);
        assertThatThrownBy(() -> make(Init.identity(), 3)).hasMessageContaining("rule: a matrix");
        assertThatThrownBy(() -> make(Init.orthogonal(1), 3)).hasMessageContaining("rule: at least two axes");
    }

    @Test
    void aLinearLayerStartsLikePyTorchs() { // weight and bias uniform in ±1/sqrt(in)
        Linear layer = new Linear(400, 300);
        layer.init(SEED);
        for (String name : new String[] {"weight", "bias"}) {
            double[] x = layer.parameters().get(name).toDoubles();
            assertThat(Arrays.stream(x).map(Math::abs).max().orElseThrow())
                    .as("%s, seed %d", name, SEED)
                    .isBetween(0.049, 0.05 + 1e-8);
            assertThat(std(x)).isCloseTo(0.05 / Math.sqrt(3), within(5 * 0.05 / Math.sqrt(3 * 300)));
        }
    }

    @Test
    void namesHaveAliasesAndMistakesAreExplained() {
        for (String[] pair : new String[][] {
            {"glorot-uniform", "xavier-uniform"},
            {"Glorot_Normal", "xavier-normal"},
            {"kaiming-uniform", "he-uniform"},
            {"KaimingNormal", "he-normal"}
        }) {
            assertThat(make(Init.named(pair[0]), 3, 4).toFloats())
                    .isEqualTo(make(Init.named(pair[1]), 3, 4).toFloats());
        }
        for (String name : Init.names()) {
            assertThat(make(Init.named(name), 3, 4).shape()).isEqualTo(Shape.of(3, 4));
        }
        assertThatThrownBy(() -> Init.named("he-norml"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage(
                        "Unknown initialiser 'he-norml'\n  rule: there are zeros, ones, constant, uniform, normal, truncated-normal, xavier-uniform, "
                                + "xavier-normal, he-uniform, he-normal, lecun-normal, orthogonal, identity\n  fix:  did you mean 'he-normal'?");
        assertThatThrownBy(() -> Init.named("normal:1,2,3"))
                .hasMessage(
                        "The initialiser 'normal' was given [1.0, 2.0, 3.0]\n  rule: it has at most 2, by default [0.0, 1.0]");
    }
}

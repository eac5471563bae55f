package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import cajal.train.Schedule.Position;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    /// The rates of a run of `steps` steps, `perEpoch` an epoch, with base rate `base`.
    private static double[] rates(Schedule schedule, double base, int steps, int perEpoch) {
        return IntStream.range(0, steps)
                .mapToDouble(i -> schedule.rate(base, new Position(i, perEpoch, steps)))
                .toArray();
    }

    private static void agree(double[] rates, double... expected) {
        assertThat(rates).containsExactly(expected, within(1e-12));
    }

    @Test
    void constantIsTheBaseRate() {
        agree(rates(Schedule.constant(), 0.3, 3, 1), 0.3, 0.3, 0.3);
    }

    @Test
    void stepReducesEverySoManyEpochs() {
        // PyTorch's documented example: step size 30, gamma 0.1, base 0.05
        Schedule schedule = Schedule.step(30, 0.1);
        agree(
                DoubleStream.of(0, 29, 30, 59, 60, 89)
                        .map(epoch -> schedule.rate(0.05, new Position((long) epoch * 7, 7, 700)))
                        .toArray(),
                0.05,
                0.05,
                0.005,
                0.005,
                0.0005,
                0.0005);
        agree(rates(Schedule.step(1, 0.5), 8, 6, 2), 8, 8, 4, 4, 2, 2);
    }

    @Test
    void exponentialReducesEveryEpoch() {
        agree(rates(Schedule.exponential(0.9), 1, 6, 2), 1, 1, 0.9, 0.9, 0.81, 0.81);
    }

    @Test
    void cosineFallsAlongHalfAWave() {
        // the cosines of 0, 60, 120 degrees are 1, 1/2, -1/2
        agree(rates(Schedule.cosine(0.1), 1.1, 3, 1), 1.1, 0.85, 0.35);
        agree(rates(Schedule.cosine(), 2, 2, 1), 2, 1);
        assertThat(Schedule.cosine(0.1).rate(1.1, new Position(9, 1, 3)))
                .as("past the end")
                .isCloseTo(0.1, within(1e-15));
    }

    @Test
    void warmRestartsBeginTheWaveAgainAndLongerEachTime() {
        agree(
                rates(Schedule.restarts(2, 2, 0.1), 1.1, 14, 2), // waves of 4 and 8 steps, then one of 16
                1.1,
                0.6 + 0.5 * Math.sqrt(0.5),
                0.6,
                0.6 - 0.5 * Math.sqrt(0.5),
                1.1,
                0.6 + 0.5 * Math.cos(Math.PI / 8),
                0.6 + 0.5 * Math.sqrt(0.5),
                0.6 + 0.5 * Math.cos(3 * Math.PI / 8),
                0.6,
                0.6 - 0.5 * Math.cos(3 * Math.PI / 8),
                0.6 - 0.5 * Math.sqrt(0.5),
                0.6 - 0.5 * Math.cos(Math.PI / 8),
                1.1,
                0.6 + 0.5 * Math.cos(Math.PI / 16));
        agree(rates(Schedule.restarts(1, 1), 2, 6, 2), 2, 1, 2, 1, 2, 1);
    }

    @Test
    void theRateSettlesWhereAveragingBegins() {
        agree(
                rates(Schedule.swa(2, 0.1, 2, Schedule.step(1, 0.5)), 2.4, 12, 2),
                2.4,
                2.4,
                1.2,
                1.2,
                0.6,
                0.35 + 0.25 * Math.sqrt(0.5),
                0.35,
                0.35 - 0.25 * Math.sqrt(0.5),
                0.1,
                0.1,
                0.1,
                0.1);
        agree(rates(Schedule.swa(1, 0.1, 0, Schedule.constant()), 1, 3, 1), 1, 0.1, 0.1);
    }

    @Test
    void warmupIsALineThatEndsWhereTheNextScheduleStarts() {
        agree(rates(Schedule.warmup(4, Schedule.constant()), 1, 6, 1), 0.25, 0.5, 0.75, 1, 1, 1);
        agree(
                rates(Schedule.warmup(2, Schedule.cosine()), 2, 6, 1),
                1,
                2,
                2,
                1 + Math.sqrt(0.5),
                1,
                1 - Math.sqrt(0.5));
        agree(rates(Schedule.warmup(1, Schedule.exponential(0.5)), 1, 4, 1), 1, 1, 0.5, 0.25);
    }

    @Test
    void oneCycleRisesThenFallsAsPyTorchDoes() {
        // the published formula, worked step by step: 10 steps, peak 1, div 25, final div 1e4, peak after step 0.3·10 -
        // 1
        double low = 1 / 25.0;
        double end = low / 1e4;
        double[] expected = new double[10];
        for (int i = 0; i < 10; i++) {
            expected[i] = i <= 2
                    ? 1 + (low - 1) / 2 * (1 + Math.cos(Math.PI * i / 2))
                    : end + (1 - end) / 2 * (1 + Math.cos(Math.PI * (i - 2) / 7));
        }
        double[] rates = rates(Schedule.oneCycle(), 1, 10, 5);
        agree(rates, expected);
        assertThat(rates[0]).isCloseTo(0.04, within(1e-15));
        assertThat(rates[1]).isCloseTo(0.52, within(1e-15));
        assertThat(rates[2]).isCloseTo(1, within(1e-15));
        assertThat(rates[9]).isCloseTo(4e-6, within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 10, 11})
    void oneCycleStaysBetweenItsEndsInShortRuns(int steps) {
        for (double rise : new double[] {0.1, 0.25, 0.3, 0.5, 0.9}) {
            for (double rate : rates(Schedule.oneCycle(rise, 25, 1e4), 1, steps, 1)) {
                assertThat(rate).as(steps + " steps, rise " + rise).isBetween(0.04 / 1e4 - 1e-15, 1.0);
            }
        }
    }

    @Test
    void aLambdaIsASchedule() {
        Schedule halving = (base, at) -> base / (1 + at.epoch());
        agree(rates(halving, 6, 6, 2), 6, 6, 3, 3, 2, 2);
        assertThat(halving.describe()).isEqualTo("custom");
        assertThat(halving.state()).isEmpty();
    }

    // ---- plateau

    /// The rates after each observation.
    private static double[] observe(Schedule schedule, boolean higherIsBetter, double... values) {
        return DoubleStream.of(values)
                .map(v -> {
                    schedule.observe(v, higherIsBetter);
                    return schedule.rate(1, new Position(0, 1, 1));
                })
                .toArray();
    }

    @Test
    void plateauReducesAfterMoreThanPatienceEpochsWithoutImprovement() {
        agree(observe(Schedule.plateau().patience(2), false, 5, 5, 5, 5, 5, 5, 5), 1, 1, 1, 0.1, 0.1, 0.1, 0.01);
        agree(observe(Schedule.plateau().patience(0).factor(0.5), false, 3, 2, 2, 1, 1), 1, 1, 0.5, 0.5, 0.25);
    }

    @Test
    void plateauIgnoresImprovementsBelowItsThreshold() {
        agree(observe(Schedule.plateau().patience(0).threshold(0.1), false, 10, 9.5, 8.9, 8.1), 1, 0.1, 0.1, 0.01);
        agree(observe(Schedule.plateau().patience(0).threshold(0.1), true, 10, 10.5, 11.1, 12.0), 1, 0.1, 0.1, 0.01);
    }

    @Test
    void plateauIgnoresSmallImprovementsOfNegativeValuesToo() {
        agree(
                observe(Schedule.plateau().patience(0).threshold(0.1), false, -10, -10, -10.5, -11.5),
                1,
                0.1,
                0.01,
                0.01);
        agree(observe(Schedule.plateau().patience(0).threshold(0.1), true, -10, -9.5, -8.5), 1, 0.1, 0.1);
    }

    @Test
    void plateauRestsAfterAReduction() {
        agree(observe(Schedule.plateau().patience(0).cooldown(2), false, 1, 1, 1, 1, 1), 1, 0.1, 0.1, 0.1, 0.01);
    }

    @Test
    void plateauDoesNotGoBelowItsMinimum() {
        agree(observe(Schedule.plateau().patience(0).min(0.05), false, 1, 1, 1, 1), 1, 0.1, 0.05, 0.05);
    }

    @Test
    void plateauCountsNanAsNoImprovement() {
        agree(observe(Schedule.plateau().patience(1), false, 1, Double.NaN, Double.NaN), 1, 1, 0.1);
    }

    @Test
    void plateauContinuesFromItsSavedMemory() {
        for (int stop = 0; stop <= 8; stop++) {
            double[] losses = {5, 4, 4, 4, 4, 3, 3, 3, 3};
            Schedule whole = Schedule.warmup(1, Schedule.plateau().patience(1).cooldown(1));
            double[] expected = observe(whole, false, losses);
            Schedule first = Schedule.of(whole.describe());
            observe(first, false, java.util.Arrays.copyOf(losses, stop));
            Schedule second = Schedule.of(whole.describe());
            second.load(first.state());
            double[] rest = observe(second, false, java.util.Arrays.copyOfRange(losses, stop, losses.length));
            assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(expected, stop, losses.length));
        }
    }

    @Test
    void memoryOfAnotherScheduleIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.cosine().load(Schedule.plateau().state()))
                .withMessageContaining("'cosine' has no memory");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.plateau().load(Map.of()))
                .withMessageContaining("[best, standstill, resting, reductions]");
    }

    // ---- texts

    @ParameterizedTest
    @CsvSource({
        "constant, constant",
        "step:10:0.5, step:10:0.5",
        "step:10, step:10:0.1",
        "exponential:0.95, exponential:0.95",
        "cosine, cosine",
        "Cosine:1e-5, cosine:1.0E-5",
        "restarts:10, restarts:10:1:0.0",
        "restarts:5:2, restarts:5:2:0.0",
        "swa:15:0.01, swa:15:0.01:5",
        "swa:3:0.01:2:cosine, swa:3:0.01:2:cosine",
        "warmup:100, warmup:100",
        "warmup:100:cosine:0.01, warmup:100:cosine:0.01",
        "onecycle, onecycle:0.3:25.0:10000.0",
        "onecycle:0.5:10, onecycle:0.5:10.0:10000.0",
        "plateau, plateau:0.1:10:1.0E-4:0:0.0",
        "plateau:0.5:3, plateau:0.5:3:1.0E-4:0:0.0"
    })
    void aTextMakesAScheduleThatDescribesItself(String text, String description) {
        Schedule schedule = Schedule.of(text);
        assertThat(schedule.describe()).isEqualTo(description);
        Schedule again = Schedule.of(description);
        assertThat(rates(again, 0.7, 50, 2)).isEqualTo(rates(schedule, 0.7, 50, 2));
    }

    @Test
    void theNamesAreThoseThatCanBeRead() {
        assertThat(Schedule.names())
                .containsExactly(
                        "constant",
                        "step",
                        "exponential",
                        "cosine",
                        "swa",
                        "warmup",
                        "onecycle",
                        "polynomial",
                        "linear",
                        "multistep",
                        "inverse-time",
                        "noam",
                        "restarts",
                        "cyclic",
                        "plateau");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "cosin | did you mean 'cosine'?",
                "zigzag | it is one of constant, step, exponential, cosine, swa, warmup, onecycle, polynomial, linear, multistep, inverse-time, noam, restarts, cyclic, plateau",
                "step | a constant is missing",
                "step:x | 'x' is no whole number",
                "step:1.5 | '1.5' is no whole number",
                "step:0 | the number of epochs between two reductions is 0",
                "step:10:-1 | gamma is -1.0",
                "step:10:0.5:3 | there are 3 constants",
                "exponential | it is written exponential:GAMMA, as in exponential:0.95",
                "exponential:NaN | gamma is NaN",
                "cosine:-1 | the lowest rate is -1.0",
                "cosine:a | 'a' is no number",
                "constant:1 | there are 1 constants",
                "warmup:0 | the number of steps is 0",
                "warmup:10:cosin | did you mean 'cosine'?",
                "onecycle:1.5 | the share of the steps in which the rate rises is 1.5",
                "plateau:2 | the factor is 2.0",
                "plateau:0.1:-1 | the patience in epochs is -1"
            })
    void aTextThatCannotBeReadIsExplained(String text, String words) {
        assertThatIllegalArgumentException().isThrownBy(() -> Schedule.of(text)).withMessageContaining(words);
    }

    @Test
    void aPositionMakesSense() {
        assertThat(new Position(7, 3, 9).epoch()).isEqualTo(2);
        for (List<Long> wrong : List.of(List.of(-1L, 1L, 1L), List.of(0L, 0L, 1L), List.of(0L, 1L, 0L))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Position(wrong.get(0), wrong.get(1), wrong.get(2)));
        }
    }

    // ---- the closed formulas that PyTorch documents, written out number by number

    @Test
    void polynomialFallsToTheLowestRate() {
        // PolynomialLR's documented example: base 0.05, total_iters 4, power 1
        agree(rates(Schedule.polynomial(1, 0), 0.05, 4, 1), 0.05, 0.0375, 0.025, 0.0125);
        agree(rates(Schedule.polynomial(2, 0.1), 1.1, 4, 1), 1.1, 0.1 + 0.5625, 0.1 + 0.25, 0.1 + 0.0625);
        assertThat(Schedule.polynomial(0.5, 0.1).rate(1.1, new Position(9, 1, 4)))
                .as("past the end")
                .isEqualTo(0.1);
    }

    @Test
    void linearGoesFromOneFactorToAnother() {
        // LinearLR's documented example: base 0.05, start_factor 0.5, total_iters 4
        agree(rates(Schedule.linear(0.5, 1, 4), 0.05, 6, 1), 0.025, 0.03125, 0.0375, 0.04375, 0.05, 0.05);
        agree(rates(Schedule.linear(1, 0, 0), 2, 4, 1), 2, 1.5, 1, 0.5);
    }

    @Test
    void multiStepReducesAtTheNamedEpochs() {
        // MultiStepLR's documented example: base 0.05, milestones 30 and 80, gamma 0.1
        Schedule schedule = Schedule.multiStep(0.1, 30, 80);
        agree(
                DoubleStream.of(0, 29, 30, 79, 80, 200)
                        .map(epoch -> schedule.rate(0.05, new Position((long) epoch * 3, 3, 900)))
                        .toArray(),
                0.05,
                0.05,
                0.005,
                0.005,
                0.0005,
                0.0005);
    }

    @Test
    void inverseTimeDividesByTheEpochsPassed() {
        agree(rates(Schedule.inverseTime(0.5), 3, 6, 2), 3, 3 / 1.25, 2, 3 / 1.75, 1.5, 3 / 2.25);
    }

    @Test
    void noamRisesInALineAndFallsWithTheRoot() {
        agree(
                rates(Schedule.noam(4), 1, 9, 1),
                0.25,
                0.5,
                0.75,
                1,
                Math.sqrt(0.8),
                Math.sqrt(4 / 6.0),
                Math.sqrt(4 / 7.0),
                Math.sqrt(0.5),
                2 / 3.0);
        // the paper's base model: width 512, 4000 steps; at step 4000 it is 512^-0.5 · 4000^-0.5
        Schedule paper = Schedule.noam(4000, 512);
        assertThat(paper.rate(1, new Position(3999, 1000, 100_000))).isCloseTo(6.98771242968684e-4, within(1e-15));
        assertThat(paper.rate(1, new Position(0, 1000, 100_000))).isCloseTo(1.7469281074217108e-7, within(1e-18));
        assertThat(paper.rate(1, new Position(15_999, 1000, 100_000)))
                .as("half the peak at four times its step")
                .isCloseTo(3.49385621484342e-4, within(1e-15));
    }

    @Test
    void cyclesAreTriangles() {
        agree(
                rates(Schedule.cyclic(2, 0.1, Schedule.Cycle.TRIANGULAR), 1.1, 9, 1),
                0.1,
                0.6,
                1.1,
                0.6,
                0.1,
                0.6,
                1.1,
                0.6,
                0.1);
        agree(
                rates(Schedule.cyclic(2, 0.1, Schedule.Cycle.TRIANGULAR2), 1.1, 11, 1),
                0.1,
                0.6,
                1.1,
                0.6,
                0.1,
                0.35,
                0.6,
                0.35,
                0.1,
                0.225,
                0.35);
        agree(
                rates(Schedule.cyclic(2, 0.1, 0.9), 1.1, 6, 1),
                0.1,
                0.1 + 0.5 * 0.9,
                0.1 + 0.81,
                0.1 + 0.5 * 0.729,
                0.1,
                0.1 + 0.5 * 0.59049);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.cyclic(2, 0.1, Schedule.Cycle.EXP_RANGE))
                .withMessageContaining("fix:  cyclic(2, 0.1, 0.9999)");
    }

    @Test
    void aFactorIsAFunctionOfTheEpoch() {
        // LambdaLR's documented example: 0.95^epoch
        agree(
                rates(Schedule.factor(epoch -> Math.pow(0.95, epoch)), 0.05, 6, 2),
                0.05,
                0.05,
                0.0475,
                0.0475,
                0.045125,
                0.045125);
    }

    @Test
    void aProductTakesOneOnTheOther() {
        // ChainedScheduler's documented example: ConstantLR(0.1, 20 epochs) times ExponentialLR(0.9), base 0.05
        Schedule schedule = Schedule.product(Schedule.factor(epoch -> epoch < 20 ? 0.1 : 1), Schedule.exponential(0.9));
        agree(
                DoubleStream.of(0, 1, 2, 19, 20)
                        .map(epoch -> schedule.rate(0.05, new Position((long) epoch, 1, 30)))
                        .toArray(),
                0.005,
                0.0045,
                0.00405,
                0.005 * Math.pow(0.9, 19),
                0.05 * Math.pow(0.9, 20));
    }

    @Test
    void aSequenceRunsOneAfterTheOther() {
        // SequentialLR's documented example: ConstantLR(0.1) for 20 epochs, then ExponentialLR(0.9), base 0.05
        Schedule schedule = Schedule.sequence(Schedule.factor(_ -> 0.1), 20, Schedule.exponential(0.9));
        agree(
                DoubleStream.of(0, 1, 19, 20, 21, 22)
                        .map(epoch -> schedule.rate(0.05, new Position((long) epoch, 1, 30)))
                        .toArray(),
                0.005,
                0.005,
                0.005,
                0.05,
                0.045,
                0.0405);
        agree(
                rates(Schedule.sequence(Schedule.linear(1, 0, 0), 2, Schedule.linear(1, 0, 0)), 4, 6, 1),
                4,
                2,
                4,
                3,
                2,
                1); // each takes its part for the whole
    }

    @Test
    void togetherTheyKeepTheirMemories() {
        Schedule schedule = Schedule.of("warmup:2*plateau:0.5:0");
        for (double loss : new double[] {3, 2, 2.5, 2.6}) {
            schedule.observe(loss, false);
        }
        assertThat(schedule.rate(8, new Position(5, 1, 9))).isEqualTo(2);
        assertThat(schedule.rate(8, new Position(0, 1, 9))).isEqualTo(1);
        Schedule again = Schedule.of("warmup:2*plateau:0.5:0");
        again.load(schedule.state());
        assertThat(again.state()).isEqualTo(schedule.state());
        assertThat(again.rate(8, new Position(5, 1, 9))).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> again.load(Map.of("7.best", "1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "polynomial:2.0:0.1",
                "linear:0.1:1.0:100",
                "multistep:0.1:30:80",
                "inverse-time:0.5",
                "noam:4000",
                "noam:4000:512",
                "restarts:10:2:0.001",
                "cyclic:2000:0.01:triangular2",
                "cyclic:2000:0.01:exp-range:0.99",
                "linear:0.1:1.0:5*exponential:0.9",
                "linear:0.1:1.0:5;5@cosine;9@step:2:0.5*exponential:0.9"
            })
    void furtherTextsMakeSchedulesThatDescribeThemselvesAlike(String text) {
        assertThat(Schedule.of(text).describe()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "polynomial:0",
                "linear:0",
                "multistep:0.1",
                "multistep:0.1:30:20",
                "inverse-time",
                "noam:0",
                "restarts:1:0",
                "cyclic:5:0:square",
                "cosine;cosine",
                "5@cosine",
                "cosine;0@cosine",
                "cosine*zigzag"
            })
    void furtherTextsThatMakeNoSenseAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Schedule.of(text)).withMessageContaining("rule:");
    }
}

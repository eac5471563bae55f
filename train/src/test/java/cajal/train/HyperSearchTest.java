package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.kernel.Workers;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import cajal.train.HyperSearch.End;
import cajal.train.HyperSearch.Result;
import cajal.train.HyperSearch.Trial;
import cajal.train.HyperSearch.Values;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HyperSearchTest {
    private static final Dataset TRAIN = Toys.moons(96, 0.1, 5);
    private static final Dataset TEST = Toys.moons(64, 0.1, 6);

    private static Trainer trainer(Values v) {
        Sequential net = Sequential.of(new Linear(2, v.whole("width")), Tensor::tanh, new Linear(v.whole("width"), 2));
        return Trainer.of(net, Loss.crossEntropy(), new Adam(v.real("rate")))
                .seed(7)
                .epochs(9)
                .schedule(Schedule.of("cosine"))
                .metrics(Metric.accuracy());
    }

    private static HyperSearch space(HyperSearch search) {
        return search.seed(42).logUniform("rate", 1e-4, 1e-1).choice("width", 2, 8, 16);
    }

    private static Map<End, Long> ends(Result result) {
        return result.trials().stream().collect(Collectors.groupingBy(Trial::end, Collectors.counting()));
    }

    @Test
    void aGridTriesEveryCombination() {
        Result result = HyperSearch.grid()
                .choice("a", "x", "y")
                .whole("b", 1, 3)
                .choice("c", true)
                .minimise(v -> v.whole("b") + (v.text("a").equals("x") ? 0.5 : 0) + (v.flag("c") ? 0 : 100));
        assertThat(result.trials().stream().map(t -> t.values().toString()))
                .containsExactly(
                        "a=y b=1 c=true",
                        "a=x b=1 c=true",
                        "a=y b=2 c=true",
                        "a=x b=2 c=true",
                        "a=y b=3 c=true",
                        "a=x b=3 c=true");
        assertThat(result.best().score()).isEqualTo(1);
    }

    @Test
    void randomValuesFillTheirRanges() {
        Result result = HyperSearch.random(400)
                .seed(1)
                .uniform("u", -1, 3)
                .logUniform("l", 1e-6, 1)
                .whole("w", 1, 4)
                .minimise(v -> v.real("u"));
        List<Values> all = result.trials().stream().map(Trial::values).toList();
        assertThat(all).allSatisfy(v -> {
            assertThat(v.real("u")).isBetween(-1.0, 3.0);
            assertThat(v.real("l")).isBetween(1e-6, 1.0);
        });
        assertThat(all.stream().filter(v -> v.real("u") < 1).count()).isBetween(160L, 240L);
        assertThat(all.stream().filter(v -> v.real("l") < 1e-3).count()).isBetween(160L, 240L);
        assertThat(all.stream().map(v -> v.whole("w")).distinct()).hasSize(4);
        assertThat(result.best().score()).isLessThan(-0.95);
    }

    @Test
    void addingAHyperParameterShiftsNoOther() {
        Result one = HyperSearch.random(5).uniform("u", 0, 1).minimise(v -> v.real("u"));
        Result two = HyperSearch.random(5).whole("w", 0, 9).uniform("u", 0, 1).minimise(v -> v.real("u"));
        assertThat(two.trials().stream().map(Trial::score))
                .isEqualTo(one.trials().stream().map(Trial::score).toList());
    }

    @Test
    void theSameSeedGivesTheSameBitsForOneThreadAndForMany() {
        int before = Workers.threads();
        try {
            Workers.threads(1);
            Result one = space(HyperSearch.halving(9, 1, 9)).run(TRAIN, TEST, HyperSearchTest::trainer);
            Workers.threads(3);
            Result three = space(HyperSearch.halving(9, 1, 9)).run(TRAIN, TEST, HyperSearchTest::trainer);
            assertThat(three).isEqualTo(one);
        } finally {
            Workers.threads(before);
        }
    }

    @Test
    void halvingGivesUpTwoThirdsEachTimeAndTheWinnersScoreIsThatOfAPlainRun() {
        Result result = space(HyperSearch.halving(9, 1, 9)).run(TRAIN, TEST, HyperSearchTest::trainer);
        assertThat(result.trials().stream().map(t -> t.end() + " " + t.epochs()))
                .containsExactly(
                        "COMPLETE 9",
                        "DROPPED 3",
                        "DROPPED 3",
                        "DROPPED 1",
                        "DROPPED 1",
                        "DROPPED 1",
                        "DROPPED 1",
                        "DROPPED 1",
                        "DROPPED 1");
        Trial best = result.best();
        Fit straight = trainer(best.values()).fit(TRAIN, TEST);
        assertThat(best.score())
                .isEqualTo(straight.last().orElseThrow().validationLoss().orElseThrow());
    }

    @Test
    void hyperbandTriesSeveralTradeOffs() {
        Result result = space(HyperSearch.hyperband(1, 9)).run(TRAIN, TEST, HyperSearchTest::trainer);
        // Li et al., table 1, for R = 9, η = 3: brackets of 9, 5 and 3
        assertThat(result.trials()).hasSize(17);
        assertThat(ends(result).get(End.COMPLETE)).isEqualTo(1 + 1 + 3);
        assertThat(result.best().epochs()).isEqualTo(9);
    }

    @Test
    void trialsAreRankedByAMetricOfWhichMoreIsBetter() {
        Result result = space(HyperSearch.random(6)).by("accuracy").run(TRAIN, TEST, HyperSearchTest::trainer);
        List<Double> scores = result.trials().stream().map(Trial::score).toList();
        assertThat(scores).isSortedAccordingTo(java.util.Comparator.reverseOrder());
        assertThat(result.best().score()).isGreaterThan(scores.getLast() + 0.1);
        assertThat(result.toString()).contains("accuracy").contains("rate=").contains("width=");
    }

    @Test
    void aTrialThatFailsOrDivergesIsReportedAndEndsNothing() {
        Result result = HyperSearch.grid()
                .choice("kind", "good", "throws", "diverges", "nan")
                .run(TRAIN, TEST, v -> {
                    if (v.text("kind").equals("throws")) {
                        throw new IllegalArgumentException("no such net\n  rule: ...");
                    }
                    Sequential net = v.text("kind").equals("nan")
                            ? Sequential.of(new Linear(2, 2), t -> t.mul(0).log())
                            : Sequential.of(new Linear(2, 8), new Linear(8, 2));
                    double rate = v.text("kind").equals("diverges") ? 1e30 : 0.1;
                    return Trainer.of(net, Loss.crossEntropy(), new SGD(rate)).epochs(3);
                });
        assertThat(ends(result)).isEqualTo(Map.of(End.COMPLETE, 1L, End.FAILED, 3L));
        assertThat(result.best().values().text("kind")).isEqualTo("good");
        assertThat(result.trials().stream().map(Trial::remark))
                .contains("", "no such net")
                .anyMatch(r -> r.contains("is NaN") || r.contains("not finite"));
        assertThat(result.toString()).contains("failed: no such net");
    }

    @Test
    void aSearchInWhichAllFailSaysWhy() {
        Result result = HyperSearch.grid().choice("x", 1, 2).minimise(v -> {
            throw new IllegalStateException("broken");
        });
        assertThatThrownBy(result::best).isInstanceOf(TrainingException.class).hasMessageContaining("FAILED broken");
    }

    @Test
    void anInterruptEndsTheSearchWithWhatWasFoundUntilThen() {
        int before = Workers.threads();
        try {
            Workers.threads(1);
            Result result = HyperSearch.grid()
                    .whole("n", 1, 5)
                    .run(
                            TRAIN,
                            TEST,
                            v -> Trainer.of(Sequential.of(new Linear(2, 2)), Loss.crossEntropy(), new SGD(0.1))
                                    .epochs(2)
                                    .onStep((_, _) -> {
                                        if (v.whole("n") == 3) {
                                            Thread.currentThread().interrupt();
                                        }
                                    }));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(ends(result)).isEqualTo(Map.of(End.COMPLETE, 2L, End.INTERRUPTED, 3L));
        } finally {
            Workers.threads(before);
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> HyperSearch.grid().minimise(_ -> 0)).hasMessageContaining("nothing to look for");
        assertThatThrownBy(() -> HyperSearch.grid().uniform("u", 0, 1).minimise(_ -> 0))
                .hasMessageContaining("range of real numbers");
        assertThatThrownBy(() -> HyperSearch.random(1).uniform("u", 1, 0)).hasMessageContaining("from low to high");
        assertThatThrownBy(() -> HyperSearch.random(1).choice("u", 1).choice("u", 2))
                .hasMessageContaining("named once");
        assertThatThrownBy(() -> HyperSearch.halving(9, 1, 9).choice("u", 1).minimise(_ -> 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Values(Map.of("a", "x")).real("a")).hasMessageContaining("no number");
        assertThatThrownBy(() -> new Values(Map.of("a", "x")).real("b")).hasMessageContaining("there are [a]");
        Result result = HyperSearch.grid()
                .choice("width", 2)
                .choice("rate", 0.1)
                .by("f1")
                .run(TRAIN, TEST, HyperSearchTest::trainer);
        assertThat(result.trials().getFirst().remark()).contains("does not measure 'f1'");
    }
}

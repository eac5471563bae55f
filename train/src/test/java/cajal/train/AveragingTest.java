package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.data.Dataset;
import cajal.nn.Block;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Averaged weights, pulled-back ones, bounds and penalties, alone and in the Trainer.
class AveragingTest {
    @TempDir
    Path folder;

    private static Map<String, Param> one(double... values) {
        return Map.of("w", new Param("w", Tensor.ofDoubles(values, values.length)));
    }

    /// Steps of plain descent with rate 1 to the given places; answers what the average showed after each.
    private static List<Double> walk(Optimizer optimizer, Map<String, Param> params, double... to) {
        List<Double> shown = new ArrayList<>();
        Param p = params.get("w");
        for (double x : to) {
            p.grad(p.sub(x));
            optimizer.step(params);
            try (var _ = optimizer.averaged(params)) {
                shown.add(p.toDoubles()[0]);
            }
            assertThat(p.toDoubles()[0]).as("the trained weight is back").isCloseTo(x, within(1e-12));
        }
        return shown;
    }

    @Test
    void swaIsTheMeanOfTheChosenSteps() {
        List<Double> shown = walk(new SGD(1).swa(2, 2), one(9), 1, 2, 3, 6, 5, 10);
        assertThat(shown).containsExactly(1.0, 2.0, 2.0, 4.0, 4.0, 6.0);
    }

    @Test
    void anExponentialAverageBeginsWithTheFirstStep() {
        List<Double> shown = walk(new SGD(1).ema(0.5), one(9), 1, 2, 4);
        assertThat(shown).containsExactly(1.0, 1.5, 2.75);
    }

    @Test
    void useAveragesKeepsThem() {
        Map<String, Param> params = one(9);
        Optimizer optimizer = new SGD(1).ema(0.5);
        walk(optimizer, params, 1, 2);
        optimizer.useAverages(params);
        assertThat(params.get("w").toDoubles()).containsExactly(1.5);
    }

    @Test
    void onlyOneAverageIsKept() {
        assertThatThrownBy(() -> new SGD(1).ema(0.5).swa(1, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("averages weights already");
    }

    @Test
    void maximizeGoesUp() {
        Map<String, Param> params = one(1);
        params.get("w").grad(Tensor.ofDoubles(new double[] {2}, 1));
        new SGD(0.5).maximize().step(params);
        assertThat(params.get("w").toDoubles()).containsExactly(2);
    }

    @Test
    void constraintsHold() {
        Tensor w = Tensor.of(new float[] {3, 4, 0.3f, -0.4f}, 2, 2);
        assertThat(Constraint.unitNorm().of(w).toDoubles())
                .containsExactly(new double[] {0.6, 0.8, 0.6, -0.8}, within(1e-6));
        assertThat(Constraint.nonNegative().of(w).toDoubles())
                .containsExactly(new double[] {3, 4, 0.3, 0}, within(1e-6));
        assertThat(Constraint.maxNorm(1).of(w).toDoubles())
                .containsExactly(new double[] {0.6, 0.8, 0.3, -0.4}, within(1e-6));
        for (String text : List.of("max-norm:2.5", "unit-norm", "non-negative")) {
            assertThat(Constraint.of(text).describe()).isEqualTo(text);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Constraint.of("unitnorm"))
                .withMessageContaining("did you mean 'unit-norm'?");
        assertThatIllegalArgumentException().isThrownBy(() -> Constraint.of("max-norm:x"));
        assertThatIllegalArgumentException().isThrownBy(() -> Constraint.maxNorm(0));
    }

    @Test
    void penaltiesAreSumsOfMagnitudesAndSquares() {
        Tensor w = Tensor.of(1, -2, 3);
        assertThat(Penalty.l1(0.5).of(w).item()).isEqualTo(3);
        assertThat(Penalty.l2(0.5).of(w).item()).isEqualTo(7);
        assertThat(new Penalty(1, 2).of(w).item()).isEqualTo(34);
        assertThatIllegalArgumentException().isThrownBy(() -> Penalty.l1(-1));
    }

    // ---- in the Trainer

    private static Sequential net() {
        return Sequential.of(new Linear(8), Tensor::tanh, new Linear(1));
    }

    private static Dataset wave() {
        Tensor x = Tensor.uniform(RandomKey.of(3), -2, 2, 64, 1);
        return Dataset.of(x, x.sin());
    }

    private static double[] weights(Sequential net) {
        return net.parameters().values().stream()
                .flatMapToDouble(p -> java.util.Arrays.stream(p.toDoubles()))
                .toArray();
    }

    @Test
    void theTrainerEvaluatesAndEndsWithTheAverages() {
        Sequential net = net();
        Trainer trainer = Trainer.of(net, Loss.mse(), new SGD(0.1))
                .seed(1)
                .batch(16)
                .epochs(6)
                .swa(3);
        Fit fit = trainer.fit(wave(), wave());
        assertThat(trainer.evaluate(wave()).loss())
                .isEqualTo(fit.epochs().getLast().validationLoss().getAsDouble());

        Sequential plain = net();
        Trainer.of(plain, Loss.mse(), new SGD(0.1)).seed(1).batch(16).epochs(6).fit(wave(), wave());
        assertThat(weights(net)).isNotEqualTo(weights(plain));
        double[] sum = new double[weights(plain).length];
        for (int epochs = 3; epochs <= 6; epochs++) {
            Sequential part = net();
            Trainer.of(part, Loss.mse(), new SGD(0.1))
                    .seed(1)
                    .batch(16)
                    .epochs(epochs)
                    .fit(wave());
            double[] w = weights(part);
            for (int i = 0; i < w.length; i++) {
                sum[i] += w[i] / 4;
            }
        }
        assertThat(weights(net)).containsExactly(sum, within(1e-6));
    }

    @Test
    void aStoppedRunWithAveragesGroupsAndPenaltiesEndsWithTheSameBits() {
        Map<String, Optimizer> all = new LinkedHashMap<>();
        all.put(
                "swa",
                new AdamW(0.01).group("*.bias", g -> g.decay(0).rateFactor(0.5)).swa(6, 4));
        all.put("free", new ScheduleFree(0.01));
        all.put("lbfgs", new LBFGS(1).iterations(4).strongWolfe());
        all.forEach((name, optimizer) -> {
            Sequential straight = net();
            trainer(straight, Optimizer.from(optimizer.describe()), folder.resolve(name + "0"))
                    .fit(wave(), wave());

            Sequential stopped = net();
            Path file = folder.resolve(name + "1");
            trainer(stopped, Optimizer.from(optimizer.describe()), file)
                    .watch(new Watcher() {
                        @Override
                        public void stepped(Run run, double loss) {
                            if (run.steps() == 9) {
                                run.stop();
                            }
                        }
                    })
                    .fit(wave(), wave());
            Sequential resumed = net();
            trainer(resumed, Optimizer.from(optimizer.describe()), file)
                    .resume()
                    .fit(wave(), wave());
            assertThat(weights(resumed)).as(name).isEqualTo(weights(straight));
        });
    }

    private static Trainer trainer(Sequential net, Optimizer optimizer, Path file) {
        return Trainer.of(net, Loss.mse(), optimizer)
                .seed(2)
                .batch(16)
                .epochs(4)
                .penalty("*.weight", Penalty.l2(1e-3))
                .checkpoint(file);
    }

    @Test
    void aPenaltyMakesWeightsSmaller() {
        Sequential free = net();
        Trainer.of(free, Loss.mse(), new SGD(0.1)).seed(1).batch(16).epochs(5).fit(wave());
        Sequential priced = net();
        Trainer.of(priced, Loss.mse(), new SGD(0.1))
                .seed(1)
                .batch(16)
                .epochs(5)
                .penalty("*.weight", Penalty.l2(0.05))
                .fit(wave());
        Sequential decayed = net();
        Trainer.of(decayed, Loss.mse(), new SGD(0.1).weightDecay(0.1).group("*.bias", g -> g.decay(0)))
                .seed(1)
                .batch(16)
                .epochs(5)
                .fit(wave());
        assertThat(weights(priced)).containsExactly(weights(decayed), within(1e-5));
        assertThat(weights(priced)).isNotEqualTo(weights(free));
    }

    /// Counts in training behaviour what it has seen, as running statistics do.
    private static final class Counter extends Block {
        private final Linear inner = add("inner", new Linear(1));
        private final State seen = state("seen", Tensor.zeros(1));

        @Override
        protected Tensor forward(Tensor x) {
            if (Context.current().training()) {
                seen.set(seen.add(x.dim(0)).detach());
            }
            return inner.apply(x);
        }
    }

    @Test
    void statisticsAreRefreshedByOnePassThatChangesNoParameter() {
        Counter net = new Counter();
        Trainer trainer = Trainer.of(net, Loss.mse(), new SGD(0.1)).seed(1).batch(10);
        trainer.fit(wave());
        double before = net.tensors().get("seen").item();
        double[] weights = net.parameters().get("inner.weight").toDoubles();
        trainer.refreshStatistics(wave());
        assertThat(net.tensors().get("seen").item()).isEqualTo(before + 64);
        assertThat(net.parameters().get("inner.weight").toDoubles()).isEqualTo(weights);
    }

    @Test
    void lbfgsFitsInFewSteps() {
        Sequential net = net();
        Trainer trainer = Trainer.of(net, Loss.mse(), new LBFGS(1).strongWolfe())
                .seed(1)
                .fullBatch()
                .epochs(20);
        trainer.fit(wave());
        assertThat(trainer.evaluate(wave()).loss()).isLessThan(1e-4);
    }
}

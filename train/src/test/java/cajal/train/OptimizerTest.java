package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.GradException;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {
    private static final int STEPS = 6;

    /// A gradient that changes with weight and step, so that mistakes in the memory show.
    private static double gradient(double p, int t) {
        return Math.sin(3 * p + t) + 0.2 * p;
    }

    /// Where the weights `0, 0.001, 0.002, ...` go in six steps of the optimiser; 700 of them are more than
    /// one block of a fast kernel.
    private static double[] run(Optimizer optimizer, DType dtype) {
        Param p = new Param("w", Tensor.arange(0, 0.6995, 0.001).to(dtype));
        for (int t = 1; t <= STEPS; t++) {
            int step = t;
            double[] g =
                    Arrays.stream(p.toDoubles()).map(x -> gradient(x, step)).toArray();
            p.grad(Tensor.ofDoubles(g, g.length).to(dtype));
            optimizer.step(Map.of("w", p));
        }
        return p.toDoubles();
    }

    private static double[] run(Optimizer optimizer) {
        return run(optimizer, DType.F64);
    }

    private static void give(Param p, double gradient) {
        p.grad(Tensor.full(gradient, p.dtype(), p.shape()));
    }

    /// Compares with the rule in double precision, then, loosely, in single precision: on the fast kernels,
    /// in place.
    private static void agrees(Optimizer optimizer, Supplier<double[]> slots, Rule rule) {
        Map<DType, Double> tolerances = Map.of(DType.F64, 1e-13, DType.F32, 1e-5);
        Map<String, Object> same = optimizer.describe();
        tolerances.forEach((dtype, tolerance) -> {
            double[] found = run(Optimizer.from(same), dtype);
            assertThat(found).hasSize(700);
            for (int i = 0; i < found.length; i += 7) {
                double p = (float) (i * 0.001); // arange is in single precision
                double[] s = slots.get();
                for (int t = 1; t <= STEPS; t++) {
                    p = rule.next(p, gradient(p, t), t, s);
                }
                assertThat(found[i])
                        .as(optimizer + " " + dtype + ", weight " + i)
                        .isCloseTo(p, within(tolerance));
            }
        });
    }

    /// A published rule, worked in plain doubles: the next weight; `s` is its memory.
    private interface Rule {
        double next(double p, double g, int t, double[] s);
    }

    // ---- formulas

    @Test
    void nesterovLooksAheadAlongTheMomentum() {
        agrees(new SGD(0.1).momentum(0.8).nesterov(), () -> new double[1], (p, g, t, s) -> {
            s[0] = t == 1 ? g : 0.8 * s[0] + g;
            return p - 0.1 * (g + 0.8 * s[0]);
        });
    }

    @Test
    void nesterovWithWeightDecayAddsTheWeightToTheGradientFirst() {
        agrees(new SGD(0.1).momentum(0.8).nesterov().weightDecay(0.3), () -> new double[1], (p, g, t, s) -> {
            double d = g + 0.3 * p;
            s[0] = t == 1 ? d : 0.8 * s[0] + d;
            return p - 0.1 * (d + 0.8 * s[0]);
        });
    }

    @Test
    void adamDividesTheCorrectedMeanByTheCorrectedRoot() {
        agrees(new Adam(0.05).betas(0.8, 0.95).eps(1e-3), () -> new double[2], (p, g, t, s) -> {
            s[0] = 0.8 * s[0] + 0.2 * g;
            s[1] = 0.95 * s[1] + 0.05 * g * g;
            double mean = s[0] / (1 - Math.pow(0.8, t));
            double square = s[1] / (1 - Math.pow(0.95, t));
            return p - 0.05 * mean / (Math.sqrt(square) + 1e-3);
        });
    }

    @Test
    void adamsWeightDecayGoesThroughTheGradient() {
        agrees(new Adam(0.05).weightDecay(0.1), () -> new double[2], (p, g, t, s) -> {
            double d = g + 0.1 * p;
            s[0] = 0.9 * s[0] + 0.1 * d;
            s[1] = 0.999 * s[1] + 0.001 * d * d;
            return p - 0.05 * (s[0] / (1 - Math.pow(0.9, t))) / (Math.sqrt(s[1] / (1 - Math.pow(0.999, t))) + 1e-8);
        });
    }

    @Test
    void adamWsWeightDecayGoesBesideTheGradient() {
        agrees(new AdamW(0.05), () -> new double[2], (p, g, t, s) -> {
            double shrunk = p * (1 - 0.05 * 0.01);
            s[0] = 0.9 * s[0] + 0.1 * g;
            s[1] = 0.999 * s[1] + 0.001 * g * g;
            return shrunk
                    - 0.05 * (s[0] / (1 - Math.pow(0.9, t))) / (Math.sqrt(s[1] / (1 - Math.pow(0.999, t))) + 1e-8);
        });
    }

    @Test
    void adamWWithoutWeightDecayIsAdam() {
        assertThat(run(new AdamW(0.05).weightDecay(0))).isEqualTo(run(new Adam(0.05)));
        assertThat(run(new AdamW(0.05))).isNotEqualTo(run(new Adam(0.05).weightDecay(0.01)));
    }

    @Test
    void rmspropWithMomentumAndWeightDecay() {
        agrees(new RMSprop(0.02).alpha(0.9).momentum(0.7).weightDecay(0.05), () -> new double[2], (p, g, t, s) -> {
            double d = g + 0.05 * p;
            s[0] = 0.9 * s[0] + 0.1 * d * d;
            s[1] = 0.7 * s[1] + d / (Math.sqrt(s[0]) + 1e-8);
            return p - 0.02 * s[1];
        });
    }

    @Test
    void centeredRmspropDividesByTheStandardDeviation() {
        agrees(new RMSprop(0.02).centered(), () -> new double[2], (p, g, t, s) -> {
            s[0] = 0.99 * s[0] + 0.01 * g * g;
            s[1] = 0.99 * s[1] + 0.01 * g;
            return p - 0.02 * g / (Math.sqrt(s[0] - s[1] * s[1]) + 1e-8);
        });
    }

    @Test
    void centeredRmspropWithMomentum() {
        agrees(new RMSprop(0.02).centered().momentum(0.6).eps(0.01), () -> new double[3], (p, g, t, s) -> {
            s[0] = 0.99 * s[0] + 0.01 * g * g;
            s[1] = 0.99 * s[1] + 0.01 * g;
            s[2] = 0.6 * s[2] + g / (Math.sqrt(s[0] - s[1] * s[1]) + 0.01);
            return p - 0.02 * s[2];
        });
    }

    @Test
    void centeredRmspropStaysFiniteWhileTheGradientIsConstant() {
        Param p = new Param("w", Tensor.of(1f, 2f, 3f));
        Optimizer optimizer = new RMSprop(1e-3).alpha(0.5).centered();
        for (int i = 0; i < 200; i++) {
            p.grad(Tensor.of(0.1f, 0.3f, 0.7f));
            optimizer.step(Map.of("w", p));
        }
        assertThat(p.toDoubles()).doesNotContain(Double.NaN);
    }

    @Test
    void adagradWithEveryOption() {
        agrees(
                new Adagrad(0.5).rateDecay(0.1).start(0.2).eps(1e-4).weightDecay(0.03),
                () -> new double[] {0.2},
                (p, g, t, s) -> {
                    double d = g + 0.03 * p;
                    s[0] += d * d;
                    return p - 0.5 / (1 + (t - 1) * 0.1) * d / (Math.sqrt(s[0]) + 1e-4);
                });
    }

    @Test
    void plainDescentWithWeightDecay() {
        agrees(new SGD(0.2).weightDecay(0.5), () -> new double[0], (p, g, t, s) -> p - 0.2 * (g + 0.5 * p));
    }

    @Test
    void aRateOfZeroChangesNoWeight() {
        Param p = new Param("w", Tensor.of(1f, 2f));
        Optimizer adam = new Adam(0.1);
        adam.rate(0);
        give(p, 3);
        adam.step(Map.of("w", p));
        assertThat(p.toFloats()).containsExactly(1, 2);
    }

    // ---- which parameters

    @Test
    void parametersWithoutGradientAndFrozenOnesStay() {
        Map<String, Param> params = three();
        give(params.get("a"), 1);
        give(params.get("c"), 1);
        params.get("c").frozen(true);
        new SGD(1).step(params);
        assertThat(params.get("a").item()).isEqualTo(0);
        assertThat(params.get("b").item()).isEqualTo(1);
        assertThat(params.get("c").item()).isEqualTo(1);
    }

    @Test
    void aParameterThatJoinsLaterStartsItsOwnCountOfSteps() {
        Map<String, Param> params = three();
        Optimizer adam = new Adam(0.1);
        for (int i = 0; i < 5; i++) {
            give(params.get("a"), 1);
            adam.step(params);
        }
        give(params.get("b"), 1);
        adam.step(params);
        assertThat(params.get("b").item()).as("its first step is one rate long").isCloseTo(0.9, within(1e-6));
    }

    @Test
    void eachParameterIsOneOperationInItsLayer() {
        Map<String, Param> params = new LinkedHashMap<>();
        params.put("0.weight", new Param("weight", Tensor.ones(2, 3)));
        params.put("0.bias", new Param("bias", Tensor.ones(3)));
        params.put("scale", new Param("scale", Tensor.ones(1)));
        params.values().forEach(p -> give(p, 1));
        Optimizer adam = new Adam(0.1);
        adam.step(params);
        List<String> ran = new ArrayList<>();
        Listener log = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                ran.add(op.name() + "@" + path + " writes " + out.length);
            }
        };
        try (var _ = Context.current().listener(log).enter()) {
            adam.step(params);
        }
        assertThat(ran).containsExactly("adam@0 writes 3", "adam@0 writes 3", "adam@ writes 3");
    }

    @Test
    void aStepWithoutAnyGradientIsExplained() {
        Map<String, Param> params = three();
        assertThatThrownBy(() -> new SGD(0.1).step(params))
                .isInstanceOf(GradException.class)
                .hasMessageContaining("none of the 3 parameters (a, ...) has a gradient")
                .hasMessageContaining("loss.backward()");
        params.values().forEach(p -> p.frozen(true));
        assertThatThrownBy(() -> new SGD(0.1).step(params))
                .isInstanceOf(GradException.class)
                .hasMessageContaining("all 3 parameters are frozen");
        assertThatThrownBy(() -> new SGD(0.1).step(Map.of()))
                .isInstanceOf(GradException.class)
                .hasMessageContaining("no parameters");
    }

    private static Map<String, Param> three() {
        Map<String, Param> params = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "c")) {
            params.put(name, new Param(name, Tensor.ones(1)));
        }
        return params;
    }

    // ---- options

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateMustBeAFiniteNumberAboveZero(double rate) {
        for (String name : Optimizer.names()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Optimizer.named(name, rate))
                    .withMessageContaining("the learning rate is " + rate)
                    .withMessageContaining("rule: it is a finite number above 0");
        }
    }

    @Test
    void aNegativeRateIsAnsweredWithThePositiveOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Adam(-0.1)).withMessage("""
                Adam: the learning rate is -0.1
                  rule: it is a finite number above 0
                  fix:  the update already goes against the gradient, so write 0.1""");
    }

    @Test
    void constantsOutsideTheirRangeAreRefused() {
        List<Runnable> wrong = List.of(
                () -> new SGD(1).momentum(1),
                () -> new SGD(1).momentum(-0.1),
                () -> new SGD(1).momentum(Double.NaN),
                () -> new SGD(1).weightDecay(-1),
                () -> new SGD(1).nesterov(),
                () -> new SGD(1).momentum(0.9).nesterov().momentum(0),
                () -> new Adam(1).betas(1, 0.9),
                () -> new Adam(1).betas(0.9, -1),
                () -> new Adam(1).eps(-1),
                () -> new AdamW(1).weightDecay(Double.NaN),
                () -> new RMSprop(1).alpha(1),
                () -> new RMSprop(1).momentum(2),
                () -> new RMSprop(1).eps(Double.POSITIVE_INFINITY),
                () -> new Adagrad(1).start(-1),
                () -> new Adagrad(1).rateDecay(-1),
                () -> new SGD(1).momentum(0.9).nesterov().dampening(0.1),
                () -> new Adadelta(1).rho(1),
                () -> new Adamax(1).betas(0.9, 1),
                () -> new NAdam(1).momentumDecay(-1),
                () -> new RAdam(1).eps(-1),
                () -> new Lion(1).weightDecay(-1),
                () -> new Rprop(1).factors(0, 2),
                () -> new Rprop(1).factors(0.5, 1),
                () -> new Rprop(1).sizes(2, 1),
                () -> new ASGD(1).alpha(-1),
                () -> new LAMB(1).betas(1, 0),
                () -> new LARS(1).trust(0),
                () -> new Adafactor(1).clip(0),
                () -> new Muon(1).rounds(0),
                () -> new Muon(1).othersFactor(0),
                () -> new ScheduleFree(1).warmup(-1),
                () -> new LBFGS(1).history(0),
                () -> new SGD(1).ema(1),
                () -> new SGD(1).swa(0, 1),
                () -> new SGD(1).lookahead(5, 0),
                () -> new SGD(1).rate(-1),
                () -> new SGD(1).rate(Double.NaN));
        for (Runnable w : wrong) {
            assertThatIllegalArgumentException().isThrownBy(w::run).withMessageContaining("rule:");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SGD(0.1).nesterov())
                .withMessageContaining("new SGD(0.1).momentum(0.9).nesterov()");
    }

    @Test
    void optionsAreRefusedAfterTheFirstStep() {
        SGD sgd = new SGD(0.1);
        Param p = new Param("w", Tensor.ones(1));
        give(p, 1);
        sgd.step(Map.of("w", p));
        assertThatThrownBy(() -> sgd.momentum(0.9))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 steps");
    }

    // ---- names and data

    @Test
    void namesMakeTheUsualOptimisers() {
        assertThat(Optimizer.names())
                .startsWith("sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad")
                .contains("adadelta", "adamax", "nadam", "radam", "amsgrad", "lion", "rprop", "asgd")
                .contains("lamb", "lars", "adafactor", "muon", "schedulefree", "lbfgs")
                .hasSize(21);
        assertThat(Optimizer.named("nesterov", 0.1))
                .hasToString("SGD(rate=0.1, momentum=0.9, nesterov=true, weightDecay=0.0)");
        assertThat(Optimizer.named("AdamW"))
                .hasToString("AdamW(rate=0.001, beta1=0.9, beta2=0.999, eps=1.0E-8, weightDecay=0.01)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.named("adma", 0.1))
                .withMessageContaining("sgd, momentum, nesterov, adam, adamw, rmsprop, adagrad")
                .withMessageContaining("did you mean 'adam'?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.named("spider", 0.1))
                .withMessageNotContaining("did you mean");
    }

    @Test
    void constantsFollowTheNameInAText() {
        assertThat(Optimizer.named("adamw:weightDecay=0.1:beta2=0.95"))
                .hasToString("AdamW(rate=0.001, beta1=0.9, beta2=0.95, eps=1.0E-8, weightDecay=0.1)");
        assertThat(Optimizer.named("sgd:momentum=0.9:nesterov", 0.3).describe())
                .isEqualTo(new SGD(0.3).momentum(0.9).nesterov().describe());
        assertThat(Optimizer.named("adam:rate=0.02:amsgrad:ema=0.99").describe())
                .isEqualTo(new Adam(0.02).amsgrad().ema(0.99).describe());
        assertThat(Optimizer.named("lbfgs:iterations=5").describe())
                .isEqualTo(new LBFGS(1).iterations(5).evaluations(25).describe());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.named("adamw:weightDecy=0.1"))
                .withMessageContaining("did you mean 'weightDecay'?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.named("adamw:weightDecay=much"))
                .withMessageContaining("NAME[:CONSTANT=VALUE...]");
    }

    @Test
    void aDescriptionMakesTheSameOptimiserAgain() {
        List<Optimizer> all = List.of(
                new SGD(0.3).momentum(0.5).nesterov().weightDecay(0.1),
                new SGD(0.3),
                new Adam(0.3).betas(0.1, 0.2).eps(0.3).weightDecay(0.4),
                new AdamW(0.3).betas(0.1, 0.2),
                new RMSprop(0.3).alpha(0.1).eps(0.2).momentum(0.3).centered().weightDecay(0.4),
                new Adagrad(0.3).eps(0.1).rateDecay(0.2).start(0.3).weightDecay(0.4),
                new SGD(0.3).momentum(0.5).dampening(0.4),
                new Adam(0.3).amsgrad(),
                new Adadelta(0.3).rho(0.1).eps(0.2).weightDecay(0.3),
                new Adamax(0.3).betas(0.1, 0.2).eps(0.3).weightDecay(0.4),
                new NAdam(0.3)
                        .betas(0.1, 0.2)
                        .eps(0.3)
                        .momentumDecay(0.1)
                        .weightDecay(0.4)
                        .decoupled(),
                new RAdam(0.3).betas(0.1, 0.2).eps(0.3).weightDecay(0.4).decoupled(),
                new Lion(0.3).betas(0.1, 0.2).weightDecay(0.4),
                new Rprop(0.3).factors(0.4, 1.3).sizes(0.1, 0.7),
                new ASGD(0.3).lambda(0.1).alpha(0.2).start(3).weightDecay(0.4),
                new LAMB(0.3).betas(0.1, 0.2).eps(0.3).weightDecay(0.4),
                new LARS(0.3).momentum(0.1).trust(0.2).weightDecay(0.4),
                new Adafactor(0.3).power(0.1).least(0.2).clip(0.3).weightDecay(0.4),
                new Muon(0.3)
                        .momentum(0.1)
                        .noNesterov()
                        .weightDecay(0.2)
                        .rounds(3)
                        .matchAdamW()
                        .othersFactor(0.4),
                new ScheduleFree(0.3).betas(0.1, 0.2).eps(0.3).weightDecay(0.4).warmup(5));
        for (Optimizer o : all) {
            Optimizer again = Optimizer.from(o.describe());
            assertThat(again.describe()).isEqualTo(o.describe());
            assertThat(run(again)).isEqualTo(run(o));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.from(Map.of("name", "adam", "rate", 0.1)))
                .withMessageContaining("'beta1'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.from(Map.of("name", "adma", "rate", 0.1)))
                .withMessageContaining("did you mean 'adam'?");
    }

    // ---- state

    @Test
    void aRunThatIsStoppedAndContinuedEndsWithTheSameBits() {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            for (String name : Optimizer.names()) {
                Map<String, Param> straight = two(dtype);
                Optimizer one = Optimizer.named(name, 0.05);
                train(one, straight, 0, 20);

                Map<String, Param> stopped = two(dtype);
                Optimizer first = Optimizer.named(name, 0.05);
                train(first, stopped, 0, 7);
                Map<String, Tensor> saved = first.state();
                Map<String, Param> copies = new LinkedHashMap<>();
                stopped.forEach((path, p) -> copies.put(path, new Param(p.name(), p)));
                train(first, stopped, 7, 9); // must not change what was saved
                Optimizer second = Optimizer.named(name, 0.4);
                second.load(saved);
                assertThat(second.rate()).isEqualTo(0.05);
                assertThat(second.steps()).isEqualTo(7);
                train(second, copies, 7, 20);

                straight.forEach((path, p) -> assertThat(copies.get(path).toDoubles())
                        .as(name + " " + path)
                        .isEqualTo(p.toDoubles()));
                assertThat(second.state().keySet()).isEqualTo(one.state().keySet());
            }
        }
    }

    private static Map<String, Param> two(DType dtype) {
        Map<String, Param> params = new LinkedHashMap<>();
        params.put(
                "0.weight",
                new Param("weight", Tensor.linspace(-1, 1, 15).reshape(3, 5).to(dtype)));
        params.put("0.bias", new Param("bias", Tensor.linspace(0.2, 0.9, 3).to(dtype)));
        return params;
    }

    private static void train(Optimizer optimizer, Map<String, Param> params, int from, int to) {
        DoubleUnaryOperator wave = x -> Math.sin(7 * x);
        for (int t = from; t < to; t++) {
            int step = t;
            give(params, wave, step);
            optimizer.step(params, waves(params, step), () -> {
                give(params, wave, step);
                return waves(params, step);
            });
        }
    }

    private static void give(Map<String, Param> params, DoubleUnaryOperator wave, int step) {
        for (Param p : params.values()) {
            double[] g = Arrays.stream(p.toDoubles()).map(wave).toArray();
            p.grad(Tensor.ofDoubles(g, p.shape().dims()).add(0.01 * step).to(p.dtype()));
        }
    }

    /// The loss whose gradient is given.
    private static double waves(Map<String, Param> params, int step) {
        return params.values().stream()
                .flatMapToDouble(p -> Arrays.stream(p.toDoubles()))
                .map(x -> -Math.cos(7 * x) / 7 + 0.01 * step * x)
                .sum();
    }

    @Test
    void theStateNamesPathAndSlot() {
        Map<String, Param> params = two(DType.F32);
        SGD sgd = new SGD(0.1).momentum(0.9);
        train(sgd, params, 0, 2);
        assertThat(sgd.state())
                .containsOnlyKeys(
                        "steps", "rate", "0.weight/momentum", "0.weight/steps", "0.bias/momentum", "0.bias/steps");
        assertThat(sgd.state().get("steps").dtype()).isEqualTo(DType.I64);
        assertThat(sgd.state().get("0.weight/momentum").shape()).isEqualTo(Shape.of(3, 5));
    }

    @Test
    void aStateThatDoesNotFitIsExplainedAndChangesNothing() {
        Optimizer adam = new Adam(0.1);
        train(adam, two(DType.F32), 0, 2);
        Map<String, Tensor> good = adam.state();
        Optimizer other = new Adam(0.2);

        refuses(other, without(good, "0.bias/square"), "lacks '0.bias/square'");
        refuses(other, without(good, "0.bias/steps"), "lacks '0.bias/steps'");
        refuses(other, without(good, "steps"), "lacks 'steps'");
        refuses(other, without(good, "rate"), "lacks 'rate'");
        refuses(other, with(good, "0.bias/momentum"), "has '0.bias/momentum'");
        refuses(other, with(good, "extra"), "unknown entry 'extra'");
        refuses(new SGD(0.1), good, "another optimiser wrote this state");
        assertThat(other.steps()).isZero();
        assertThat(other.rate()).isEqualTo(0.2);
        assertThat(other.state()).containsOnlyKeys("steps", "rate");
    }

    @Test
    void aStateOfAnotherNetworkIsExplainedAtTheFirstStep() {
        Optimizer adam = new Adam(0.1);
        train(adam, two(DType.F32), 0, 2);
        Optimizer next = new Adam(0.1);
        next.load(adam.state());
        Param p = new Param("w", Tensor.ones(2));
        give(p, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> next.step(Map.of("w", p)))
                .withMessageContaining("'0.weight'");
        Map<String, Param> wide = new LinkedHashMap<>(two(DType.F32));
        wide.put("0.bias", p);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> next.step(wide))
                .withMessageContaining("'0.bias/mean' of shape (3)")
                .withMessageContaining("(2)");
    }

    private static void refuses(Optimizer optimizer, Map<String, Tensor> state, String words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimizer.load(state))
                .withMessageContaining(words);
    }

    private static Map<String, Tensor> without(Map<String, Tensor> state, String key) {
        Map<String, Tensor> less = new LinkedHashMap<>(state);
        less.remove(key);
        return less;
    }

    private static Map<String, Tensor> with(Map<String, Tensor> state, String key) {
        Map<String, Tensor> more = new LinkedHashMap<>(state);
        more.put(key, Tensor.ones(3));
        return more;
    }
}

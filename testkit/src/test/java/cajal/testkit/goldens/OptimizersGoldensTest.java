package cajal.testkit.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.testkit.GoldenCase;
import cajal.train.ASGD;
import cajal.train.Adadelta;
import cajal.train.Adafactor;
import cajal.train.Adagrad;
import cajal.train.Adam;
import cajal.train.AdamW;
import cajal.train.Adamax;
import cajal.train.Constraint;
import cajal.train.LAMB;
import cajal.train.LARS;
import cajal.train.LBFGS;
import cajal.train.Lion;
import cajal.train.Muon;
import cajal.train.NAdam;
import cajal.train.Optimizer;
import cajal.train.RAdam;
import cajal.train.RMSprop;
import cajal.train.Rprop;
import cajal.train.SGD;
import cajal.train.ScheduleFree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Optimisers go, step by step, where libtorch's go, or where the published rules lead; their averages too.
class OptimizersGoldensTest {
    private static final int STEPS = 10;

    private static final Map<String, Supplier<Optimizer>> OPTIMIZERS = new LinkedHashMap<>();

    static {
        OPTIMIZERS.put(
                "sgd-dampened", () -> new SGD(0.3).momentum(0.8).dampening(0.25).weightDecay(0.02));
        OPTIMIZERS.put("sgd-nesterov", () -> new SGD(0.2).momentum(0.9).nesterov());
        OPTIMIZERS.put("adam", () -> new Adam(0.05));
        OPTIMIZERS.put("amsgrad", () -> new Adam(0.3).weightDecay(0.03).amsgrad());
        OPTIMIZERS.put("adamw", () -> new AdamW(0.05).weightDecay(0.2));
        OPTIMIZERS.put("adamw-amsgrad", () -> new AdamW(0.3).amsgrad());
        OPTIMIZERS.put("adagrad", () -> new Adagrad(0.2).rateDecay(0.1).start(0.05));
        OPTIMIZERS.put("rmsprop", () -> new RMSprop(0.02).momentum(0.5).centered());
        OPTIMIZERS.put("lbfgs", () -> new LBFGS(0.2).iterations(2).history(4));
        OPTIMIZERS.put("lbfgs-wolfe", () -> new LBFGS(1).iterations(2).strongWolfe());
        OPTIMIZERS.put("lbfgs-wolfe-far", () -> new LBFGS(30).iterations(2).strongWolfe());
        OPTIMIZERS.put("adadelta", () -> new Adadelta(0.9).rho(0.8).eps(1e-4).weightDecay(0.05));
        OPTIMIZERS.put(
                "adamax", () -> new Adamax(0.05).betas(0.8, 0.9).eps(1e-6).weightDecay(0.05));
        OPTIMIZERS.put("nadam", () -> new NAdam(0.05).betas(0.9, 0.99).weightDecay(0.1));
        OPTIMIZERS.put(
                "nadam-decoupled",
                () -> new NAdam(0.05).betas(0.9, 0.99).weightDecay(0.1).decoupled());
        OPTIMIZERS.put("radam", () -> new RAdam(0.1).betas(0.8, 0.9).eps(1e-6).weightDecay(0.1));
        OPTIMIZERS.put(
                "radam-decoupled",
                () -> new RAdam(0.1).betas(0.8, 0.9).eps(1e-6).weightDecay(0.1).decoupled());
        OPTIMIZERS.put("lion", () -> new Lion(0.02).betas(0.9, 0.8).weightDecay(0.1));
        OPTIMIZERS.put("rprop", () -> new Rprop(0.1).sizes(0.06, 0.3));
        OPTIMIZERS.put("asgd", () -> new ASGD(0.3).lambda(0.1).start(3).weightDecay(0.02));
        OPTIMIZERS.put(
                "schedulefree",
                () -> new ScheduleFree(0.1).betas(0.9, 0.95).weightDecay(0.05).warmup(4));
        OPTIMIZERS.put("lamb", () -> new LAMB(0.05).betas(0.9, 0.99).weightDecay(0.1));
        OPTIMIZERS.put("lars", () -> new LARS(2).trust(0.02).weightDecay(0.05));
        OPTIMIZERS.put("adafactor", () -> new Adafactor(0.3).weightDecay(0.05));
        OPTIMIZERS.put("muon", () -> new Muon(0.05));
        OPTIMIZERS.put("muon-plain", () -> new Muon(0.05).noNesterov().matchAdamW());
        OPTIMIZERS.put("lookahead", () -> new SGD(0.5).lookahead(3, 0.4));
        OPTIMIZERS.put("ema", () -> new SGD(0.5).ema(0.9));
        OPTIMIZERS.put("max-norm", () -> new SGD(0.5).constrain("", Constraint.maxNorm(0.8)));
    }

    @Test
    void everyOptimizerHasACase() {
        assertThat(OPTIMIZERS.values().stream().map(o -> o.get().name()).distinct())
                .hasSizeGreaterThan(15)
                .containsAll(Optimizer.names().stream()
                        .map(name -> Optimizer.named(name).name()) // momentum is SGD's, and so on
                        .toList());
    }

    @TestFactory
    Stream<DynamicTest> agreeWithTheReference() {
        return Goldens.tests("optimizers", OPTIMIZERS, (golden, maker) -> {
            boolean averages = golden.under("out/").values().iterator().next().dim(0) == 2 * STEPS;
            golden.check(in -> trajectory(golden, maker.get(), averages, in));
        });
    }

    /// The parameters after each step, then, if wanted, their averages after each step.
    private static List<Tensor> trajectory(GoldenCase golden, Optimizer optimizer, boolean averages, List<Tensor> in) {
        List<String> names = List.copyOf(golden.under("in/").keySet());
        Tensor x = in.get(names.indexOf("x"));
        Tensor y = in.get(names.indexOf("y"));
        Map<String, Param> params = new LinkedHashMap<>();
        params.put("w", new Param("w", in.get(names.indexOf("w"))));
        params.put("b", new Param("b", in.get(names.indexOf("b"))));
        Map<String, List<Tensor>> weights = new LinkedHashMap<>();
        Map<String, List<Tensor>> means = new LinkedHashMap<>();
        for (int t = 0; t < STEPS; t++) {
            double loss = gradients(params, x, y);
            optimizer.step(params, loss, () -> gradients(params, x, y));
            keep(params, weights);
            if (averages) {
                try (var _ = optimizer.averaged(params)) {
                    keep(params, means);
                }
            }
        }
        List<Tensor> out = new ArrayList<>();
        for (String name : golden.under("out/").keySet()) {
            List<Tensor> all = new ArrayList<>(weights.getOrDefault(name, List.of()));
            all.addAll(means.getOrDefault(name, List.of()));
            out.add(Tensor.stack(0, all.toArray(Tensor[]::new)));
        }
        return out;
    }

    private static void keep(Map<String, Param> params, Map<String, List<Tensor>> lists) {
        params.forEach(
                (name, p) -> lists.computeIfAbsent(name, _ -> new ArrayList<>()).add(p.copy()));
    }

    private static double gradients(Map<String, Param> params, Tensor x, Tensor y) {
        params.values().forEach(Param::zeroGrad);
        Tensor out = x.matmul(params.get("w").t()).add(params.get("b")).tanh();
        Tensor loss = out.sub(y).square().mean();
        loss.backward();
        return loss.item();
    }
}

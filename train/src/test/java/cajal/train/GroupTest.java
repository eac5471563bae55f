package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.tensor.GradException;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Parameters of which something is different.
class GroupTest {
    private static Map<String, Param> net() {
        Map<String, Param> params = new LinkedHashMap<>();
        params.put("body.weight", new Param("weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)));
        params.put("body.bias", new Param("bias", Tensor.of(1, 2)));
        params.put("head.weight", new Param("weight", Tensor.of(new float[] {5, 6}, 1, 2)));
        params.put("head.bias", new Param("bias", Tensor.of(7)));
        return params;
    }

    /// Steps with the gradient `sin(3p + t)`.
    private static void steps(Optimizer optimizer, Map<String, Param> params, int from, int to) {
        for (int t = from; t < to; t++) {
            for (Param p : params.values()) {
                p.grad(p.mul(3).add(t).sin());
            }
            optimizer.step(params);
        }
    }

    private static double[] weights(Map<String, Param> params, String path) {
        return params.get(path).toDoubles();
    }

    @Test
    void aGroupBehavesAsAnOptimiserWithItsConstantsWouldAndTheOthersAsBefore() {
        Map<String, Param> grouped = net();
        steps(new AdamW(0.1).weightDecay(0.5).group("*.bias", g -> g.decay(0).constant("beta1", 0.5)), grouped, 0, 5);
        Map<String, Param> without = net();
        steps(new AdamW(0.1).weightDecay(0).betas(0.5, 0.999), without, 0, 5);
        Map<String, Param> with = net();
        steps(new AdamW(0.1).weightDecay(0.5), with, 0, 5);
        for (String path : List.of("body.bias", "head.bias")) {
            assertThat(weights(grouped, path)).isEqualTo(weights(without, path)).isNotEqualTo(weights(with, path));
        }
        assertThat(weights(grouped, "body.weight")).isEqualTo(weights(with, "body.weight"));
    }

    @Test
    void aRateFactorMultipliesWhatTheScheduleMakesOfTheRate() {
        Map<String, Param> grouped = net();
        Optimizer optimizer = new SGD(0.1).group("body", g -> g.rateFactor(0.5));
        optimizer.rate(0.4);
        steps(optimizer, grouped, 0, 1);
        Map<String, Param> half = net();
        steps(new SGD(0.2), half, 0, 1);
        Map<String, Param> full = net();
        steps(new SGD(0.4), full, 0, 1);
        assertThat(weights(grouped, "body.weight")).isEqualTo(weights(half, "body.weight"));
        assertThat(weights(grouped, "head.weight")).isEqualTo(weights(full, "head.weight"));
    }

    @Test
    void allGroupsThatFitApplyAndALaterOneOverrides() {
        Map<String, Param> grouped = net();
        steps(
                new SGD(0.1)
                        .group("", g -> g.rateFactor(0.5).decay(0.3))
                        .group("*.bias", g -> g.decay(0))
                        .group("head.*", g -> g.rateFactor(1)),
                grouped,
                0,
                1);
        Map<String, Param> expected = net();
        steps(new SGD(0.1), expected, 0, 1);
        assertThat(weights(grouped, "head.bias")).isEqualTo(weights(expected, "head.bias"));
        Map<String, Param> half = net();
        steps(new SGD(0.05), half, 0, 1);
        assertThat(weights(grouped, "body.bias")).isEqualTo(weights(half, "body.bias"));
        Map<String, Param> decayed = net();
        steps(new SGD(0.1).weightDecay(0.3), decayed, 0, 1);
        assertThat(weights(grouped, "head.weight")).isEqualTo(weights(decayed, "head.weight"));
    }

    @Test
    void aFrozenGroupStaysAsItIs() {
        Map<String, Param> params = net();
        Optimizer optimizer = new Adam(0.1).group("body", Group::frozen);
        steps(optimizer, params, 0, 3);
        assertThat(weights(params, "body.weight")).containsExactly(1, 2, 3, 4);
        assertThat(weights(params, "head.bias")).isNotEqualTo(new double[] {7});
        assertThat(optimizer.state()).doesNotContainKey("body.weight/mean");
        assertThatThrownBy(() -> steps(new Adam(0.1).group("", Group::frozen), net(), 0, 1))
                .isInstanceOf(GradException.class);
    }

    @Test
    void onlyMatricesDecay() {
        Map<String, Param> params = net();
        params.values().forEach(p -> p.grad(Tensor.zeros(p.dtype(), p.shape())));
        new SGD(0.1).weightDecay(1).decayMatricesOnly().step(params);
        assertThat(weights(params, "head.weight")[0]).isCloseTo(4.5, within(1e-6));
        assertThat(weights(params, "body.bias")).containsExactly(1, 2);
    }

    @Test
    void ratesFallWithTheDistanceFromTheOutput() {
        Sequential net = Sequential.of(new Linear(2), Tensor::relu, new Linear(2), new Linear(1));
        net.init(1, Shape.of(1, 2));
        Map<String, double[]> before = new LinkedHashMap<>();
        net.parameters().forEach((path, p) -> {
            p.grad(Tensor.ones(p.dtype(), p.shape()));
            before.put(path, p.toDoubles());
        });
        new SGD(1).rateByDepth(net, 0.5).step(net.parameters());
        List<Double> moved = new ArrayList<>();
        for (String path : List.of("0.bias", "2.bias", "3.bias")) {
            moved.add(before.get(path)[0] - net.parameters().get(path).toDoubles()[0]);
        }
        assertThat(moved.get(0)).isCloseTo(0.25, within(1e-6));
        assertThat(moved.get(1)).isCloseTo(0.5, within(1e-6));
        assertThat(moved.get(2)).isCloseTo(1, within(1e-6));
    }

    @Test
    void aRunWithGroupsAveragesAndBoundsGoesOnWithTheSameBitsFromItsDescriptionAndState() {
        List<Optimizer> all = List.of(
                new SGD(0.05).group("*.bias", g -> g.constant("momentum", 0.9)).group("body", g -> g.rateFactor(0.3)),
                new Muon(0.05).group("head", g -> g.decay(0).rateFactor(2)).ema(0.9),
                new Adafactor(0.05).group("*", g -> g.rankBelow(2).frozen()).lookahead(3, 0.5),
                new Adam(0.05).maximize().swa(3, 2).constrain("*.weight", Constraint.maxNorm(2)));
        for (Optimizer o : all) {
            Map<String, Param> straight = net();
            steps(o, straight, 0, 11);

            Map<String, Param> params = net();
            Optimizer first = Optimizer.from(o.describe());
            assertThat(first.describe()).isEqualTo(o.describe());
            steps(first, params, 0, 4);
            Optimizer second = Optimizer.from(o.describe());
            second.load(first.state());
            steps(second, params, 4, 11);
            straight.forEach((path, p) ->
                    assertThat(weights(params, path)).as(o + " " + path).isEqualTo(p.toDoubles()));
            assertThat(second.state().keySet()).isEqualTo(o.state().keySet());
            try (var _ = o.averaged(straight);
                    var _ = second.averaged(params)) {
                straight.forEach((path, p) -> assertThat(weights(params, path)).isEqualTo(p.toDoubles()));
            }
        }
    }

    @Test
    void whatAGroupCannotChangeIsExplained() {
        Optimizer sgd = new SGD(0.1).group("*", g -> g.constant("beta1", 0.5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> steps(sgd, net(), 0, 1))
                .withMessageContaining("no constant of sgd 'beta1'")
                .withMessageContaining("momentum");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LBFGS(1).group("*", g -> g.rateFactor(2)))
                .withMessageContaining("one vector");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SGD(1).group("*", g -> g.rateFactor(-1)))
                .withMessageContaining("Group '*'");
    }

    @Test
    void aStateOfTheWrongGroupsIsExplained() {
        Map<String, Param> params = net();
        Optimizer plain = new SGD(0.1);
        steps(plain, params, 0, 2);
        Optimizer grouped = new SGD(0.1).group("*.bias", g -> g.constant("momentum", 0.9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> grouped.load(plain.state()))
                .withMessageContaining("lacks 'body.bias/momentum'");
    }
}

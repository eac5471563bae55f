package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.nn.Loss.Reduction;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Losses against their formulas in plain double arithmetic, against values that others published, and their
/// gradients.
class LossTest {
    private static final double[] O = {-2.1, -0.7, 0.3, 0.9, 1.6, 2.8};
    private static final double[] T = {-1.0, 1.0, 1.0, -1.0, 1.0, -1.0};
    private static final double[] P = {0.01, 0.2, 0.45, 0.6, 0.87, 0.999};
    private static final double[] Q = {0.0, 1.0, 0.3, 0.5, 1.0, 0.8};

    static Stream<Arguments> elementLosses() {
        return Stream.of(
                Arguments.of(Loss.mse(), O, T, (DoubleBinaryOperator) (o, t) -> (o - t) * (o - t)),
                Arguments.of(Loss.l1(), O, T, (DoubleBinaryOperator) (o, t) -> Math.abs(o - t)),
                Arguments.of(Loss.huber(), O, T, (DoubleBinaryOperator) (o, t) -> huber(o - t, 1)),
                Arguments.of(Loss.huber(2.5), O, T, (DoubleBinaryOperator) (o, t) -> huber(o - t, 2.5)),
                Arguments.of(Loss.quadratic().reduction(Reduction.MEAN), O, T, (DoubleBinaryOperator)
                        (o, t) -> 0.5 * (o - t) * (o - t)),
                Arguments.of(Loss.hinge(), O, T, (DoubleBinaryOperator) (o, t) -> Math.max(0, 1 - t * o)),
                Arguments.of(Loss.bce(), P, Q, (DoubleBinaryOperator)
                        (p, t) -> -(t * Math.log(p) + (1 - t) * Math.log(1 - p))),
                Arguments.of(Loss.bceWithLogits(), O, Q, (DoubleBinaryOperator) (o, t) -> bce(o, t, 1)),
                Arguments.of(Loss.bceWithLogits(3.5), O, Q, (DoubleBinaryOperator) (o, t) -> bce(o, t, 3.5)),
                Arguments.of(Loss.klDivergence(), O, Q, (DoubleBinaryOperator)
                        (o, t) -> t == 0 ? 0 : t * (Math.log(t) - o)));
    }

    private static double huber(double d, double delta) {
        return Math.abs(d) <= delta ? d * d / 2 : delta * (Math.abs(d) - delta / 2);
    }

    private static double bce(double o, double t, double weight) {
        double p = 1 / (1 + Math.exp(-o));
        return -(weight * t * Math.log(p) + (1 - t) * Math.log(1 - p));
    }

    @ParameterizedTest
    @MethodSource("elementLosses")
    void comparesElementsByItsFormula(ElementLoss loss, double[] o, double[] t, DoubleBinaryOperator formula) {
        double sum = 0;
        double[] each = loss.reduction(Reduction.NONE).of(shaped(o), shaped(t)).toDoubles();
        for (int i = 0; i < o.length; i++) {
            double expected = formula.applyAsDouble(o[i], t[i]);
            assertThat(each[i]).as("%s(%s, %s)", loss, o[i], t[i]).isCloseTo(expected, within(1e-12));
            sum += expected;
        }
        assertThat(loss.of(shaped(o), shaped(t)).shape()).isEqualTo(Shape.scalar());
        assertThat(loss.of(shaped(o), shaped(t)).item()).isCloseTo(sum / 6, within(1e-12));
        assertThat(loss.reduction(Reduction.SUM).of(shaped(o), shaped(t)).item())
                .isCloseTo(sum, within(1e-12));
        assertThat(loss.reduction(Reduction.BATCH_MEAN).of(shaped(o), shaped(t)).item())
                .isCloseTo(sum / 3, within(1e-12));
        Tensor single = loss.of(shaped(o).to(DType.F32), shaped(t));
        assertThat(single.dtype()).as("the output's type decides").isEqualTo(DType.F32);
        assertThat(single.item()).isCloseTo(sum / 6, within(1e-6));
    }

    private static Tensor shaped(double[] six) {
        return Tensor.ofDoubles(six, 3, 2);
    }

    @ParameterizedTest
    @MethodSource("elementLosses")
    void hasTheGradientOfItsFormula(ElementLoss loss, double[] o, double[] t, DoubleBinaryOperator formula) {
        for (Reduction r : List.of(Reduction.MEAN, Reduction.SUM, Reduction.BATCH_MEAN)) {
            Check.gradients(loss + " " + r, in -> loss.reduction(r).of(in.getFirst(), shaped(t)), shaped(o));
        }
    }

    /// Values that were computed with PyTorch: by the candle project (the first three) and the burn project.
    @Test
    void givesPublishedValues() {
        Tensor scores = Tensor.of(new float[][] {
            {1.1050f, 0.3013f, -1.5394f, -2.1528f, -0.8634f},
            {1.0730f, -0.9419f, -0.1670f, -0.6582f, 0.5061f},
            {0.8318f, 1.1154f, -0.3610f, 0.5351f, 1.0830f}
        });
        Tensor classes = Tensor.indices(1, 0, 4);
        near(Loss.crossEntropy().of(scores, classes), 1.1312);
        near(Loss.nll().of(scores.logSoftmax(1), classes), 1.1312);
        Tensor logits = Tensor.of(new float[][] {
            {2.3611f, -0.8813f, -0.5006f, -0.2178f},
            {0.0419f, 0.0763f, -1.0457f, -1.6692f},
            {-1.0494f, 0.8111f, 1.5723f, 1.2315f},
            {1.3081f, 0.6641f, 1.1802f, -0.2547f},
            {0.5292f, 0.7636f, 0.3692f, -0.8318f}
        });
        Tensor wanted = Tensor.of(new float[][] {{0, 1, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}, {0, 0, 1, 0}});
        near(Loss.bceWithLogits().of(logits, wanted), 0.8224);
        Tensor four = Tensor.of(0.8271f, 0.9626f, 0.3796f, 0.2355f);
        near(Loss.bceWithLogits().of(four, Tensor.of(0f, 1, 0, 1)), 0.7491);
        near(Loss.bce().of(four.sigmoid(), Tensor.of(0f, 1, 0, 1)), 0.7491);
        near(
                Loss.bceWithLogits()
                        .of(
                                Tensor.of(new float[][] {{0.5150f, 0.3097f, 0.7556f}, {0.4974f, 0.9879f, 0.1564f}}),
                                Tensor.of(new float[][] {{1, 0, 1}, {1, 0, 0}})),
                0.7112);
        near(Loss.huber(0.5).of(Tensor.of(-2, -0.5f, 0, 0.3f, 1), Tensor.zeros(5)), 0.284);
        Tensor probabilities = Tensor.of(new float[][] {
            {0.1f, 0.2f, 0.7f, 0, 0},
            {0.7f, 0.1f, 0.1f, 0.1f, 0},
            {0.2f, 0.2f, 0.2f, 0.2f, 0.2f},
            {0, 0.3f, 0.3f, 0.2f, 0.2f}
        });
        near(Loss.crossEntropy().of(probabilities, Tensor.indices(2, 0, 4, 1)), 1.354197);
        near(Loss.nll().of(probabilities.log(), Tensor.indices(2, 0, 4, 1)), 0.88169014);
    }

    private static void near(Tensor loss, double published) {
        assertThat(loss.item()).isCloseTo(published, within(5e-5));
    }

    @Test
    void aPublishedGradientPassesByWhatIsIgnored() {
        Tensor logits = Tensor.of(new float[][] {{2, 0, -1}, {0, 0, 0}}).requireGrad();
        Loss.crossEntropy().ignoreIndex(2).of(logits, Tensor.indices(0, 2)).backward();
        Tensor expected = Tensor.of(new float[][] {{-0.1562053f, 0.1141952f, 0.04201007f}, {0, 0, 0}});
        assertThat(logits.grad().allClose(expected, 1e-4, 1e-7))
                .as("%s", logits.grad())
                .isTrue();
    }

    @Test
    void quadraticCostIsNielsensEquation() { // C = 1/(2n)·sum over inputs of |y - a|²
        double[] a = {0.2, 0.9, 0.4, 0.7, 0.1, 0.6};
        double[] y = {0, 1, 0, 0, 0, 1};
        double c = 0;
        for (int i = 0; i < 6; i++) {
            c += (y[i] - a[i]) * (y[i] - a[i]);
        }
        assertThat(Loss.quadratic().of(shaped(a), shaped(y)).item()).isCloseTo(c / (2 * 3), within(1e-15));
        Tensor output = Tensor.ofDoubles(a, 2, 3).requireGrad();
        Loss.quadratic().oneHot().of(output, Tensor.indices(1, 2)).backward();
        assertThat(output.grad().toDoubles())
                .containsExactly(new double[] {0.1, -0.05, 0.2, 0.35, 0.05, -0.2}, within(1e-15));
    }

    @Test
    void crossEntropyFollowsItsFormulaWithEveryOption() {
        long seed = 17;
        Tensor scores = Check.random(seed, -3, 3, 4, 3, 2);
        long[] classes = {0, 2, 1, -1, 2, 2, -1, 0};
        double[] w = {0.5, 2, 1.25};
        double e = 0.2;
        double[] s = scores.toDoubles();
        double[] each = new double[8];
        double sum = 0;
        double weights = 0;
        for (int b = 0; b < 4; b++) {
            for (int d = 0; d < 2; d++) {
                int at = 2 * b + d;
                int t = (int) classes[at];
                if (t < 0) {
                    continue;
                }
                double z = 0;
                for (int c = 0; c < 3; c++) {
                    z += Math.exp(s[b * 6 + c * 2 + d]);
                }
                for (int c = 0; c < 3; c++) {
                    double share = (c == t ? 1 - e : 0) + e / 3;
                    each[at] -= w[c] * share * (s[b * 6 + c * 2 + d] - Math.log(z));
                }
                sum += each[at];
                weights += w[t];
            }
        }
        ClassLoss loss = Loss.crossEntropy().labelSmoothing(e).classWeights(w).ignoreIndex(-1);
        Tensor target = Tensor.ofLongs(classes, 4, 2);
        assertThat(loss.reduction(Reduction.NONE).of(scores, target).toDoubles())
                .containsExactly(each, within(1e-12));
        assertThat(loss.reduction(Reduction.SUM).of(scores, target).item()).isCloseTo(sum, within(1e-12));
        assertThat(loss.of(scores, target).item()).isCloseTo(sum / weights, within(1e-12));
        assertThat(loss.reduction(Reduction.BATCH_MEAN).of(scores, target).item())
                .isCloseTo(sum / 4, within(1e-12));
        Check.gradients(loss.toString(), in -> loss.of(in.getFirst(), target), scores);
        Check.gradients(
                "plain", in -> Loss.crossEntropy().of(in.getFirst(), target.maximum(Tensor.indices(0))), scores);
    }

    @Test
    void probabilitiesAndIndicesAgree() {
        Tensor scores = Check.random(4, -3, 3, 5, 4);
        Tensor classes = Tensor.indices(3, 0, 0, 2, 1);
        Tensor rows = classes.oneHot(4).to(DType.F64);
        for (ClassLoss loss : List.of(Loss.crossEntropy(), Loss.crossEntropy().labelSmoothing(0.1), Loss.nll())) {
            assertThat(loss.of(scores, rows).item())
                    .isCloseTo(loss.of(scores, classes).item(), within(1e-12));
        }
        Tensor q = Check.random(6, 0.1, 1, 5, 4).softmax(1);
        double expected = 0;
        double[] s = scores.toDoubles();
        double[] p = q.toDoubles();
        double[] w = {1, 2, 0.5, 3};
        for (int b = 0; b < 5; b++) {
            double z = 0;
            for (int c = 0; c < 4; c++) {
                z += Math.exp(s[4 * b + c]);
            }
            for (int c = 0; c < 4; c++) {
                expected -= w[c] * (0.9 * p[4 * b + c] + 0.1 / 4) * (s[4 * b + c] - Math.log(z)) / 5;
            }
        }
        ClassLoss loss = Loss.crossEntropy().labelSmoothing(0.1).classWeights(w);
        assertThat(loss.of(scores, q).item()).isCloseTo(expected, within(1e-12));
        Check.gradients("scores and targets", in -> loss.of(in.get(0), in.get(1)), scores, q);
    }

    @Test
    void targetsMayHaveAnyIntegerType() {
        Tensor scores = Check.random(4, -3, 3, 3, 4);
        double expected =
                Loss.crossEntropy().of(scores, Tensor.indices(3, 0, 2)).item();
        for (DType type : List.of(DType.U8, DType.I8, DType.I32)) {
            assertThat(Loss.crossEntropy()
                            .of(scores, Tensor.indices(3, 0, 2).to(type))
                            .item())
                    .as("%s", type)
                    .isEqualTo(expected);
        }
    }

    @Test
    void crossEntropyIsOneOperation() {
        var names = new java.util.ArrayList<String>();
        var listener = new cajal.tensor.Listener() {
            @Override
            public void ran(cajal.tensor.Op op, String path, Tensor[] in, Tensor[] out) {
                names.add(op.name());
            }
        };
        try (var _ = cajal.tensor.Context.current().listener(listener).enter()) {
            Loss.crossEntropy().of(Tensor.zeros(8, 10), Tensor.indices(0, 1, 2, 3, 4, 5, 6, 7));
        }
        assertThat(names).containsExactly("crossEntropy");
    }

    @Test
    void extremeScoresGiveFiniteLossesAndGradients() {
        Tensor scores =
                Tensor.of(new float[][] {{1e4f, -1e4f, 0}, {-3e38f, 3e38f, 0}}).requireGrad();
        Tensor loss = Loss.crossEntropy().reduction(Reduction.NONE).of(scores, Tensor.indices(0, 1));
        assertThat(loss.abs().max().item()).isZero();
        loss.sum().backward();
        assertThat(scores.grad().abs().max().item()).isZero();
        assertThat(Loss.crossEntropy()
                        .of(Tensor.of(new float[][] {{1e4f, -1e4f, 0}}), Tensor.indices(1))
                        .item())
                .isEqualTo(2e4);

        Tensor logits = Tensor.of(-1e4f, 1e4f, -1e4f, 1e4f).requireGrad();
        Tensor binary = Loss.bceWithLogits().reduction(Reduction.NONE).of(logits, Tensor.of(1f, 0, 0, 1));
        assertThat(binary.toFloats()).containsExactly(1e4f, 1e4f, 0, 0);
        binary.sum().backward();
        assertThat(logits.grad().toFloats()).containsExactly(-1, 1, 0, 0);
        assertThat(Loss.bceWithLogits().of(Check.doubles(50), Check.doubles(1)).item())
                .as("e^-50 does not drown")
                .isCloseTo(Math.exp(-50), within(1e-34));

        Tensor p = Tensor.of(0f, 1, 0, 1, 1e-40f).requireGrad();
        Tensor clamped = Loss.bce().reduction(Reduction.NONE).of(p, Tensor.of(1f, 0, 0, 1, 1));
        assertThat(clamped.abs().toFloats())
                .as("logarithms stop at -100, as in PyTorch")
                .containsExactly(100, 100, 0, 0, 100);
        clamped.sum().backward();
        for (float g : p.grad().toFloats()) {
            assertThat(g).isFinite();
        }
        assertThat(Loss.bce().of(Tensor.of(-0.5f), Tensor.of(1f)).item())
                .as("no probability")
                .isNaN();
        assertThat(Loss.klDivergence().of(Tensor.of(-3f, -2), Tensor.of(0f, 1)).item())
                .isEqualTo(1);
    }

    @Test
    void positiveWeightsMayDifferByOutput() {
        double[] o = {-1, 0.5, 2, 0.3, -0.2, 1};
        double[] t = {1, 0, 1, 0, 1, 1};
        double[] w = {2, 0.5, 3};
        double[] each = Loss.bceWithLogits(w)
                .reduction(Reduction.NONE)
                .of(Tensor.ofDoubles(o, 2, 3), Tensor.ofDoubles(t, 2, 3))
                .toDoubles();
        for (int i = 0; i < 6; i++) {
            assertThat(each[i]).isCloseTo(bce(o[i], t[i], w[i % 3]), within(1e-12));
        }
    }

    @Test
    void classIndicesBecomeRowsWhenAsked() {
        Tensor output = Check.random(2, -1, 1, 2, 3);
        Tensor classes = Tensor.indices(2, 0);
        assertThat(Loss.mse().oneHot().of(output, classes).item())
                .isEqualTo(Loss.mse()
                        .of(output, Tensor.of(new float[][] {{0, 0, 1}, {1, 0, 0}}))
                        .item());
        assertThat(Loss.hinge().oneHot().of(output, classes).item())
                .isEqualTo(Loss.hinge()
                        .of(output, Tensor.of(new float[][] {{-1, -1, 1}, {1, -1, -1}}))
                        .item());
    }

    @Test
    void allSamplesIgnoredGiveNaNAsInPyTorch() {
        assertThat(Loss.crossEntropy()
                        .ignoreIndex(1)
                        .of(Tensor.zeros(2, 3), Tensor.indices(1, 1))
                        .item())
                .isNaN();
    }

    @Test
    void namesMakeLossesAndDescriptionsMakeThemAgain() {
        assertThat(Loss.names())
                .containsExactly(
                        "cross-entropy",
                        "nll",
                        "focal",
                        "mse",
                        "l1",
                        "huber",
                        "smooth-l1",
                        "log-cosh",
                        "quadratic",
                        "msle",
                        "mape",
                        "poisson-nll",
                        "bce",
                        "bce-with-logits",
                        "binary-focal",
                        "kl-divergence",
                        "dice",
                        "tversky",
                        "hinge",
                        "soft-margin",
                        "hinge-embedding",
                        "multi-margin",
                        "multi-label-margin",
                        "multi-label-soft-margin",
                        "info-nce");
        for (String name : Loss.names()) {
            Loss loss = Loss.named(name);
            assertThat(loss.name()).isEqualTo(name);
            assertThat(Loss.of(loss.spec().orElseThrow()).spec()).isEqualTo(loss.spec());
        }
        assertThat(Loss.named("quadratic").spec()).isEqualTo(Loss.quadratic().spec());
        assertThat(Loss.named("huber:0.5").spec())
                .contains(Spec.of("huber", Map.of("delta", 0.5, "reduction", "mean")));
        assertThat(Loss.named("MAE").name()).isEqualTo("l1");
        assertThat(((Loss) (o, t) -> o.sub(t).sum()).spec()).isEmpty();
        for (Loss loss : List.of(
                Loss.crossEntropy()
                        .labelSmoothing(0.1)
                        .classWeights(1, 2)
                        .ignoreIndex(-100)
                        .reduction(Reduction.SUM),
                Loss.bceWithLogits(1.5, 2),
                Loss.quadratic().oneHot(),
                Loss.klDivergence().reduction(Reduction.BATCH_MEAN))) {
            Loss again = Loss.of(loss.spec().orElseThrow());
            assertThat(again.spec()).isEqualTo(loss.spec());
            assertThat(again).hasToString(loss.toString());
        }
    }

    @Test
    void aSecondDerivativeOfTheMeanSquareIsTwoOverN() {
        Tensor x = Check.doubles(0.3, -0.8).requireGrad();
        Tensor g = Grad.of(Loss.mse().of(x, Check.doubles(0, 0)), List.of(x), Grad.CREATE_GRAPH)
                .getFirst();
        assertThat(Grad.of(g.sum(), x).getFirst().toDoubles()).containsExactly(1, 1);
    }

    @Test
    void newConstantsGoThroughNamesAndDescriptions() {
        assertThat(Loss.named("focal:3").spec()).isEqualTo(Loss.focal(3).spec());
        assertThat(Loss.named("multi-margin:1,2").spec())
                .isEqualTo(Loss.multiMargin(2, 1).spec());
        assertThat(Loss.named("tversky:0.5,0.5").spec())
                .contains(Spec.of("tversky", Map.of("alpha", 0.5, "beta", 0.5, "smooth", 1.0, "reduction", "mean")));
        Spec old = Spec.of("kl-divergence", Map.of("reduction", "mean"));
        assertThat(Loss.of(old).spec())
                .as("a file from before it had a constant")
                .isEqualTo(Loss.klDivergence().spec());
        assertThat(Loss.tripletMargin().reduction(Reduction.SUM))
                .hasToString("triplet-margin{margin=1.0, power=2.0, swap=0.0, reduction=sum}");
    }

    @Test
    void theLogarithmOfTheHyperbolicCosineKeepsItsDigits() {
        assertThat(Loss.logCosh().of(Tensor.of(1e-4f), Tensor.of(0f)).item())
                .as("d²/2")
                .isCloseTo(5e-9, within(1e-14));
        assertThat(Loss.logCosh().of(Tensor.of(-1e4f), Tensor.of(0f)).item())
                .isCloseTo(1e4 - Math.log(2), within(1e-3));
        Tensor d = Check.doubles(0, 1e-5, -0.5, 1, 40).requireGrad();
        Tensor g = Grad.of(Loss.logCosh().reduction(Reduction.SUM).of(d, Check.doubles(0, 0, 0, 0, 0)), d)
                .getFirst();
        for (int i = 0; i < 5; i++) {
            assertThat(g.get(i)).isCloseTo(Math.tanh(d.get(i)), within(1e-14));
        }
        Tensor zero = Check.doubles(0).requireGrad();
        Tensor slope = Grad.of(Loss.logCosh().of(zero, Check.doubles(0)), List.of(zero), Grad.CREATE_GRAPH)
                .getFirst();
        assertThat(Grad.of(slope.sum(), zero).getFirst().item())
                .as("curvature at 0")
                .isEqualTo(1);
    }

    @Test
    void classIndicesBecomeListsForSeveralLabels() {
        Tensor output = Check.random(2, -1, 1, 2, 3);
        assertThat(Loss.multiLabelMargin()
                        .oneHot()
                        .of(output, Tensor.indices(2, 0))
                        .item())
                .isEqualTo(Loss.multiLabelMargin()
                        .of(output, Tensor.ofLongs(new long[] {2, -1, -1, 0, -1, -1}, 2, 3))
                        .item());
    }

    @Test
    void variancesThatVanishCountAsTheLeastOneAndMayGrow() {
        Tensor v = Check.doubles(0, 2).requireGrad();
        Tensor each = Loss.gaussianNll().reduction(Reduction.NONE).of(Check.doubles(1, 1), Check.doubles(0, 0), v);
        assertThat(each.toDoubles()[0]).isCloseTo((Math.log(1e-6) + 1e6) / 2, within(1e-6));
        assertThat(Grad.of(each.sum(), v).getFirst().toDoubles()[0]).isCloseTo((1e6 - 1e12) / 2, within(1.0));
    }

    @Test
    void focusOfCertainSamplesHasFiniteGradients() {
        Tensor scores = Tensor.of(new float[][] {{200f, -200f}, {-200f, 200f}}).requireGrad();
        for (double gamma : new double[] {0.5, 1, 2}) {
            for (Loss loss : List.of(Loss.focal(gamma), Loss.binaryFocal(gamma, 0.25))) {
                Tensor target =
                        loss instanceof ClassLoss ? Tensor.indices(0, 0) : Tensor.of(new float[][] {{1, 0}, {1, 0}});
                for (float g :
                        Grad.of(loss.of(scores, target), scores).getFirst().toFloats()) {
                    assertThat(g).as("%s %s", loss.name(), gamma).isFinite();
                }
            }
        }
    }
}

package cajal.nn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.IndexException;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What the losses say when they are given what does not fit.
class LossErrorTest {
    private static void says(ThrowingCallable call, Class<? extends Throwable> type, String message) {
        assertThatThrownBy(call).isInstanceOf(type).hasMessage(message);
    }

    @Test
    void crossEntropyOfOneClassPointsToTheBinaryLoss() {
        says(
                () -> Loss.crossEntropy().of(Tensor.zeros(32, 1), Tensor.indices(new long[32])),
                ShapeException.class,
                """
                cross-entropy got output (32, 1), scores of 1 class
                  rule: at least 2 classes, or there is nothing to choose
                  fix:  Loss.bceWithLogits() for one yes-or-no output, or 2 neurons in the last layer""");
    }

    @Test
    void crossEntropyOfAVectorAsksForRows() {
        says(() -> Loss.crossEntropy().of(Tensor.zeros(10), Tensor.indices(3)), ShapeException.class, """
                cross-entropy expects output (B, C) but got (10)
                  rule: a row of scores for each sample
                  fix:  for a single sample output.unsqueeze(0)""");
    }

    @Test
    void floatingClassIndicesAreNamedWithTheirCure() {
        says(() -> Loss.crossEntropy().of(Tensor.zeros(4, 10), Tensor.zeros(4)), ShapeException.class, """
                cross-entropy got output (4, 10) and target (4) F32
                  rule: class indices (4) of an integer type, or probabilities (4, 10)
                  fix:  target.to(DType.I64)""");
    }

    @Test
    void integerRowsAndColumnsAreNamedWithTheirCure() {
        says(
                () -> Loss.crossEntropy().of(Tensor.zeros(2, 3), Tensor.ofLongs(new long[6], 2, 3)),
                ShapeException.class,
                """
                cross-entropy got output (2, 3) and target (2, 3) I64
                  rule: class indices (2) of an integer type, or probabilities (2, 3)
                  fix:  target.to(DType.F32) for probabilities, target.argmax(1) for one-hot rows""");
        says(() -> Loss.nll().of(Tensor.zeros(2, 3), Tensor.ofLongs(new long[2], 2, 1)), ShapeException.class, """
                nll got output (2, 3) and target (2, 1) I64
                  rule: class indices (2) of an integer type, or probabilities (2, 3)
                  fix:  target.reshape(2)""");
        says(() -> Loss.crossEntropy().of(Tensor.zeros(2, 3), Tensor.indices(0, 1, 2)), ShapeException.class, """
                cross-entropy got output (2, 3) and target (3) I64
                  rule: class indices (2) of an integer type, or probabilities (2, 3)""");
    }

    @Test
    void aClassOutOfRangeIsNamedWithTheNumberOfClasses() {
        says(() -> Loss.crossEntropy().of(Tensor.zeros(3, 10), Tensor.indices(3, 12, 10)), IndexException.class, """
                cross-entropy got class 12 (target 1 of 3) for output (3, 10)
                  rule: 10 classes are numbered 0 .. 9
                  fix:  with targets up to 12 the last layer needs 13 outputs""");
        says(() -> Loss.crossEntropy().of(Tensor.zeros(3, 3), Tensor.indices(1, 2, 3)), IndexException.class, """
                cross-entropy got class 3 (target 2 of 3) for output (3, 3)
                  rule: 3 classes are numbered 0 .. 2
                  fix:  these targets count from 1: target.sub(1)""");
        says(() -> Loss.crossEntropy().of(Tensor.zeros(2, 3), Tensor.indices(1, -100)), IndexException.class, """
                cross-entropy got class -100 (target 1 of 2) for output (2, 3)
                  rule: 3 classes are numbered 0 .. 2
                  fix:  if -100 marks what does not count: ignoreIndex(-100)""");
        says(() -> Loss.quadratic().oneHot().of(Tensor.zeros(1, 3), Tensor.indices(3)), IndexException.class, """
                quadratic got class 3 (target 0 of 1) for output (1, 3)
                  rule: 3 classes are numbered 0 .. 2
                  fix:  with targets up to 3 the last layer needs 4 outputs""");
    }

    @Test
    void optionsThatDoNotFitAreNamed() {
        says(
                () -> Loss.crossEntropy().classWeights(1, 2).of(Tensor.zeros(2, 3), Tensor.indices(0, 1)),
                ShapeException.class,
                """
                cross-entropy has 2 class weights for output (2, 3)
                  rule: one weight for each of the 3 classes""");
        says(
                () -> Loss.crossEntropy().ignoreIndex(0).of(Tensor.zeros(2, 3), Tensor.zeros(2, 3)),
                IllegalArgumentException.class,
                """
                cross-entropy of probabilities with ignoreIndex(0)
                  rule: samples are ignored by class index; probabilities name no class""");
        says(() -> Loss.bceWithLogits(1, 2).of(Tensor.zeros(2, 3), Tensor.zeros(2, 3)), ShapeException.class, """
                bce-with-logits has 2 positive weights for output (2, 3)
                  rule: one weight, or one for each entry of the last axis""");
        says(
                () -> Loss.crossEntropy().labelSmoothing(1.5),
                IllegalArgumentException.class,
                "labelSmoothing(1.5)\n  rule: it lies in 0 .. 1");
        says(
                () -> Loss.crossEntropy().classWeights(1, -1),
                IllegalArgumentException.class,
                "classWeights[1.0, -1.0]\n  rule: no weight is negative");
        says(() -> Loss.huber(0), IllegalArgumentException.class, "huber(delta 0.0)\n  rule: delta > 0");
    }

    @Test
    void elementLossesNeverBroadcast() {
        says(() -> Loss.mse().of(Tensor.zeros(32, 1), Tensor.zeros(32)), ShapeException.class, """
                mse compares output (32, 1) with target (32)
                  rule: both have one shape
                  fix:  target.reshape(32, 1)""");
        says(() -> Loss.l1().of(Tensor.zeros(2, 3), Tensor.zeros(3)), ShapeException.class, """
                l1 compares output (2, 3) with target (3)
                  rule: both have one shape""");
        says(() -> Loss.quadratic().of(Tensor.zeros(2, 3), Tensor.indices(0, 1)), ShapeException.class, """
                quadratic compares output (2, 3) with target (2)
                  rule: both have one shape
                  fix:  for class indices call oneHot() on the loss, or take Loss.crossEntropy()""");
        says(() -> Loss.mse().oneHot().of(Tensor.zeros(2, 3), Tensor.zeros(2)), ShapeException.class, """
                mse of classes got output (2, 3) and target (2) F32
                  rule: output (B, C), target (B) of an integer type""");
    }

    @Test
    void anUnknownLossIsAnsweredWithTheNearest() {
        says(() -> Loss.named("crossentrpy"), UnknownNameException.class, """
                Unknown loss 'crossentrpy'
                  rule: there are cross-entropy, nll, focal, mse, l1, huber, smooth-l1, log-cosh, quadratic, msle, mape, poisson-nll, bce, bce-with-logits, binary-focal, kl-divergence, dice, tversky, hinge, soft-margin, hinge-embedding, multi-margin, multi-label-margin, multi-label-soft-margin, info-nce
                  fix:  did you mean 'cross-entropy'?""");
        says(
                () -> Loss.named("mse:2"),
                IllegalArgumentException.class,
                "The loss 'mse' was given [2.0]\n  rule: it has no constants");
        says(
                () -> Loss.of(Spec.of("mse", java.util.Map.of("reduction", "median"))),
                IllegalArgumentException.class,
                """
                There is no reduction 'median'
                  rule: there are [MEAN, SUM, NONE, BATCH_MEAN]""");
    }

    @Test
    void lossesOfRowsSayHowManyAxesTheyNeed() {
        says(() -> Loss.infoNce().of(Tensor.zeros(3), Tensor.zeros(3)), ShapeException.class, """
                info-nce got output (3)
                  rule: it has two axes, the first one being the batch""");
        says(() -> Loss.dice().of(Tensor.zeros(3), Tensor.zeros(3)), ShapeException.class, """
                dice got output (3)
                  rule: it has at least two axes, the first one being the batch""");
    }

    @Test
    void lossesOfThreeTensorsNameEachOfThem() {
        says(
                () -> Loss.tripletMargin().of(Tensor.zeros(3, 2), Tensor.zeros(3, 2), Tensor.zeros(3)),
                ShapeException.class,
                """
                triplet-margin got anchor (3, 2), positive (3, 2), negative (3)
                  rule: all have one shape, the last axis being the features""");
        says(
                () -> Loss.cosineEmbedding(0).of(Tensor.zeros(3, 2), Tensor.zeros(3, 2), Tensor.zeros(3, 2)),
                ShapeException.class,
                """
                cosine-embedding got first (3, 2), second (3, 2), target (3, 2)
                  rule: (B, D), (B, D) and (B), or (D), (D) and a single number""");
        says(
                () -> Loss.gaussianNll().of(Tensor.zeros(3, 2), Tensor.zeros(3, 2), Tensor.zeros(3)),
                ShapeException.class,
                """
                gaussian-nll got output (3, 2), target (3, 2), variance (3)
                  rule: all have one shape; the variance may have length 1 along the last axis""");
    }

    @Test
    void constantsThatMayNotBeTakenAreNamed() {
        says(() -> Loss.smoothL1(-1), IllegalArgumentException.class, "smooth-l1(beta -1.0)\n  rule: beta >= 0");
        says(
                () -> Loss.named("info-nce:0"),
                IllegalArgumentException.class,
                "info-nce(temperature 0.0)\n  rule: temperature > 0");
        says(
                () -> Loss.binaryFocal(2, 3),
                IllegalArgumentException.class,
                "binary-focal(alpha 3.0)\n  rule: alpha in 0 .. 1, or -1 for none");
        says(() -> Loss.multiMargin(3, 1), IllegalArgumentException.class, "multi-margin(p 3.0)\n  rule: p is 1 or 2");
        says(() -> Loss.focal(-1), IllegalArgumentException.class, "focus(-1.0)\n  rule: focus >= 0");
        says(
                () -> Loss.tripletMargin(0, 2, false),
                IllegalArgumentException.class,
                "triplet-margin(margin 0.0)\n  rule: margin > 0");
    }
}

package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.kernel.Shape;
import cajal.tensor.Indexing;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Behaviour that people know from NumPy and PyTorch, with values worked out by hand.
class SemanticsTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    @Test
    void shapesAreBroadcastFromTheLastAxis() {
        Tensor a = Tensor.of(new float[] {0, 10, 20}, 3, 1);
        Tensor b = Tensor.of(1, 2);
        assertThat(a.add(b).toFloats()).containsExactly(1, 2, 11, 12, 21, 22);
        assertThat(b.sub(a).shape()).isEqualTo(Shape.of(3, 2));
        assertThat(Tensor.zeros(5, 1, 3).add(Tensor.zeros(4, 1)).shape()).isEqualTo(Shape.of(5, 4, 3));
        assertThat(Tensor.zeros(0, 3).add(Tensor.ones(1, 3)).shape()).isEqualTo(Shape.of(0, 3));
        assertThat(Tensor.zeros(2, 1).add(Tensor.zeros(0)).shape()).isEqualTo(Shape.of(2, 0));
    }

    @Test
    void slicesTakeNegativeBoundsAndCutThoseBeyondTheEnd() {
        Tensor x = Tensor.of(0, 1, 2, 3, 4, 5);
        assertThat(x.slice(0, -3, -1).toFloats()).containsExactly(3, 4);
        assertThat(x.slice(0, 4, 99).toFloats()).containsExactly(4, 5);
        assertThat(x.slice(0, -99, 2).toFloats()).containsExactly(0, 1);
        assertThat(x.slice(0, 5, 2).toFloats()).isEmpty();
        assertThat(x.slice(0, 1, 6, 2).toFloats()).containsExactly(1, 3, 5);
        assertThat(x.slice(0, 0, 6, 4).toFloats()).containsExactly(0, 4);
        assertThat(x.slice(0, 7, 9).toFloats()).isEmpty();
        assertThat(x.select(0, -1).item()).isEqualTo(5);
        assertThat(x.slice(-1, 0, 2).flip(0).toFloats()).containsExactly(1, 0);
    }

    @Test
    void sortingIsStableAndTakesNanAsTheLargest() {
        Tensor x = Tensor.of(2, NAN, 1, 2, -INF, NAN, INF);
        Indexing.Sorted up = x.sort(0);
        assertThat(up.values().toFloats()).containsExactly(-INF, 1, 2, 2, INF, NAN, NAN);
        assertThat(up.indices().toLongs()).containsExactly(4, 2, 0, 3, 6, 1, 5);
        Indexing.Sorted down = x.sort(0, true);
        assertThat(down.values().toFloats()).containsExactly(NAN, NAN, INF, 2, 2, 1, -INF);
        assertThat(down.indices().toLongs()).containsExactly(1, 5, 6, 0, 3, 2, 4);
        assertThat(Tensor.of(0f, -0f, 0f).sort(0).indices().toLongs()).containsExactly(0, 1, 2);
    }

    @Test
    void theTopElementsOfTiesAreTheFirstOnes() {
        Indexing.Sorted top = Tensor.of(1, 3, 3, 2, 3).topK(2, 0);
        assertThat(top.values().toFloats()).containsExactly(3, 3);
        assertThat(top.indices().toLongs()).containsExactly(1, 2);
        assertThat(Tensor.of(1, NAN, 3).topK(1, 0).indices().toLongs()).containsExactly(1);
        assertThat(Tensor.of(1, 2).topK(0, 0).values().toFloats()).isEmpty();
    }

    @Test
    void theFirstLargestIsFoundAndNanWins() {
        assertThat(Tensor.of(1, 3, 3, 2).argmax(0).item()).isEqualTo(1);
        assertThat(Tensor.of(1, NAN, 3, NAN).argmax(0).item()).isEqualTo(1);
        assertThat(Tensor.of(1, NAN, -3).argmin(0).item()).isEqualTo(1);
        assertThat(Tensor.of(-INF, -INF).argmax(0).item()).isZero();
        assertThat(Tensor.of(1, NAN, 3).max().item()).isNaN();
        assertThat(Tensor.of(1, NAN, 3).min().item()).isNaN();
        assertThat(Tensor.of(NAN).maximum(Tensor.of(1f)).item()).isNaN();
        assertThat(Tensor.of(1f).minimum(Tensor.of(NAN)).item()).isNaN();
    }

    @Test
    void ofNothingTheSumIsZeroAndTheProductOne() {
        Tensor none = Tensor.zeros(2, 0);
        assertThat(none.sum(1).toFloats()).containsExactly(0, 0);
        assertThat(none.prod(1).toFloats()).containsExactly(1, 1);
        assertThat(none.max(1).toFloats()).containsExactly(-INF, -INF);
        assertThat(none.min(1).toFloats()).containsExactly(INF, INF);
        assertThat(none.mean(1).toFloats()).containsExactly(NAN, NAN);
        assertThat(none.logSumExp(1).toFloats()).containsExactly(-INF, -INF);
        assertThat(none.sum(0).shape()).isEqualTo(Shape.of(0));
        assertThat(Tensor.zeros(2, 0).matmul(Tensor.zeros(0, 2)).toFloats()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void runningSumsStartAnewInEachRow() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        assertThat(x.cumsum(1).toFloats()).containsExactly(1, 3, 3, 7);
        assertThat(x.cumsum(0).toFloats()).containsExactly(1, 2, 4, 6);
        assertThat(Tensor.of(true, false, true, true).cumsum(0).toLongs()).containsExactly(1, 1, 2, 3);
    }

    @Test
    void truthValuesAndIntegersSumToIntegers() {
        assertThat(Tensor.of(true, true, true).sum().dtype()).isEqualTo(DType.I64);
        assertThat(Tensor.of(true, true, true).sum().item()).isEqualTo(3);
        assertThat(Tensor.scalar(1, DType.BOOL).sum().dtype()).isEqualTo(DType.I64);
        assertThat(Tensor.scalar(3, DType.I32).prod().dtype()).isEqualTo(DType.I64);
        assertThat(Tensor.of(true, false).mean().item()).isEqualTo(0.5);
        assertThat(Tensor.indices(1, 2).div(Tensor.indices(2, 4)).toFloats()).containsExactly(0.5f, 0.5f);
        assertThat(Tensor.indices(3).pow(2).dtype())
                .isEqualTo(Tensor.indices(3).pow(3).dtype());
        assertThat(Tensor.indices(1, 2).add(1).dtype()).isEqualTo(DType.I64);
        assertThat(Tensor.indices(1, 2).add(0.5).toFloats()).containsExactly(1.5f, 2.5f);
    }

    @Test
    void typesMeetInTheWiderOne() {
        assertThat(DType.promote(DType.F32, DType.F64)).isEqualTo(DType.F64);
        assertThat(DType.promote(DType.I64, DType.F16)).isEqualTo(DType.F16);
        assertThat(DType.promote(DType.F16, DType.BF16)).isEqualTo(DType.F32);
        assertThat(DType.promote(DType.U8, DType.I8)).isEqualTo(DType.I32);
        for (DType a : DType.values()) {
            for (DType b : DType.values()) {
                assertThat(DType.promote(a, b)).isEqualTo(DType.promote(b, a));
            }
        }
    }

    @Test
    void castsTruncateRoundAndClamp() {
        Tensor x = Tensor.of(-1.7f, 2.9f, 300f, NAN);
        assertThat(x.to(DType.I64).toLongs()).containsExactly(-1, 2, 300, 0);
        assertThat(x.to(DType.U8).toLongs()).containsExactly(0, 2, 255, 0);
        assertThat(x.to(DType.I8).toLongs()).containsExactly(-1, 2, 127, 0);
        assertThat(x.to(DType.BOOL).toLongs()).containsExactly(1, 1, 1, 1);
        assertThat(Tensor.of(0x1.004p0f, 65504f, 1e6f, 1e-8f).to(DType.F16).toFloats())
                .containsExactly(0x1.004p0f, 65504f, INF, 0f);
        assertThat(Tensor.of(0x1.01p0f, 0x1.03p0f, 3.4e38f).to(DType.BF16).toFloats())
                .containsExactly(1f, 1.015625f, INF);
    }

    @Test
    void paddingNamesTheLastAxisFirst() {
        Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor y = x.pad(9, new long[] {1, 0, 0, 1});
        assertThat(y.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(y.toFloats()).containsExactly(9, 1, 2, 9, 9, 9);
    }

    @Test
    void logSumExpAndSoftmaxSurviveHugeAndInfiniteNumbers() {
        assertThat(Tensor.of(1000, 1000).logSumExp().item()).isEqualTo((float) (1000 + Math.log(2)));
        assertThat(Tensor.of(-INF, -INF).logSumExp().item()).isEqualTo(-INF);
        assertThat(Tensor.of(INF, 1).logSumExp().item()).isEqualTo(INF);
        assertThat(Tensor.of(-INF, 5).logSumExp().item()).isEqualTo(5);
        assertThat(Tensor.of(NAN, 5).logSumExp().item()).isNaN();
        assertThat(Tensor.of(3e38f, 0, -3e38f).softmax(0).toFloats()).containsExactly(1, 0, 0);
        assertThat(Tensor.of(-INF, 0, 0).softmax(0).toFloats()).containsExactly(0, 0.5f, 0.5f);
        assertThat(Tensor.of(1000, 0).logSoftmax(0).toFloats()).containsExactly(0, -1000);
    }

    @Test
    void activationsSurviveHugeNumbers() {
        Tensor x = Tensor.of(-1e4f, 1e4f);
        assertThat(x.softplus().toFloats()).containsExactly(0, 1e4f);
        assertThat(x.logSigmoid().toFloats()).containsExactly(-1e4f, -0f);
        assertThat(x.sigmoid().toFloats()).containsExactly(0, 1);
        assertThat(x.elu().toFloats()).containsExactly(-1, 1e4f);
        assertThat(x.mish().toFloats()).containsExactly(-0f, 1e4f);
        for (Tensor y : List.of(x.requireGrad(), Tensor.of(-INF, INF).requireGrad())) {
            y.elu()
                    .add(y.softplus())
                    .add(y.logSigmoid())
                    .add(y.tanh())
                    .add(y.sigmoid())
                    .sum()
                    .backward();
            assertThat(y.grad().toFloats()).as("the gradient at " + y).doesNotContain(NAN);
        }
    }

    @Test
    void roundingGoesToTheEvenNumber() {
        assertThat(Tensor.of(0.5f, 1.5f, 2.5f, -0.5f, -1.5f).round().toFloats()).containsExactly(0f, 2f, 2f, -0f, -2f);
        assertThat(Tensor.of(-1.5f, 1.5f).ceil().toFloats()).containsExactly(-1, 2);
        assertThat(Tensor.of(-1.5f, 1.5f).floor().toFloats()).containsExactly(-2, 1);
    }

    @Test
    void rangesAreLikeNumpys() {
        assertThat(Tensor.arange(0, 1, 0.25).toFloats()).containsExactly(0, 0.25f, 0.5f, 0.75f);
        assertThat(Tensor.arange(0, 1.1, 0.25).toFloats()).hasSize(5);
        assertThat(Tensor.arange(3, 0, -1).toFloats()).containsExactly(3, 2, 1);
        assertThat(Tensor.arange(3, 0, 1).toFloats()).isEmpty();
        assertThat(Tensor.arange(4).toLongs()).containsExactly(0, 1, 2, 3);
        assertThat(Tensor.linspace(0, 1, 5).toFloats()).containsExactly(0, 0.25f, 0.5f, 0.75f, 1);
        assertThat(Tensor.linspace(2, 3, 1).toFloats()).containsExactly(2);
        assertThat(Tensor.linspace(2, 3, 0).toFloats()).isEmpty();
        assertThat(Tensor.eye(3).toFloats()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
        assertThat(Tensor.eye(0).shape()).isEqualTo(Shape.of(0, 0));
        assertThat(Tensor.full(7, 2).toFloats()).containsExactly(7, 7);
    }

    @Test
    void chosenElementsDoNotLeakTheOthers() {
        Tensor mask = Tensor.of(true, false);
        Tensor x = Tensor.of(4, -1).requireGrad();
        Tensor y = Tensor.where(mask, x, Tensor.of(0f)).sqrt(); // sqrt(-1) is never taken
        assertThat(y.toFloats()).containsExactly(2, 0);
        assertThat(Tensor.where(Tensor.of(false, true), Tensor.of(NAN), Tensor.of(1, 2))
                        .toFloats())
                .containsExactly(1, NAN);
        assertThat(Tensor.of(-INF, INF, 0.5f).clamp(0, 1).toFloats()).containsExactly(0, 1, 0.5f);
        assertThat(Tensor.of(NAN).clamp(0, 1).item()).isNaN();
        assertThat(Tensor.of(0.5f).clamp(2, 1).item()).isEqualTo(1);
    }

    @Test
    void viewsShareStorageAndCopiesAreOnlyMadeWhereTheyMust() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        List<Tensor> views = List.of(
                x.t(),
                x.slice(1, 1, 3),
                x.expand(4, 2, 3),
                x.reshape(3, 2),
                x.flip(0),
                x.unsqueeze(1),
                x.t().unsqueeze(0),
                x.at(1),
                x.slice(1, 0, 3, 2).unsqueeze(-1),
                x.reshape(1, 2, 1, 3).squeeze(0),
                x.permute(1, 0).permute(1, 0).reshape(6));
        assertThat(views)
                .allSatisfy(
                        v -> assertThat(v.view().storage()).isSameAs(x.view().storage()));
        Tensor copy = x.t().reshape(6);
        assertThat(copy.view().storage()).isNotSameAs(x.view().storage());
        assertThat(copy.toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(x.contiguous()).isSameAs(x);
    }

    @Test
    void equalityWithinToleranceIsRelativeToTheSecond() {
        Tensor a = Tensor.ofDoubles(new double[] {1, Double.NaN, Double.POSITIVE_INFINITY}, 3);
        assertThat(a.allClose(Tensor.ofDoubles(new double[] {1 + 9e-6, Double.NaN, Double.POSITIVE_INFINITY}, 3)))
                .isTrue();
        assertThat(a.allClose(Tensor.ofDoubles(new double[] {1 + 2e-5, Double.NaN, Double.POSITIVE_INFINITY}, 3)))
                .isFalse();
        assertThat(a.allClose(Tensor.ofDoubles(new double[] {1, 2, Double.POSITIVE_INFINITY}, 3)))
                .isFalse();
        assertThat(a.allClose(Tensor.ofDoubles(new double[] {1, Double.NaN, 1e300}, 3)))
                .isFalse();
        assertThat(Tensor.zeros(2).allClose(Tensor.zeros(1))).isFalse();
        assertThat(Tensor.scalar(5).allClose(Tensor.scalar(Double.POSITIVE_INFINITY)))
                .isFalse();
    }

    @Test
    void anUpdateReadsAllOfItsInputsBeforeItWrites() {
        Tensor a = Tensor.arange(1000).to(DType.F32);
        Tensor b = a.mul(-1);
        Param first = new Param("first", a);
        Param second = new Param("second", b);
        new Update("exchange", 2, Expr.arg(1), Expr.arg(0)).apply(List.of(first, second));
        assertThat(first.toFloats()).isEqualTo(b.toFloats());
        assertThat(second.toFloats()).isEqualTo(a.toFloats());
        new Update("fold", 2, Expr.arg(0).plus(Expr.arg(1)), Expr.arg(0)).apply(List.of(first, second));
        assertThat(first.sum().item()).isZero();
        assertThat(second.toFloats()).isEqualTo(b.toFloats());
    }
}

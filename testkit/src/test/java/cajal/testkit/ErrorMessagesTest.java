package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import cajal.kernel.DType;
import cajal.kernel.IndexException;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.GradException;
import cajal.tensor.GraphException;
import cajal.tensor.Ops;
import cajal.tensor.Param;
import cajal.tensor.Randomness;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people read when something does not fit: what failed, the values, the rule, the fix.
class ErrorMessagesTest {
    private static final Golden GOLDEN = Golden.of(ErrorMessagesTest.class, "error-messages.txt");
    private static final Map<String, Mistake> MISTAKES = new LinkedHashMap<>();

    private record Mistake(Class<? extends Throwable> type, ThrowingCallable call) {}

    static {
        shapes();
        indices();
        gradients();
        others();
    }

    private static void mistake(String name, Class<? extends Throwable> type, ThrowingCallable call) {
        MISTAKES.put(name, new Mistake(type, call));
    }

    private static void shapes() {
        Tensor a = Tensor.zeros(2, 3);
        mistake("broadcast", ShapeException.class, () -> a.add(Tensor.zeros(2)));
        mistake("matmul", ShapeException.class, () -> a.matmul(Tensor.zeros(4, 5)));
        mistake("matmul with a transposed second", ShapeException.class, () -> a.matmul(Tensor.zeros(5, 3)));
        mistake("matmul with a transposed first", ShapeException.class, () -> a.matmul(Tensor.zeros(2, 5)));
        mistake("affine", ShapeException.class, () -> a.affine(Tensor.zeros(4, 2), Tensor.zeros(4)));
        mistake("affine with a wrong bias", ShapeException.class, () -> a.affine(Tensor.zeros(4, 3), Tensor.zeros(3)));
        mistake("dot", ShapeException.class, () -> a.dot(a));
        mistake("reshape", ShapeException.class, () -> a.reshape(4, 2));
        mistake("reshape with an open length", ShapeException.class, () -> a.reshape(4, -1));
        mistake("reshape with two open lengths", ShapeException.class, () -> a.reshape(-1, -1));
        mistake("squeeze", ShapeException.class, () -> a.squeeze(0));
        mistake("unsqueeze", ShapeException.class, () -> a.unsqueeze(4));
        mistake("permute", ShapeException.class, () -> a.permute(0, 0));
        mistake("expand", ShapeException.class, () -> a.expand(4, 3));
        mistake("axis", ShapeException.class, () -> a.sum(2));
        mistake("concat", ShapeException.class, () -> Tensor.concat(0, a, Tensor.zeros(2, 4)));
        mistake("concat of nothing", ShapeException.class, () -> Tensor.concat(0));
        mistake("pad", ShapeException.class, () -> a.pad(1));
        mistake("pad by a negative length", ShapeException.class, () -> a.pad(-1, 0));
        mistake("repeat", ShapeException.class, () -> a.repeat(2));
        mistake("slice backwards", ShapeException.class, () -> a.slice(0, 0, 2, -1));
        mistake("split", ShapeException.class, () -> a.split(1, 2, 2));
        mistake("topK", ShapeException.class, () -> a.topK(4, 1));
        mistake("rows of different lengths", ShapeException.class, () -> Tensor.of(new float[][] {{1, 2}, {3}}));
        mistake(
                "numbers that do not fill the shape",
                ShapeException.class,
                () -> Tensor.of(new float[] {1, 2, 3}, 2, 2));
        mistake("item", ShapeException.class, a::item);
        mistake("arange without a step", ShapeException.class, () -> Tensor.arange(0, 1, 0));
        mistake(
                "argmax of nothing",
                ShapeException.class,
                () -> Tensor.zeros(2, 0).argmax(1));
        mistake("too many elements", ShapeException.class, () -> Tensor.zeros(1L << 20, 1L << 20));
        mistake("far too many elements", ShapeException.class, () -> Shape.of(1L << 40, 1L << 40));
        mistake("negative length", ShapeException.class, () -> Tensor.zeros(2, -1));
        mistake(
                "scatterAdd",
                ShapeException.class,
                () -> Tensor.zeros(3, 4).scatterAdd(1, Tensor.ofLongs(new long[2], 1, 2), Tensor.zeros(1, 2)));
    }

    private static void indices() {
        Tensor x = Tensor.zeros(3, 4);
        mistake("select", IndexException.class, () -> x.select(1, 4));
        mistake("get", IndexException.class, () -> x.get(0, -5));
        mistake("get with too few indices", ShapeException.class, () -> x.get(0));
        mistake("indexSelect", IndexException.class, () -> x.indexSelect(0, Tensor.indices(0, 3)));
        mistake("indexSelect by numbers", ShapeException.class, () -> x.indexSelect(0, Tensor.of(0, 1)));
        mistake("gather", ShapeException.class, () -> x.gather(1, Tensor.ofLongs(new long[4], 2, 2)));
        mistake("oneHot", IndexException.class, () -> Tensor.indices(0, 10).oneHot(10));
    }

    private static void gradients() {
        mistake(
                "backward without a gradient",
                GradException.class,
                () -> Tensor.scalar(1).backward());
        mistake(
                "backward of a vector",
                GradException.class,
                () -> Tensor.of(1, 2).requireGrad().backward());
        mistake(
                "backward with a seed of another shape",
                GradException.class,
                () -> Tensor.of(1, 2).requireGrad().backward(Tensor.of(1, 2, 3)));
        mistake("backward twice", GradException.class, () -> {
            Tensor loss = Tensor.of(1, 2).requireGrad().exp().sum();
            loss.backward();
            loss.backward();
        });
        mistake("overwritten between forward and backward", GradException.class, () -> {
            Param w = new Param("weight", Tensor.of(1, 2));
            Tensor loss;
            try (var _ = Context.current().in("net.4").enter()) {
                loss = w.mul(Tensor.of(3, 4).requireGrad()).sum();
            }
            w.set(Tensor.of(5, 6));
            loss.backward();
        });
        mistake("gradient of a tensor that needs none", GradException.class, () -> {
            Tensor x = Tensor.of(1, 2);
            Grad.of(x.requireGrad().sum(), x);
        });
        mistake(
                "no gradient yet",
                GradException.class,
                () -> Tensor.of(1f).requireGrad().grad());
        mistake("no gradient ever", GradException.class, () -> Tensor.of(1f).grad());
        mistake(
                "gradient of integers",
                GradException.class,
                () -> Tensor.indices(1).requireGrad());
        mistake(
                "gradient through argmax",
                GradException.class,
                () -> Grad.of(Tensor.of(1, 2).requireGrad().argmax(0), List.of()));
    }

    private static void others() {
        mistake("parameter without values", IllegalStateException.class, () -> new Param("weight").add(1));
        mistake(
                "parameter of another shape",
                ShapeException.class,
                () -> new Param("weight", Tensor.zeros(2, 3)).set(Tensor.zeros(3, 2)));
        mistake("randomness without a key", IllegalStateException.class, () -> {
            try (var _ = Context.current().in("net.2").enter()) {
                Randomness.draw("dropout");
            }
        });
        mistake("unknown operation", GraphException.class, () -> Ops.of("teleport", Map.of()));
        mistake("missing attribute", GraphException.class, () -> Ops.of("sum", Map.of("axis", 1L)));
        mistake("wrong attribute", GraphException.class, () -> Ops.of("copy", Map.of("dtype", "F12")));
        mistake(
                "norm with a negative exponent",
                IllegalArgumentException.class,
                () -> Tensor.zeros(DType.F32, Shape.of(2)).pNorm(-1));
    }

    static Stream<String> names() {
        return MISTAKES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysExactly(String name) {
        Mistake mistake = MISTAKES.get(name);
        Throwable thrown = catchThrowable(mistake.call());
        assertThat(thrown).isExactlyInstanceOf(mistake.type());
        assertThat(thrown).hasMessage(GOLDEN.text(name));
    }

    @Test
    void theGoldenFileHoldsNothingElse() {
        assertThat(GOLDEN.names()).containsExactlyElementsOf(MISTAKES.keySet());
    }

    @Test
    void everyMessageStatesItsRuleOrItsFix() {
        assertThat(GOLDEN.names())
                .allSatisfy(name -> assertThat(GOLDEN.text(name)).as(name).containsAnyOf("\n  rule: ", "\n  fix:  "));
    }
}

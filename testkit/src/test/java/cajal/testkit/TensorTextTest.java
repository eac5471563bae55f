package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How tensors look in print.
class TensorTextTest {
    private static final Golden GOLDEN = Golden.of(TensorTextTest.class, "tensor-texts.txt");
    private static final Map<String, Tensor> TENSORS = new LinkedHashMap<>();

    static {
        TENSORS.put("scalar", Tensor.scalar(2.5));
        TENSORS.put("vector", Tensor.of(1, -2.25f, 100));
        TENSORS.put("matrix", Tensor.of(new float[] {1, 2, 3, -4, 5, 60}, 2, 3));
        TENSORS.put("three axes", Tensor.arange(8).reshape(2, 2, 2));
        TENSORS.put("transposed", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).t());
        TENSORS.put("no elements", Tensor.zeros(0));
        TENSORS.put("no columns", Tensor.zeros(2, 0));
        TENSORS.put("tiny numbers", Tensor.of(1e-5f, -2.5e-7f));
        TENSORS.put("huge numbers", Tensor.of(1234567, 1));
        TENSORS.put("no numbers", Tensor.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1));
        TENSORS.put("truth values", Tensor.of(true, false));
        TENSORS.put("integers", Tensor.indices(7, -12, 123456789012L));
        TENSORS.put("doubles", Tensor.ofDoubles(new double[] {Math.PI}, 1));
        TENSORS.put("long vector", Tensor.arange(2000));
        TENSORS.put("wide matrix", Tensor.zeros(2, 600));
        TENSORS.put("large matrix", Tensor.arange(10_000).reshape(100, 100));
        TENSORS.put("parameter", new Param("weight", Tensor.zeros(10, 784)));
        TENSORS.put("empty parameter", new Param("bias"));
        TENSORS.put("half precision", Tensor.full(0.1, DType.F16, Shape.of(2)));
    }

    static Stream<String> names() {
        return TENSORS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void looksAsInTheGoldenFile(String name) {
        assertThat(TENSORS.get(name).toString()).isEqualTo(GOLDEN.text(name));
    }

    @Test
    void theGoldenFileHoldsNothingElse() {
        assertThat(GOLDEN.names()).containsExactlyElementsOf(TENSORS.keySet());
    }
}

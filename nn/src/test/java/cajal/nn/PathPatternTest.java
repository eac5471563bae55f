package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cajal.kernel.Shape;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "encoder, encoder.0.weight, true",
        "encoder., encoder.0.weight, true",
        "encoder, encoder2.weight, false",
        "1, 10.weight, false",
        "0.weight, 0.weight, true",
        "0.weight, 0.weight_v, false",
        "*.bias, 0.bias, true",
        "*.bias, encoder.0.bias, true",
        "*.bias, bias, false",
        "*bias, bias, true",
        "encoder.*.weight, encoder.0.norm.weight, true",
        "encoder.*.weight, decoder.0.weight, false",
        "?.weight, 7.weight, true",
        "?.weight, 77.weight, false",
        "a+b.*, a+b.weight, true",
        "a+b.*, aab.weight, false",
        "*, anything.at.all, true"
    })
    void fitsPaths(String pattern, String path, boolean fits) {
        assertThat(new PathPattern(pattern).matches(path)).isEqualTo(fits);
        assertThat(new PathPattern("").matches(path)).isTrue();
    }

    @Test
    void partsAreFrozenAndThawedByPattern() {
        Sequential net = Sequential.of(new Linear(3), Tensor::relu, new Linear(2));
        net.init(1, Shape.of(1, 2));
        net.freeze("*.bias", true);
        assertThat(frozen(net)).containsExactly("0.bias", "2.bias");
        net.freeze("0", true);
        net.freeze("2.bias", false);
        assertThat(frozen(net)).containsExactly("0.weight", "0.bias");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> net.freeze("*.gain", true))
                .withMessageContaining("No parameter's path fits '*.gain'")
                .withMessageContaining("*.bias");
    }

    private static List<String> frozen(Sequential net) {
        return net.parameters().entrySet().stream()
                .filter(e -> isFrozen(e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isFrozen(Param p) {
        return p.isFrozen();
    }
}

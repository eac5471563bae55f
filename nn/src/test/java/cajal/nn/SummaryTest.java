package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// The table of a network, against numbers counted by hand.
class SummaryTest {
    private static Sequential digits() {
        return Sequential.of(
                new Flatten(), new Linear(128), Tensor::relu, new Residual(new Linear(128, 128)), new Linear(10));
    }

    @Test
    void aNetIsShownAsATable() {
        assertThat(digits().summary(32, 1, 28, 28)).hasToString("""
                path      layer               output     parameters     memory  activations  multiply-adds
                ------------------------------------------------------------------------------------------
                net       Sequential          (32, 10)
                  0       Flatten             (32, 784)
                  1       Linear(784 -> 128)  (32, 128)     100,480  392.5 KiB     16.0 KiB      3,211,264
                  2       relu                (32, 128)                            16.0 KiB
                  3       Residual            (32, 128)                            16.0 KiB
                    body  Linear(128 -> 128)  (32, 128)      16,512   64.5 KiB     16.0 KiB        524,288
                  4       Linear(128 -> 10)   (32, 10)        1,290    5.0 KiB      1.3 KiB         40,960
                ------------------------------------------------------------------------------------------
                total                                       118,282  462.0 KiB     65.3 KiB      3,776,512
                input (32, 1, 28, 28)
                """);
    }

    @Test
    void itsRowsAreDataAndAddUp() {
        Summary s = digits().summary(2, 784);
        assertThat(s.input()).contains(Shape.of(2, 784));
        assertThat(s.rows()).extracting(Summary.Row::path).containsExactly("", "0", "1", "2", "3", "3.body", "4");
        assertThat(s.rows()).extracting(Summary.Row::depth).containsExactly(0, 1, 1, 1, 1, 2, 1);
        assertThat(s.parameters()).isEqualTo(784 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10);
        assertThat(s.parameterBytes()).isEqualTo(4 * s.parameters());
        assertThat(s.activationBytes()).isEqualTo(4L * 2 * (128 * 4 + 10));
        assertThat(s.rows().get(5).output()).contains(Shape.of(2, 128));
    }

    @Test
    void frozenSharedRepeatedAndUncalledLayersAreTold() {
        Block net = new Block() {
            private final Linear twice = add("twice", new Linear(4, 4).noBias());
            private final Linear never = add("never", new Linear(4, 2));

            {
                tie("again", twice.parameters().get("weight"));
            }

            @Override
            protected Tensor forward(Tensor x) {
                return twice.apply(twice.apply(x));
            }

            @Override
            public String describe() {
                return "Mine of " + never.describe();
            }
        };
        net.freeze("twice", true);
        assertThat(net.summary(3, 4)).hasToString("""
                path     layer                   output      parameters  memory  activations  multiply-adds
                -------------------------------------------------------------------------------------------
                net      Mine of Linear(4 -> 2)  (3, 4)
                  twice  Linear(4 -> 4)          (3, 4) x2    16 frozen    64 B         96 B             96
                  never  Linear(4 -> 2)          not called          10    40 B
                -------------------------------------------------------------------------------------------
                total                                                26   104 B         96 B             96
                input (3, 4), 16 of them frozen
                """);
    }

    @Test
    void aPartInsideANetHasItsOwnSummary() {
        Linear inner = new Linear(3, 2);
        Sequential.of(Tensor::relu, inner).init(1);
        Summary s = inner.summary(5, 3);
        assertThat(s.rows()).singleElement().satisfies(r -> {
            assertThat(r.parameters()).isEqualTo(8);
            assertThat(r.output()).contains(Shape.of(5, 2));
            assertThat(r.calls()).isEqualTo(1);
            assertThat(r.activationBytes()).isEqualTo(40);
        });
    }
}

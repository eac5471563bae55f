package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.IndexException;
import cajal.kernel.ShapeException;
import cajal.nn.Loss.Reduction;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Connectionist temporal classification against the sum over all paths, written out.
class CtcLossTest {
    private static final int CLASSES = 3;

    /// `-ln` of the summed probabilities of the paths of length `time` that read as `text`, of one sample.
    private static double overAllPaths(double[] logs, int time, int blank, List<Integer> text) {
        double sum = 0;
        int paths = (int) Math.pow(CLASSES, time);
        for (int path = 0; path < paths; path++) {
            List<Integer> read = new ArrayList<>();
            double log = 0;
            int last = -1;
            for (int t = 0, rest = path; t < time; t++, rest /= CLASSES) {
                int c = rest % CLASSES;
                log += logs[t * CLASSES + c];
                if (c != blank && c != last) {
                    read.add(c);
                }
                last = c;
            }
            sum += read.equals(text) ? Math.exp(log) : 0;
        }
        return -Math.log(sum);
    }

    private static double loss(Tensor logs, int blank, List<Integer> text) {
        long[] labels = text.stream().mapToLong(c -> c).toArray();
        return Loss.ctc()
                .blank(blank)
                .reduction(Reduction.SUM)
                .of(
                        logs.unsqueeze(1),
                        Tensor.ofLongs(labels, 1, labels.length),
                        Tensor.indices(logs.dim(0)),
                        Tensor.indices(labels.length))
                .item();
    }

    @Test
    void sumsOverAllPathsThatReadAsTheText() {
        Tensor logs = Check.random(3, -2, 2, 5, CLASSES).logSoftmax(1);
        for (int blank = 0; blank < CLASSES; blank++) {
            int a = (blank + 1) % CLASSES;
            int b = (blank + 2) % CLASSES;
            for (List<Integer> text : List.of(
                    List.<Integer>of(), List.of(a), List.of(a, b), List.of(a, a), List.of(b, a, b), List.of(a, a, a))) {
                assertThat(loss(logs, blank, text))
                        .as("blank %s, text %s", blank, text)
                        .isCloseTo(overAllPaths(logs.toDoubles(), 5, blank, text), within(1e-12));
            }
        }
    }

    @Test
    void hasItsGradientAndTheSecondOne() {
        Tensor logs = Check.random(4, -2, 2, 5, 2, CLASSES);
        Tensor text = Tensor.ofLongs(new long[] {1, 1, 2, 1}, 2, 2);
        CtcLoss loss = Loss.ctc();
        Check.gradients("ctc", in -> loss.of(in.getFirst(), text, Tensor.indices(5, 4), Tensor.indices(2, 2)), logs);
        Check.gradients(
                "ctc's gradient",
                in -> {
                    Tensor given = in.getFirst();
                    Tensor x = given.needsGrad() ? given : given.requireGrad(); // without one for the differences
                    Tensor l = loss.of(x.logSoftmax(2), text, Tensor.indices(5, 4), Tensor.indices(2, 2));
                    return Grad.of(l, List.of(x), Grad.CREATE_GRAPH)
                            .getFirst()
                            .square()
                            .sum();
                },
                logs);
    }

    @Test
    void aTextThatDoesNotFitLosesInfinitelyMuchWithoutAGradient() {
        Tensor logs = Tensor.zeros(2, 1, CLASSES).requireGrad();
        Tensor text = Tensor.ofLongs(new long[] {1, 1}, 1, 2); // needs a blank between
        Tensor loss = Loss.ctc().of(logs, text, Tensor.indices(2), Tensor.indices(2));
        assertThat(loss.item()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Grad.of(loss, logs).getFirst().toFloats()).containsOnly(0);
        assertThat(Loss.ctc()
                        .zeroInfinity(true)
                        .of(logs, text, Tensor.indices(2), Tensor.indices(2))
                        .item())
                .isZero();
    }

    @Test
    void longSequencesStayFiniteInSinglePrecision() {
        Tensor scores = Check.random(5, -8, 8, 400, 2, 6).to(DType.F32).requireGrad();
        Tensor text = Tensor.ofLongs(
                java.util.stream.LongStream.range(0, 120).map(i -> 1 + i % 5).toArray(), 2, 60);
        Tensor loss = Loss.ctc().of(scores.logSoftmax(2), text, Tensor.indices(400, 300), Tensor.indices(60, 50));
        double exact = Loss.ctc()
                .of(scores.to(DType.F64).logSoftmax(2), text, Tensor.indices(400, 300), Tensor.indices(60, 50))
                .item();
        assertThat(loss.item()).isCloseTo(exact, within(1e-5 * exact));
        for (float g : Grad.of(loss, scores).getFirst().toFloats()) {
            assertThat(g).isFinite();
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        Tensor logs = Tensor.zeros(4, 2, 3);
        Tensor text = Tensor.ofLongs(new long[] {1, 2, 2, 1}, 2, 2);
        assertThatThrownBy(() -> Loss.ctc().of(logs, text, Tensor.of(4f, 4), Tensor.indices(2, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("""
                        ctc got log probabilities (4, 2, 3), labels (2, 2) I64, time lengths (2) F32, text lengths (2) I64
                          rule: (T, B, C), (B, S), (B) and (B), the last three of an integer type""");
        assertThatThrownBy(() -> Loss.ctc().of(logs, text, Tensor.indices(4, 5), Tensor.indices(2, 2)))
                .isInstanceOf(IndexException.class)
                .hasMessage("ctc got the time length 5 for sample 1\n  rule: it lies in 0 .. 4");
        assertThatThrownBy(() -> Loss.ctc().blank(2).of(logs, text, Tensor.indices(4, 4), Tensor.indices(2, 2)))
                .isInstanceOf(IndexException.class)
                .hasMessage("""
                        ctc got label 2 (position 1 of sample 0)
                          rule: labels are classes in 0 .. 2, but not the blank 2""");
        assertThatThrownBy(() -> Loss.ctc().blank(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("blank(-1)\n  rule: it is a class, counted from 0");
    }
}

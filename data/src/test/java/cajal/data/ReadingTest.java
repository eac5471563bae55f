package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.tensor.RandomKey;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What can be learnt from the handwriting generator, by the simplest of classifiers in plain Java: softmax
/// regression. (The figures that count, those of a network, are the trainer's.)
class ReadingTest {
    private static final int AREA = Handwriting.SIDE * Handwriting.SIDE;
    private static final int TRAIN = 20_000;

    private static float[] learn() {
        byte[] picture = new byte[AREA];
        Handwriting writer = new Handwriting(RandomKey.of(1), Handwriting.WILD);
        float[] w = new float[10 * (AREA + 1)];
        float[] mean = new float[w.length];
        Random random = new Random(1);
        for (int step = 0; step < TRAIN; step++) {
            int i = random.nextInt(1_000_000);
            writer.write(i, picture, 0);
            double[] p = probabilities(w, picture, 0);
            float rate = 0.02f * (1 - step / (float) TRAIN) + 0.001f;
            for (int c = 0; c < 10; c++) {
                float g = (float) (rate * (p[c] - (c == writer.digit(i) ? 1 : 0)));
                int at = c * (AREA + 1);
                for (int k = 0; k < AREA; k++) {
                    w[at + k] -= g * (picture[k] & 0xff) / 255f;
                }
                w[at + AREA] -= g;
            }
            if (step >= TRAIN / 2) {
                for (int k = 0; k < w.length; k++) {
                    mean[k] += w[k] / (TRAIN - TRAIN / 2);
                }
            }
        }
        return mean;
    }

    private static double[] probabilities(float[] w, byte[] pixels, int from) {
        double[] z = new double[10];
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < 10; c++) {
            int at = c * (AREA + 1);
            float sum = w[at + AREA];
            for (int k = 0; k < AREA; k++) {
                sum += w[at + k] * (pixels[from + k] & 0xff) / 255f;
            }
            z[c] = sum;
            most = Math.max(most, sum);
        }
        double total = 0;
        for (int c = 0; c < 10; c++) {
            z[c] = Math.exp(z[c] - most);
            total += z[c];
        }
        for (int c = 0; c < 10; c++) {
            z[c] /= total;
        }
        return z;
    }

    private static int found(double[] p) {
        int best = 0;
        for (int c = 1; c < 10; c++) {
            best = p[c] > p[best] ? c : best;
        }
        return best;
    }

    @Test
    void aLinearClassifierThatSawOnlyWrittenDigitsReadsOtherWrittenOnesAndRealOnes() {
        float[] w = learn();
        byte[] picture = new byte[AREA];
        Handwriting calm = new Handwriting(RandomKey.of(2), Handwriting.CALM);
        int right = 0;
        for (int i = 0; i < 2000; i++) {
            calm.write(i, picture, 0);
            right += found(probabilities(w, picture, 0)) == calm.digit(i) ? 1 : 0;
        }
        assertThat(right / 2000.0).as("written digits read").isGreaterThan(0.87);

        Dataset real = Digits.mnist(SharedData.path("mnist")).test();
        Pictures mnist = (Pictures) real;
        int read = 0;
        for (int i = 0; i < real.size(); i++) {
            read += found(probabilities(w, mnist.pixels(), i * AREA)) == mnist.labels()[i] ? 1 : 0;
        }
        assertThat(read / 10_000.0).as("real digits read").isGreaterThan(0.78);
    }
}

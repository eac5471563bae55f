package cajal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.OnePass;
import cajal.kernel.Program;
import cajal.kernel.ScalarFloats;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The loops for whole programs against the programs, instruction by instruction, bit by bit.
class VectorProgramsTest {
    private static final int[] SIZES = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 1000};
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void aLoopForAProgramHasTheBitsOfItsInstructions() {
        assertThat(VectorPrograms.all()).hasSizeGreaterThan(7);
        for (Program program : VectorPrograms.all()) {
            for (int n : SIZES) {
                check(program, n, false);
                check(program, n, true);
            }
        }
    }

    private void check(Program program, int n, boolean special) {
        OnePass loop = Objects.requireNonNull(VectorPrograms.of(program));
        int in = program.arguments();
        float[][] a = new float[in + program.results()][];
        int[] at = new int[a.length];
        for (int i = 0; i < a.length; i++) {
            at[i] = random.nextInt(5);
            a[i] = numbers(n + 6, special);
        }
        float[][] register = registers(program, loop, a, at, n);
        boolean inPlace = program.results() > 1; // the results of updates lie in their arguments
        for (int k = 0; k < program.results() && inPlace; k++) {
            a[in + k] = a[k];
            at[in + k] = at[k];
        }
        int cut = n / 3;
        loop.run(a, at, cut, n);
        loop.run(a, at, 0, cut);
        for (int k = 0; k < program.results(); k++) {
            for (int i = 0; i < n; i++) {
                float got = a[in + k][at[in + k] + i], wanted = register[program.result(k)][i];
                assertThat(Float.floatToIntBits(got))
                        .as(
                                "seed %s: result %s of %s, element %s of %s: %s, not %s",
                                seed, k, program, i, n, got, wanted)
                        .isEqualTo(Float.floatToIntBits(wanted));
            }
        }
    }

    /// All registers of the program after it ran.
    private static float[][] registers(Program program, OnePass loop, float[][] a, int[] at, int n) {
        float[][] register = new float[program.registers()][n];
        for (int r = 0; r < program.arguments() + program.constants(); r++) {
            for (int i = 0; i < n; i++) {
                boolean number = r < program.arguments() && (loop.numbers() >>> r & 1) != 0;
                register[r][i] = r < program.arguments()
                        ? a[r][at[r] + (number ? 0 : i)]
                        : (float) program.constant(r - program.arguments());
            }
        }
        var plain = new ScalarFloats();
        for (int k = 0; k < program.length(); k++) {
            Program.Instruction s = program.instruction(k);
            plain.apply(s.fn(), register[s.a()], 0, register[s.b()], 0, register[s.c()], 0, register[s.to()], 0, n);
        }
        return register;
    }

    private float[] numbers(int n, boolean special) {
        float[] rare = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 1e30f};
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = special && random.nextInt(3) == 0
                    ? rare[random.nextInt(rare.length)]
                    : (float) random.nextGaussian();
        }
        return x;
    }
}

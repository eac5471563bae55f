package cajal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.HostStorage;
import cajal.kernel.OnePass;
import cajal.kernel.Program;
import cajal.kernel.ScalarFloats;
import cajal.kernel.Shape;
import cajal.kernel.View;
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
        View[] in = new View[program.arguments()], out = new View[program.results()];
        for (int i = 0; i < in.length; i++) in[i] = view((loop.numbers() >>> i & 1) != 0 ? 1 : n, special);
        for (int k = 0; k < out.length; k++) {
            out[k] = out.length > 1 ? in[k] : view(n, special); // the results of updates lie in their arguments
        }
        float[][] register = registers(program, in, n);
        int cut = n / 3;
        loop.run(in, out, cut, n);
        loop.run(in, out, 0, cut);
        for (int k = 0; k < program.results(); k++) {
            for (int i = 0; i < n; i++) {
                float got = (float) out[k].at(i), wanted = register[program.result(k)][i];
                assertThat(Float.floatToIntBits(got))
                        .as(
                                "seed %s: result %s of %s, element %s of %s: %s, not %s",
                                seed, k, program, i, n, got, wanted)
                        .isEqualTo(Float.floatToIntBits(wanted));
            }
        }
    }

    /// All registers of the program after it ran.
    private static float[][] registers(Program program, View[] in, int n) {
        float[][] register = new float[program.registers()][n];
        for (int r = 0; r < program.arguments() + program.constants(); r++) {
            for (int i = 0; i < n; i++) {
                register[r][i] = r < in.length
                        ? (float) in[r].at(in[r].size() == 1 ? 0 : i)
                        : (float) program.constant(r - in.length);
            }
        }
        var plain = new ScalarFloats();
        for (int k = 0; k < program.length(); k++) {
            Program.Instruction s = program.instruction(k);
            plain.apply(s.fn(), register[s.a()], 0, register[s.b()], 0, register[s.c()], 0, register[s.to()], 0, n);
        }
        return register;
    }

    /// So many numbers somewhere in an array.
    private View view(int n, boolean special) {
        return View.of(new HostStorage.Floats(numbers(n + 6, special)), Shape.of(n), new long[] {1}, random.nextInt(5));
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

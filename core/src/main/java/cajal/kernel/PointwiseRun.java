package cajal.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Runs a program without splitting it into blocks: one instruction on runs of neighbouring elements, however
/// long, and any program on runs of at most [#MOST] and single numbers. [PointwiseLoop] does the rest; the bits
/// are the same.
final class PointwiseRun {
    static final int MOST = 512;

    private PointwiseRun() {}

    /// Runs the program, or answers false for other operands.
    static boolean run(FloatPrimitives primitives, Program program, View[] in, View[] out) {
        long size = out[0].size();
        boolean alone = program.length() == 1 && out.length == 1;
        if (size > MOST && !alone || !primitives.anywhere() || !handles(program, size, in, out)) {
            return false;
        }
        int n = (int) size;
        if (alone && single(primitives, program.instruction(0), in, out[0], n)) {
            return true;
        }
        if (size > MOST) {
            return false;
        }
        int registers = program.registers();
        float[] own = Scratch.shared().take(registers * n);
        float[][] array = new float[registers][];
        int[] offset = new int[registers];
        for (int r = 0; r < registers; r++) {
            View v = r < in.length ? in[r] : null;
            if (v != null && v.size() == n && v.isDense()) {
                array[r] = v.floats();
                offset[r] = v.start();
                continue;
            }
            array[r] = own;
            offset[r] = r * n;
            if (v != null) {
                Arrays.fill(own, r * n, r * n + n, number(v));
            } else if (r < in.length + program.constants()) {
                Arrays.fill(own, r * n, r * n + n, (float) program.constant(r - in.length));
            }
        }
        run(primitives, program, array, offset, out, n);
        Scratch.shared().give(own);
        return true;
    }

    private static boolean handles(Program program, long size, View[] in, View[] out) {
        for (int i = 0; i < out.length; i++) {
            View v = out[i];
            boolean apart = out.length == 1 || program.result(i) >= in.length; // else a target may lie in it
            if (v.dtype() != DType.F32 || !v.isDense() || !(v.storage() instanceof HostStorage) || !apart) {
                return false;
            }
        }
        for (View v : in) {
            if (v.dtype() != DType.F32
                    || !(v.storage() instanceof HostStorage)
                    || !(v.size() == size && v.isDense() || PointwiseLoop.isOneNumber(v))) {
                return false;
            }
        }
        return size > 0;
    }

    private static float number(View v) {
        return v.floats()[v.start()];
    }

    /// One instruction on operands that are all runs.
    private static boolean single(FloatPrimitives primitives, Program.Instruction step, View[] in, View out, int n) {
        View a = run(in, step.a(), n);
        View b = run(in, step.b(), n);
        View c = run(in, step.c(), n);
        if (a == null || b == null || c == null) {
            return false;
        }
        if (n <= FloatKernels.GRAIN) {
            apply(primitives, step.fn(), a, b, c, out, 0, n);
        } else {
            Workers.ranges(n, FloatKernels.GRAIN, (from, to) -> apply(primitives, step.fn(), a, b, c, out, from, to));
        }
        return true;
    }

    private static void apply(
            FloatPrimitives primitives, Scalar fn, View a, View b, View c, View out, int from, int to) {
        primitives.apply(
                fn,
                a.floats(),
                a.start() + from,
                b.floats(),
                b.start() + from,
                c.floats(),
                c.start() + from,
                out.floats(),
                out.start() + from,
                to - from);
    }

    private static @Nullable View run(View[] in, int register, int n) {
        return register < in.length && in[register].size() == n && in[register].isDense() ? in[register] : null;
    }

    private static void run(
            FloatPrimitives primitives, Program program, float[][] array, int[] offset, View[] out, int n) {
        int last = program.length() - 1;
        for (int k = 0; k <= last; k++) {
            Program.Instruction s = program.instruction(k);
            boolean direct = k == last && out.length == 1;
            primitives.apply(
                    s.fn(),
                    array[s.a()],
                    offset[s.a()],
                    array[s.b()],
                    offset[s.b()],
                    array[s.c()],
                    offset[s.c()],
                    direct ? out[0].floats() : array[s.to()],
                    direct ? out[0].start() : offset[s.to()],
                    n);
            if (direct) {
                return;
            }
        }
        for (int i = 0; i < out.length; i++) {
            int r = program.result(i);
            System.arraycopy(array[r], offset[r], out[i].floats(), out[i].start(), n);
        }
    }
}

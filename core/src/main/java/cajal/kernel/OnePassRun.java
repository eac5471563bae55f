package cajal.kernel;

/// Runs a program by the backend's loop for it, where there is one and the operands are runs and single
/// numbers; [PointwiseLoop] does the rest, with the same bits.
final class OnePassRun {
    private static final int SERIAL = 65_536; // elements up to which a split among threads costs more than it saves
    private static final int GRAIN = 16_384; // elements to a part, few, so that all threads end at about the same time

    private OnePassRun() {}

    /// Runs the program, or answers false.
    static boolean run(FloatPrimitives primitives, Program program, View[] in, View[] out) {
        OnePass pass = primitives.onePass(program);
        if (pass == null || !fits(pass, in, out)) {
            return false;
        }
        int size = (int) out[0].size();
        if (size <= SERIAL) {
            pass.run(in, out, 0, size);
        } else {
            Workers.ranges(size, GRAIN, (from, to) -> pass.run(in, out, from, to));
        }
        return true;
    }

    private static boolean fits(OnePass pass, View[] in, View[] out) {
        long size = out[0].size();
        for (int i = 0; i < in.length; i++) {
            boolean number = (pass.numbers() >>> i & 1) != 0;
            if (!(number ? isFloats(in[i]) && PointwiseLoop.isOneNumber(in[i]) : isRun(in[i], size))) {
                return false;
            }
        }
        for (View v : out) {
            if (!isRun(v, size)) {
                return false;
            }
        }
        return size > 0;
    }

    private static boolean isRun(View v, long size) {
        return isFloats(v) && v.size() == size && v.isDense();
    }

    private static boolean isFloats(View v) {
        return v.dtype() == DType.F32 && v.storage() instanceof HostStorage;
    }
}

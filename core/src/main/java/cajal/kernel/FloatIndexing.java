package cajal.kernel;

/// `F32` kernels that move elements along the last axis by an index: rows side by side, each in order of
/// its indices.
final class FloatIndexing {
    private static final int GRAIN = 8_192; // indices below which a split among threads costs more than it saves
    private static final int[] NONE = {};
    private static final int PIECE = 512;

    private FloatIndexing() {}

    /// `y[r, j] = x[r, index[r, j]]`
    static boolean gather(View in, View index, View out) {
        int n = (int) in.shape().dim(-1), m = (int) index.shape().dim(-1);
        float[] x = in.floats(), y = out.floats();
        pieces(index, n, m, (row, from, count, picked, at) -> {
            int source = in.start() + row * n, target = out.start() + row * m + from;
            for (int j = 0; j < count; j++) {
                y[target + j] = x[source + picked[at + j]];
            }
        });
        return true;
    }

    /// `y[r, index[r, j]] += x[r, j]`
    static boolean scatter(View in, View index, View out) {
        int n = (int) out.shape().dim(-1), m = (int) index.shape().dim(-1);
        float[] x = in.floats(), y = out.floats();
        out.clear();
        pieces(index, n, m, (row, from, count, picked, at) -> {
            int source = in.start() + row * m + from, target = out.start() + row * n;
            for (int j = 0; j < count; j++) {
                y[target + picked[at + j]] += x[source + j];
            }
        });
        return true;
    }

    /// Handles `count` indices of a row from `from` on, which stand at `picked[at]`.
    private interface Piece {
        void run(int row, int from, int count, int[] picked, int at);
    }

    /// Goes through the indices row by row in pieces that were checked; rows are split among threads.
    private static void pieces(View index, int n, int m, Piece body) {
        if (index.size() == 0) {
            return;
        }
        int[] all = index.isDense() && index.host() instanceof HostStorage.Ints ints ? ints.array() : NONE;
        boolean inPlace = all != NONE;
        Workers.ranges((int) (index.size() / m), Math.max(1, GRAIN / m), (first, end) -> {
            int[] picked = inPlace ? all : new int[Math.min(PIECE, m)];
            for (int row = first; row < end; row++) {
                for (int from = 0; from < m; from += PIECE) {
                    int count = Math.min(PIECE, m - from), place = row * m + from;
                    if (!inPlace) pick(index, place, count, picked);
                    int at = inPlace ? index.start() + place : 0;
                    check(index, place, count, n, picked, at);
                    body.run(row, from, count, picked, at);
                }
            }
        });
    }

    /// The indices `at .. at+count-1`.
    private static void pick(View index, int at, int count, int[] picked) {
        if (index.isDense() && index.host() instanceof HostStorage.Longs longs) {
            for (int j = 0; j < count; j++) {
                picked[j] = (int) Math.clamp(longs.array()[index.start() + at + j], -1, Integer.MAX_VALUE);
            }
        } else {
            for (int j = 0; j < count; j++) {
                picked[j] = (int) index.at(at + (long) j);
            }
        }
    }

    /// **Throws** [IndexException] unless each of the indices from `place` on, which stand at `picked[at]`, lies in
    /// `0 .. n-1`.
    private static void check(View index, int place, int count, int n, int[] picked, int at) {
        for (int j = 0; j < count; j++) {
            if (picked[at + j] < 0 || picked[at + j] >= n) {
                ReferenceKernels.checked(index.at(place + (long) j), n);
            }
        }
    }
}

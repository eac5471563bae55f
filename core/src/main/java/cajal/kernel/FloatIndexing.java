package cajal.kernel;

/// `F32` kernels that move elements along the last axis by an index: rows side by side, each in order of
/// its indices.
final class FloatIndexing {
    private static final int GRAIN = 8_192; // indices below which a split among threads costs more than it saves
    private static final int PIECE = 512;

    private FloatIndexing() {}

    /// `y[r, j] = x[r, index[r, j]]`
    static boolean gather(View in, View index, View out) {
        int n = (int) in.shape().dim(-1), m = (int) index.shape().dim(-1);
        float[] x = in.floats(), y = out.floats();
        pieces(index, n, m, (row, from, count, picked) -> {
            int source = in.start() + row * n, target = out.start() + row * m + from;
            for (int j = 0; j < count; j++) {
                y[target + j] = x[source + picked[j]];
            }
        });
        return true;
    }

    /// `y[r, index[r, j]] += x[r, j]`
    static boolean scatter(View in, View index, View out) {
        int n = (int) out.shape().dim(-1), m = (int) index.shape().dim(-1);
        float[] x = in.floats(), y = out.floats();
        out.clear();
        pieces(index, n, m, (row, from, count, picked) -> {
            int source = in.start() + row * m + from, target = out.start() + row * n;
            for (int j = 0; j < count; j++) {
                y[target + picked[j]] += x[source + j];
            }
        });
        return true;
    }

    /// Handles `count` indices of a row from `from` on.
    private interface Piece {
        void run(int row, int from, int count, int[] picked);
    }

    /// Goes through the indices row by row in pieces that were checked; rows are split among threads.
    private static void pieces(View index, int n, int m, Piece body) {
        if (index.size() == 0) {
            return;
        }
        Workers.ranges((int) (index.size() / m), Math.max(1, GRAIN / m), (first, end) -> {
            int[] picked = new int[Math.min(PIECE, m)];
            for (int row = first; row < end; row++) {
                for (int from = 0; from < m; from += PIECE) {
                    int count = Math.min(PIECE, m - from);
                    pick(index, row * m + from, count, n, picked);
                    body.run(row, from, count, picked);
                }
            }
        });
    }

    /// The indices `at .. at+count-1`.
    ///
    /// **Throws** [IndexException] unless each lies in `0 .. n-1`.
    private static void pick(View index, int at, int count, int n, int[] picked) {
        if (index.isDense() && index.host() instanceof HostStorage.Ints ints) {
            System.arraycopy(ints.array(), index.start() + at, picked, 0, count);
        } else if (index.isDense() && index.host() instanceof HostStorage.Longs longs) {
            for (int j = 0; j < count; j++) {
                picked[j] = (int) Math.clamp(longs.array()[index.start() + at + j], -1, Integer.MAX_VALUE);
            }
        } else {
            for (int j = 0; j < count; j++) {
                picked[j] = (int) index.at(at + (long) j);
            }
        }
        for (int j = 0; j < count; j++) {
            if (picked[j] < 0 || picked[j] >= n) {
                ReferenceKernels.checked(index.at(at + (long) j), n);
            }
        }
    }
}

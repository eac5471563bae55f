package cajal.kernel;

import java.util.Arrays;

/// The rows of a [Planes] layout, and which part of each lies in the plane: made once for all planes.
///
/// @param length of a row
/// @param perPhase how many rows a phase has
/// @param step from one element of a row to the next in the plane
/// @param start where the first element of each row that lies in the plane stands there
/// @param first its place in the row
/// @param end the place behind the last one
@SuppressWarnings("ArrayRecordComponent") // never compared or hashed
record PlaneRows(int length, int perPhase, int step, int[] start, int[] first, int[] end) {
    private static final int SHORT = 8; // elements for which a loop is not slower than a call

    /// Lays out the planes `j0 .. j1 - 1`, of which the one with number 0 begins at `at` of `from`, each `apart`
    /// behind the one before, one behind the other in `to`.
    void gather(float[] from, int at, int apart, int j0, int j1, float[] to) {
        int row0 = j0 * start.length * length;
        at += j0 * apart;
        for (int j = j0; j < j1; j++, at += apart) {
            for (int row = 0; row < start.length; row++, row0 += length) {
                int begin = row0 + first[row], stop = row0 + end[row];
                Arrays.fill(to, row0, begin, 0);
                copy(from, at + start[row], step, to, begin, 1, stop - begin);
                Arrays.fill(to, stop, row0 + length, 0);
            }
        }
    }

    /// Puts the elements `l0 .. l1 - 1` of a phase of `count` planes, which stand at `from[0]` and so on, `apart`
    /// from plane to plane, where they belong in planes of `size` elements, the first at `at` of `to`.
    void scatter(float[] from, int apart, int count, int phase, int l0, int l1, float[] to, int at, int size) {
        int from0 = l0 / length, stop = (l1 + length - 1) / length;
        for (int j = 0; j < count; j++, at += size) {
            for (int i = from0; i < stop; i++) {
                int row = phase * perPhase + i;
                int begin = Math.max(l0 - i * length, first[row]), n = Math.min(l1 - i * length, end[row]) - begin;
                if (n > 0) {
                    int target = at + start[row] + (begin - first[row]) * step;
                    copy(from, j * apart - l0 + i * length + begin, 1, to, target, step, n);
                }
            }
        }
    }

    private static void copy(float[] from, int source, int by, float[] to, int target, int step, int n) {
        if (by != 1 || step != 1) {
            for (int q = 0; q < n; q++, source += by, target += step) {
                to[target] = from[source];
            }
        } else if (n < SHORT) {
            for (int q = 0; q < n; q++) {
                to[target + q] = from[source + q];
            }
        } else {
            System.arraycopy(from, source, to, target, n);
        }
    }
}

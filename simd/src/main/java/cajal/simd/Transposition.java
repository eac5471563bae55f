package cajal.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Copies columns that lie as runs into rows of a panel: blocks of 4 x 4 through four 128-bit vectors,
/// which every processor has, at more than twice the speed of single elements.
final class Transposition {
    private static final VectorSpecies<Float> F4 = FloatVector.SPECIES_128;
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(F4, i -> i / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(F4, i -> 2 + i / 2);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(F4, 0b1010);

    private Transposition() {}

    /// `to[at + p·width + q] = from[source + p·down + q·across]` for `p < rows` and `q < columns`.
    static void toPanel(
            float[] from, int source, int down, int across, int rows, int columns, float[] to, int at, int width) {
        if (across == 1 && columns > 4) {
            for (int p = 0; p < rows; p++) System.arraycopy(from, source + p * down, to, at + p * width, columns);
            return;
        }
        int q = 0, done = 0;
        if (down == 1) {
            done = rows - rows % 4;
            for (; q + 4 <= columns; q += 4) four(from, source + q * across, across, done, to, at + q, width);
            if (q < columns && columns >= 4) { // the last four again, some of them for the second time
                four(from, source + (columns - 4) * across, across, done, to, at + columns - 4, width);
                q = columns;
            }
            for (; q < columns; q++) line(from, source + q * across, 1, 0, rows, to, at + q, width);
        }
        for (q = 0; q < columns; q++) line(from, source + q * across, down, done, rows, to, at + q, width);
    }

    private static void line(float[] from, int source, int down, int start, int rows, float[] to, int at, int width) {
        for (int p = start; p < rows; p++) to[at + p * width] = from[source + p * down];
    }

    private static void four(float[] from, int s0, int across, int rows, float[] to, int at, int width) {
        int s1 = s0 + across, s2 = s1 + across, s3 = s2 + across;
        for (int p = 0; p < rows; p += 4, at += 4 * width) {
            FloatVector a = FloatVector.fromArray(F4, from, s0 + p), b = FloatVector.fromArray(F4, from, s1 + p);
            FloatVector c = FloatVector.fromArray(F4, from, s2 + p), d = FloatVector.fromArray(F4, from, s3 + p);
            FloatVector ac = low(a, c), bd = low(b, d);
            low(ac, bd).intoArray(to, at);
            high(ac, bd).intoArray(to, at + width);
            ac = high(a, c);
            bd = high(b, d);
            low(ac, bd).intoArray(to, at + 2 * width);
            high(ac, bd).intoArray(to, at + 3 * width);
        }
    }

    /// `(x0, y0, x1, y1)`
    private static FloatVector low(FloatVector x, FloatVector y) {
        return x.rearrange(LOW).blend(y.rearrange(LOW), ODD);
    }

    /// `(x2, y2, x3, y3)`
    private static FloatVector high(FloatVector x, FloatVector y) {
        return x.rearrange(HIGH).blend(y.rearrange(HIGH), ODD);
    }
}

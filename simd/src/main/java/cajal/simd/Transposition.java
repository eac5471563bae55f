package cajal.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Copies columns that lie as runs into rows of a panel: in blocks of 8 x 8, through eight 256-bit vectors, where the
/// processor chooses elements from two vectors by one instruction, otherwise of 4 x 4 through 128-bit vectors, which
/// every processor has.
final class Transposition {
    private static final VectorSpecies<Float> F4 = FloatVector.SPECIES_128, F8 = FloatVector.SPECIES_256;
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(F4, i -> i / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(F4, i -> 2 + i / 2);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(F4, 0b1010);

    // the first four of two vectors in turns, and the last four: three rounds of them turn a block
    private static final FloatVector FIRST = FloatVector.fromArray(F8, new float[] {0, 8, 1, 9, 2, 10, 3, 11}, 0);
    private static final FloatVector LAST = FIRST.add(4);

    private Transposition() {}

    /// `to[at + p·width + q] = from[source + p·down + q·across]` for `p < rows` and `q < columns`.
    static void toPanel(
            float[] from, int source, int down, int across, int rows, int columns, float[] to, int at, int width) {
        if (across == 1 && columns > 4) {
            for (int p = 0; p < rows; p++) System.arraycopy(from, source + p * down, to, at + p * width, columns);
            return;
        }
        int least = Math.min(rows, columns), side = down != 1 || least < 4 ? 1 : least < 8 || Lanes.VL < 16 ? 4 : 8;
        for (int next = 0; next < columns; next += side) {
            int q = Math.min(next, columns - side); // the last ones again, some of them for the second time
            switch (side) {
                case 8 -> eight(from, source + q * across, across, rows, to, at + q, width);
                case 4 -> four(from, source + q * across, across, rows, to, at + q, width);
                default -> line(from, source + q * across, down, rows, to, at + q, width);
            }
        }
    }

    private static void line(float[] from, int source, int down, int rows, float[] to, int at, int width) {
        for (int p = 0; p < rows; p++) to[at + p * width] = from[source + p * down];
    }

    private static void four(float[] from, int s0, int across, int rows, float[] to, int at, int width) {
        int s1 = s0 + across, s2 = s1 + across, s3 = s2 + across;
        for (int next = 0; next < rows; next += 4) {
            int p = Math.min(next, rows - 4), t = at + p * width;
            FloatVector a = FloatVector.fromArray(F4, from, s0 + p), b = FloatVector.fromArray(F4, from, s1 + p);
            FloatVector c = FloatVector.fromArray(F4, from, s2 + p), d = FloatVector.fromArray(F4, from, s3 + p);
            FloatVector ac = low(a, c), bd = low(b, d);
            low(ac, bd).intoArray(to, t);
            high(ac, bd).intoArray(to, t + width);
            ac = high(a, c);
            bd = high(b, d);
            low(ac, bd).intoArray(to, t + 2 * width);
            high(ac, bd).intoArray(to, t + 3 * width);
        }
    }

    private static void eight(float[] from, int s0, int across, int rows, float[] to, int at, int width) {
        int s1 = s0 + across, s2 = s1 + across, s3 = s2 + across, s4 = s3 + across, s5 = s4 + across;
        int s6 = s5 + across, s7 = s6 + across;
        for (int next = 0; next < rows; next += 8) {
            int p = Math.min(next, rows - 8), t = at + p * width;
            FloatVector x = load(from, s0 + p), y = load(from, s4 + p);
            FloatVector a = FIRST.selectFrom(x, y), e = LAST.selectFrom(x, y);
            x = load(from, s1 + p);
            y = load(from, s5 + p);
            FloatVector b = FIRST.selectFrom(x, y), f = LAST.selectFrom(x, y);
            x = load(from, s2 + p);
            y = load(from, s6 + p);
            FloatVector c = FIRST.selectFrom(x, y), g = LAST.selectFrom(x, y);
            x = load(from, s3 + p);
            y = load(from, s7 + p);
            FloatVector d = FIRST.selectFrom(x, y), h = LAST.selectFrom(x, y);
            quarter(FIRST.selectFrom(a, c), FIRST.selectFrom(b, d), to, t, width);
            quarter(LAST.selectFrom(a, c), LAST.selectFrom(b, d), to, t + 2 * width, width);
            quarter(FIRST.selectFrom(e, g), FIRST.selectFrom(f, h), to, t + 4 * width, width);
            quarter(LAST.selectFrom(e, g), LAST.selectFrom(f, h), to, t + 6 * width, width);
        }
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F8, x, i);
    }

    private static void quarter(FloatVector x, FloatVector y, float[] to, int at, int width) {
        FIRST.selectFrom(x, y).intoArray(to, at);
        LAST.selectFrom(x, y).intoArray(to, at + width);
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

package cajal.data;

import cajal.tensor.RandomKey;

/// Writes digits by hand: picture `i` of a key is a pure function of `(key, vigour, i)`, the same on every
/// machine, and needs no file.
///
/// A [Hand] makes the line, a pen of changing width goes over it, and the picture is laid out as MNIST's
/// are: the ink fits a box of 20 x 20 pixels, and its centre of mass lies in the middle of 28 x 28.
///
/// **Vigour** says how wildly the hands write, from 0 (as at school) to 1: each picture draws its own
/// between 0 and that. Wild hands make good training material, because a net that saw them reads strange
/// hands; calm ones are what it is tested on.
///
/// A writer belongs to one thread; any number of them may write for the same key.
public final class Handwriting {
    /// Height and width of a picture in pixels.
    public static final int SIDE = 28;
    /// The vigour of writing that people find no fault with.
    public static final double CALM = 0.1;
    /// The vigour of writing that is sometimes hard to read.
    public static final double WILD = 1;

    private static final int BOX = 20;
    private static final int[] STEPS = {1, 3, 7, 9}; // what is coprime to ten permutes the ten digits

    private final RandomKey key;
    private final double vigour;
    private final Hand hand = new Hand();
    private final Pen pen = new Pen(SIDE, SIDE);

    /// A writer.
    ///
    /// @param key the source of randomness
    /// @param vigour from 0 to 1
    ///
    /// **Throws** [IllegalArgumentException] if the vigour is not from 0 to 1.
    public Handwriting(RandomKey key, double vigour) {
        if (!(vigour >= 0 && vigour <= 1)) {
            throw new IllegalArgumentException(
                    "Handwriting with a vigour of " + vigour + "\n  rule: from 0 (calm) to 1 (wild)");
        }
        this.key = key;
        this.vigour = vigour;
    }

    /// The digit that picture `index` shows; any ten that start at a multiple of ten hold each digit once.
    public int digit(long index) {
        long bits = key.fold("order").fold(Math.floorDiv(index, 10)).bits();
        return (Math.floorMod(index, 10) * STEPS[(int) (bits & 3)] + Math.floorMod(bits >>> 2, 10)) % 10;
    }

    /// Writes picture `index` into `into[at .. at + 783]`, row by row: 0 is paper, 255 ink.
    public void write(long index, byte[] into, int at) {
        write(digit(index), index, into, at);
    }

    /// Writes a digit of one's choice with the hand that belongs to `index`.
    public void write(int digit, long index, byte[] into, int at) {
        Draws draws = new Draws(key.fold(index));
        Curve line = hand.line(digit, vigour, draws);
        ink(line, draws);
        layOut(draws, into, at);
    }

    /// Fits the line into the box and goes over it with the pen.
    private void ink(Curve line, Draws draws) {
        double radius = Math.max(0.7, 1.18 + 0.32 * draws.bell());
        if (draws.chance(0.1)) {
            radius += draws.between(0, 0.8); // a felt pen
        }
        double nib = 0.12 * draws.bell(); // a flat nib is wide in one direction and narrow across it
        double rough = draws.between(0, 0.1);
        double press = 0.2 * draws.bell(); // the pen gets heavier or lighter on its way
        double taper = draws.between(0, 0.2);
        line.fit(BOX - 2 * radius, SIDE / 2.0);
        pen.sheet(draws.between(1.0, 1.5));
        double was = 0;
        for (int i = 0; i < line.size; i++) {
            double along = line.along[i];
            double r = radius * (1 + rough * draws.bell() + press * (2 * along - 1));
            double end = Math.min(along, 1 - along) * 8;
            if (end < 1) {
                r *= 1 - taper * (1 - end) * (1 - end);
            }
            if (along > 0) {
                double dx = line.x[i] - line.x[i - 1];
                double dy = line.y[i] - line.y[i - 1];
                double squared = dx * dx + dy * dy;
                if (squared > 1e-9) {
                    r *= 1 + nib * (dx * dx - dy * dy + 2 * dx * dy) / squared;
                }
                pen.line(line.x[i - 1], line.y[i - 1], was, line.x[i], line.y[i], r);
            }
            was = r;
        }
    }

    /// Moves the ink's centre of mass to the middle, by whole pixels as MNIST's makers did.
    private void layOut(Draws draws, byte[] into, int at) {
        float[] ink = pen.ink();
        float gain = (float) draws.between(1.0, 1.25);
        double sum = 0;
        double sumX = 0;
        double sumY = 0;
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                float v = Math.min(1, ink[row * SIDE + column] * gain);
                ink[row * SIDE + column] = v;
                sum += v;
                sumX += v * column;
                sumY += v * row;
            }
        }
        int dx = (int) Math.rint((SIDE - 1) / 2.0 - sumX / sum);
        int dy = (int) Math.rint((SIDE - 1) / 2.0 - sumY / sum);
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                int fromRow = row - dy;
                int fromColumn = column - dx;
                boolean inside = fromRow >= 0 && fromRow < SIDE && fromColumn >= 0 && fromColumn < SIDE;
                into[at + row * SIDE + column] = inside ? (byte) Math.round(255 * ink[fromRow * SIDE + fromColumn]) : 0;
            }
        }
    }
}

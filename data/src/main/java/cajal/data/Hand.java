package cajal.data;

import cajal.data.Glyphs.Family;
import java.util.List;

/// A hand that writes a digit's line: it chooses a family of strokes and a pose within it, lets the points
/// wander, draws a smooth line through them, then bends, widens, slants and turns the whole.
///
/// Every number here comes from additions, multiplications, divisions and square roots of the draws, which Java
/// rounds the same way everywhere.
final class Hand {
    private static final int PIECES = 5; // of line between two points
    private static final double EXAGGERATE = 0.6; // how far a wild hand goes beyond the poses
    private static final double SHAKE = 7; // hundredths of the height
    private static final double DRIFT = 0.3; // of a stroke's length
    private static final double VEER = 0.25; // radians, nearly
    private static final double WAVE = 0.07; // of the height
    private static final double MIDDLE = 0.35; // weight of a point's own shake beside its neighbours'
    private static final double SIDES = (1 - MIDDLE) / 2;
    private static final double UNIT = 1 / Math.sqrt(MIDDLE * MIDDLE + 2 * SIDES * SIDES);

    private final Curve curve = new Curve(PIECES);
    private final double[] field = new double[32];
    private final double[] across = new double[4];
    private final double[] down = new double[4];

    /// The line of a digit, on a field about 1 high around the origin. It is overwritten by the next one.
    Curve line(int digit, double vigour, Draws draws) {
        double first = draws.unit();
        double own = vigour * Math.max(first, draws.unit());
        Family family = choose(Glyphs.FAMILIES.get(digit), draws);
        double[] points = pose(family, 1 + EXAGGERATE * own * draws.unit(), draws);
        wander(points, family.ends(), own, draws);
        curve.through(family, points);
        deform(digit, own, draws);
        return curve;
    }

    private static Family choose(List<Family> families, Draws draws) {
        double sum = 0;
        for (Family family : families) {
            sum += family.share();
        }
        double left = draws.unit() * sum;
        for (Family family : families) {
            left -= family.share();
            if (left < 0) {
                return family;
            }
        }
        return families.getLast();
    }

    /// A pose between the family's poses, mostly near one of them, drawn away from their mean by a factor.
    private static double[] pose(Family family, double factor, Draws draws) {
        double[][] poses = family.poses();
        double[] weight = new double[poses.length];
        double sum = 0;
        for (int k = 0; k < weight.length; k++) {
            double u = draws.unit();
            weight[k] = u * u * u;
            sum += weight[k];
        }
        double[] points = new double[poses[0].length];
        for (int i = 0; i < points.length; i++) {
            double blend = 0;
            double mean = 0;
            for (int k = 0; k < weight.length; k++) {
                blend += weight[k] / sum * poses[k][i];
                mean += poses[k][i] / poses.length;
            }
            points[i] = mean + factor * (blend - mean);
        }
        return points;
    }

    /// Lets the points wander as a hand does: each movement comes out too long or too short and a little
    /// beside its direction, and what follows starts where it ended, so that rings stay open or overlap; and
    /// every point shakes.
    private static void wander(double[] points, int[] ends, double vigour, Draws draws) {
        double shake = (1 + SHAKE * vigour) * UNIT;
        double drift = DRIFT * vigour;
        double veer = VEER * vigour;
        int start = 0;
        for (int end : ends) {
            double offX = start == 0 ? 0 : 2.5 * draws.bell();
            double offY = start == 0 ? 0 : 2.5 * draws.bell();
            int n = end - start;
            double[] shakeX = new double[n];
            double[] shakeY = new double[n];
            for (int i = 0; i < n; i++) {
                shakeX[i] = shake * draws.bell();
                shakeY[i] = shake * draws.bell();
            }
            double lastX = points[2 * start];
            double lastY = points[2 * start + 1];
            for (int i = 0; i < n; i++) {
                int at = 2 * (start + i);
                double x = points[at];
                double y = points[at + 1];
                double stretch = drift * draws.bell();
                double side = veer * draws.bell();
                offX += stretch * (x - lastX) - side * (y - lastY);
                offY += stretch * (y - lastY) + side * (x - lastX);
                int before = Math.max(0, i - 1);
                int after = Math.min(n - 1, i + 1);
                points[at] = x + offX + MIDDLE * shakeX[i] + SIDES * (shakeX[before] + shakeX[after]);
                points[at + 1] = y + offY + MIDDLE * shakeY[i] + SIDES * (shakeY[before] + shakeY[after]);
                lastX = x;
                lastY = y;
            }
            start = end;
        }
    }

    /// Bends, widens, slants and turns the line.
    private void deform(int digit, double vigour, Draws draws) {
        double slant = Math.clamp(digit == 1 ? 0.2 + 0.3 * draws.bell() : 0.1 + 0.28 * draws.bell(), -0.6, 0.8);
        double turn = 0.1 * draws.bell();
        double cos = 1 / Math.sqrt(1 + turn * turn);
        double sin = turn * cos;
        double wide = Math.clamp(1.05 + 0.2 * draws.bell(), 0.6, 1.7);
        double low = 0.28 * draws.bell(); // the middle sinks or rises
        double cone = 0.3 * draws.bell(); // the foot widens and the head narrows, or the other way round
        double bow = 0.06 * draws.bell();
        double strength = 3 * (0.01 + WAVE * vigour);
        for (int i = 0; i < field.length; i++) {
            field[i] = strength * draws.bell();
        }
        for (int i = 0; i < curve.size; i++) {
            double x = (curve.x[i] - 40) / 100;
            double y = (curve.y[i] - 50) / 100;
            weights(x + 0.5, across);
            weights(y + 0.5, down);
            double waveX = patch(0);
            double waveY = patch(16);
            y += low * (0.25 - y * y) + waveY;
            x = x * wide * (1 + cone * y) + bow * (1 - 4 * y * y) + waveX - slant * y;
            curve.x[i] = cos * x - sin * y;
            curve.y[i] = sin * x + cos * y;
        }
    }

    /// The value of a smooth field over the unit square, a cubic B-spline patch of 4 x 4 draws.
    private double patch(int from) {
        double sum = 0;
        for (int j = 0; j < 4; j++) {
            for (int i = 0; i < 4; i++) {
                sum += field[from + 4 * j + i] * down[j] * across[i];
            }
        }
        return sum;
    }

    /// The four cubic B-spline weights at `t`.
    private static void weights(double t, double[] into) {
        t = Math.clamp(t, 0.0, 1.0);
        double s = 1 - t;
        into[0] = s * s * s / 6;
        into[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
        into[2] = (3 * s * s * s - 6 * s * s + 4) / 6;
        into[3] = t * t * t / 6;
    }
}

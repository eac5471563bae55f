package cajal.data;

import cajal.data.Glyphs.Family;

/// A smooth line through the points of a glyph, as short straight pieces: Catmull-Rom splines between corners.
///
/// **Source:** Catmull, Rom, "A class of local interpolating splines", 1974.
final class Curve {
    private final int steps;
    /// How many pieces' ends there are.
    int size;
    double[] x = new double[256];
    double[] y = new double[256];
    /// Where on its stroke a piece's end lies: 0 at the stroke's start, 1 at its end.
    double[] along = new double[256];

    Curve(int steps) {
        this.steps = steps;
    }

    /// Puts the line through the points of a family; they come as x, y, x, y, ...
    void through(Family family, double[] points) {
        size = 0;
        int start = 0;
        for (int end : family.ends()) {
            int first = size;
            add(points[2 * start], points[2 * start + 1]);
            for (int i = start; i < end - 1; i++) {
                span(points, family.corner(), start, end, i);
            }
            for (int i = first; i < size; i++) {
                along[i] = (double) (i - first) / (size - 1 - first);
            }
            start = end;
        }
    }

    /// The pieces from point `i` to the next; past a stroke's end or a corner, the neighbour is mirrored.
    private void span(double[] p, boolean[] corner, int start, int end, int i) {
        double x1 = p[2 * i];
        double y1 = p[2 * i + 1];
        double x2 = p[2 * i + 2];
        double y2 = p[2 * i + 3];
        boolean before = i > start && !corner[i];
        boolean after = i + 2 < end && !corner[i + 1];
        double x0 = before ? p[2 * i - 2] : 2 * x1 - x2;
        double y0 = before ? p[2 * i - 1] : 2 * y1 - y2;
        double x3 = after ? p[2 * i + 4] : 2 * x2 - x1;
        double y3 = after ? p[2 * i + 5] : 2 * y2 - y1;
        for (int k = 1; k <= steps; k++) {
            double t = (double) k / steps;
            add(catmullRom(x0, x1, x2, x3, t), catmullRom(y0, y1, y2, y3, t));
        }
    }

    /// Scales the line so that its longer side becomes `side`, and moves the middle of its box to `(middle,
    /// middle)`.
    void fit(double side, double middle) {
        double left = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            left = Math.min(left, x[i]);
            right = Math.max(right, x[i]);
            top = Math.min(top, y[i]);
            bottom = Math.max(bottom, y[i]);
        }
        double scale = side / Math.max(right - left, bottom - top);
        for (int i = 0; i < size; i++) {
            x[i] = middle + scale * (x[i] - (left + right) / 2);
            y[i] = middle + scale * (y[i] - (top + bottom) / 2);
        }
    }

    private static double catmullRom(double a, double b, double c, double d, double t) {
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }

    private void add(double px, double py) {
        x[size] = px;
        y[size] = py;
        size++;
    }
}

package cajal.data;

import java.util.Arrays;

/// Draws a line of changing width into a grey picture: a pixel's ink is the coverage of a disc that slides
/// along the line, `clamp((radius - distance) / edge + 1/2)`, the darkest of all segments.
///
/// A pen belongs to one thread and is used for many pictures.
final class Pen {
    private final int width;
    private final int height;
    private final float[] ink;
    private double edge = 1;

    Pen(int width, int height) {
        this.width = width;
        this.height = height;
        this.ink = new float[width * height];
    }

    /// Takes a clean sheet and says over how many pixels an edge of the line runs from ink to paper.
    void sheet(double edge) {
        Arrays.fill(ink, 0);
        this.edge = edge;
    }

    /// Draws from `(x0, y0)` with radius `r0` to `(x1, y1)` with radius `r1`; the pixel `(i, j)` has its
    /// middle at `(i + 0.5, j + 0.5)`.
    void line(double x0, double y0, double r0, double x1, double y1, double r1) {
        double reach = Math.max(r0, r1) + edge / 2;
        int left = clamp(Math.min(x0, x1) - reach, width);
        int right = clamp(Math.max(x0, x1) + reach + 1, width);
        int top = clamp(Math.min(y0, y1) - reach, height);
        int bottom = clamp(Math.max(y0, y1) + reach + 1, height);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double perLength = 1 / Math.max(dx * dx + dy * dy, 1e-12);
        double perEdge = 1 / edge;
        double reachSquared = reach * reach;
        for (int row = top; row < bottom; row++) {
            double py = row + 0.5 - y0;
            for (int column = left; column < right; column++) {
                double px = column + 0.5 - x0;
                double t = (px * dx + py * dy) * perLength;
                t = t < 0 ? 0 : t > 1 ? 1 : t;
                double ex = px - t * dx;
                double ey = py - t * dy;
                double squared = ex * ex + ey * ey;
                if (squared < reachSquared) {
                    float cover = (float) ((r0 + t * (r1 - r0) - Math.sqrt(squared)) * perEdge + 0.5);
                    int at = row * width + column;
                    if (cover > ink[at]) {
                        ink[at] = cover;
                    }
                }
            }
        }
    }

    /// The ink on the sheet, row by row; more than 1 is as dark as 1.
    float[] ink() {
        return ink;
    }

    private static int clamp(double value, int size) {
        return (int) Math.max(0, Math.min(size, value));
    }
}

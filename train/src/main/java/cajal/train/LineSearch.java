package cajal.train;

import cajal.tensor.Tensor;
import java.util.function.DoubleFunction;

/// Finds how far to go along a direction so that the strong Wolfe conditions hold: the loss falls by at least a
/// share of what the slope promises, `f(t) ≤ f(0) + c₁·t·f'(0)`, and the slope has lost a share of its size,
/// `|f'(t)| ≤ c₂·|f'(0)|`.
///
/// **Source** Nocedal and Wright, "Numerical optimization", 2nd edition, algorithms 3.5 and 3.6 with cubic
/// interpolation (equation 3.59); safeguards and constants as in PyTorch's L-BFGS.
final class LineSearch {
    private static final double C1 = 1e-4;
    private static final double C2 = 0.9;
    private static final int MOST = 25;

    private final DoubleFunction<Point> look;
    private final Point start;
    private final double reach; // the largest element of the direction
    private final double tolerance;
    private int looks;

    /// What is known of a place along the direction.
    ///
    /// @param slope the derivative along the direction
    record Point(double t, double loss, Tensor gradient, double slope) {}

    LineSearch(DoubleFunction<Point> look, Point start, double reach, double tolerance) {
        this.look = look;
        this.start = start;
        this.reach = reach;
        this.tolerance = tolerance;
    }

    /// How often the loss was computed.
    int looks() {
        return looks;
    }

    /// The place that was found, beginning with `t`.
    Point from(double t) {
        Point before = start;
        Point now = at(t);
        while (looks <= MOST) {
            if (tooHigh(now) || looks > 2 && now.loss >= before.loss || now.slope >= 0 && !flat(now)) {
                return within(before, now);
            }
            if (flat(now)) {
                return now;
            }
            double next = cubic(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
            before = now;
            now = at(next);
        }
        return within(start, now);
    }

    private Point at(double t) {
        looks++;
        return look.apply(t);
    }

    private boolean tooHigh(Point p) {
        return p.loss > start.loss + C1 * p.t * start.slope;
    }

    private boolean flat(Point p) {
        return Math.abs(p.slope) <= -C2 * start.slope;
    }

    /// Narrows an interval that holds a place where both conditions are met.
    private Point within(Point a, Point b) {
        boolean first = a.loss <= b.loss; // the lower end is a
        boolean stuck = false;
        while (looks <= MOST && Math.abs(b.t - a.t) * reach >= tolerance) {
            double left = Math.min(a.t, b.t);
            double right = Math.max(a.t, b.t);
            double t = cubic(a, b, left, right);
            double margin = 0.1 * (right - left);
            boolean near = Math.min(right - t, t - left) < margin;
            if (near && (stuck || t >= right || t <= left)) {
                t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
                near = false;
            }
            stuck = near;
            Point p = at(t);
            Point low = first ? a : b;
            Point high = first ? b : a;
            if (tooHigh(p) || p.loss >= low.loss) {
                high = p;
                a = first ? low : high;
                b = first ? high : low;
                first = a.loss <= b.loss;
                continue;
            }
            if (flat(p)) {
                return p;
            }
            if (p.slope * (high.t - low.t) >= 0) {
                high = low;
            }
            a = first ? p : high;
            b = first ? high : p;
        }
        return first ? a : b;
    }

    /// Where the cubic through two places with their slopes is lowest, held within bounds.
    private static double cubic(Point p, Point q, double low, double high) {
        double d1 = p.slope + q.slope - 3 * (p.loss - q.loss) / (p.t - q.t);
        double square = d1 * d1 - p.slope * q.slope;
        if (!(square >= 0)) {
            return (low + high) / 2;
        }
        double d2 = Math.sqrt(square);
        Point left = p.t <= q.t ? p : q;
        Point right = p.t <= q.t ? q : p;
        double lowest = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
        return Math.min(Math.max(lowest, low), high);
    }
}

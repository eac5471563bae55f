import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Layers that pool windows.
class Pooling {
    private static final Golden g = new Golden("pooling", 3);

    public static void main(String[] args) throws Exception {
        max();
        average();
        norms();
        adaptive();
        g.write();
    }

    private static long[] l(long... values) {
        return values;
    }

    private static void max() {
        g.begin("max2d", "max_pool2d(x, 2)");
        g.out("y", torch.max_pool2d(g.in("x", 2, 3, 4, 5), 2, 2));
        g.end();

        g.begin("max2d-options", "max_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 1), dilation=(1, 2), ceil_mode=True)");
        g.out("y", torch.max_pool2d(g.in("x", 2, 2, 6, 5), l(3, 2), l(2, 1), l(1, 1), l(1, 2), true));
        g.end();

        g.begin("max2d-ceil", "max_pool2d(x, 2, ceil_mode=True), without a batch");
        g.out("y", torch.max_pool2d(g.in("x", 2, 5, 3), l(2, 2), l(2, 2), l(0, 0), l(1, 1), true));
        g.end();

        g.begin("max2d-ties", "max_pool2d(x, 3, stride=1, padding=1), many equal elements");
        Tensor ties = Golden.whole(3, 1, 2, 5, 5).to(torch.ScalarType.Double);
        g.out("y", torch.max_pool2d(g.in("x", ties), l(3, 3), l(1, 1), l(1, 1), l(1, 1), false));
        g.end();

        g.begin("max1d", "max_pool1d(x, 3, stride=2, padding=1)");
        g.out("y", torch.max_pool1d(g.in("x", 2, 3, 7), l(3), l(2), l(1), l(1), false));
        g.end();
    }

    private static void average() {
        g.begin("avg2d", "avg_pool2d(x, 2)");
        g.out("y", torch.avg_pool2d(g.in("x", 2, 3, 4, 5), 2, 2));
        g.end();

        g.begin("avg2d-options", "avg_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 1), ceil_mode=True)");
        g.out(
                "y",
                torch.avg_pool2d(g.in("x", 2, 2, 6, 5), l(3, 2), l(2, 1), l(1, 1), true, true, new LongOptional()));
        g.end();

        g.begin("avg2d-exclude", "avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)");
        g.out(
                "y",
                torch.avg_pool2d(g.in("x", 2, 2, 6, 4), l(3, 3), l(2, 2), l(1, 1), true, false, new LongOptional()));
        g.end();

        g.begin("avg2d-divisor", "avg_pool2d(x, 2, stride=1, divisor_override=3)");
        g.out(
                "y",
                torch.avg_pool2d(g.in("x", 2, 2, 3, 4), l(2, 2), l(1, 1), l(0, 0), false, true, new LongOptional(3)));
        g.end();

        g.begin("avg1d", "avg_pool1d(x, 3, stride=2, padding=1)");
        g.out("y", torch.avg_pool1d(g.in("x", 2, 3, 7), l(3), l(2), l(1), false, true));
        g.end();
    }

    /// What torch.nn.functional.lp_pool2d is made of.
    private static void norms() {
        g.begin("lp2d", "lp_pool2d(x, 2, kernel_size=2)");
        Tensor x = g.in("x", 2, 2, 4, 5);
        Tensor mean = torch.avg_pool2d(x.pow(new Scalar(2.0)), 2, 2);
        g.out("y", mean.mul(new Scalar(4.0)).pow(new Scalar(0.5)));
        g.end();

        g.begin("lp1d", "lp_pool1d(x, 3, kernel_size=3, stride=2, ceil_mode=True), x positive");
        Tensor positive = g.in("x", Golden.normal(2, 2, 6).abs().add(new Scalar(0.1)));
        Tensor cubes = torch.avg_pool1d(positive.pow(new Scalar(3.0)), l(3), l(2), l(0), true, true);
        g.out("y", cubes.mul(new Scalar(3.0)).pow(new Scalar(1.0 / 3)));
        g.end();
    }

    private static void adaptive() {
        g.begin("adaptive-avg2d", "adaptive_avg_pool2d(x, (3, 2)) of (7, 5)");
        g.out("y", torch.adaptive_avg_pool2d(g.in("x", 2, 2, 7, 5), 3, 2));
        g.end();

        g.begin("adaptive-avg2d-even", "adaptive_avg_pool2d(x, (3, 2)) of (6, 4)");
        g.out("y", torch.adaptive_avg_pool2d(g.in("x", 2, 2, 6, 4), 3, 2));
        g.end();

        g.begin("adaptive-avg1d", "adaptive_avg_pool1d(x, 5) of 3");
        g.out("y", torch.adaptive_avg_pool1d(g.in("x", 2, 2, 3), 5));
        g.end();

        g.begin("adaptive-max2d", "adaptive_max_pool2d(x, (3, 2)) of (7, 5)");
        g.out("y", torch.adaptive_max_pool2d(g.in("x", 2, 2, 7, 5), 3, 2).get0());
        g.end();

        g.begin("adaptive-max2d-even", "adaptive_max_pool2d(x, 2) of (6, 4)");
        g.out("y", torch.adaptive_max_pool2d(g.in("x", 2, 2, 6, 4), 2, 2).get0());
        g.end();

        g.begin("adaptive-max1d", "adaptive_max_pool1d(x, 4) of 7");
        g.out("y", torch.adaptive_max_pool1d(g.in("x", 2, 2, 7), 4).get0());
        g.end();

        g.begin("global-avg", "adaptive_avg_pool2d(x, 1).flatten(1)");
        g.out("y", torch.adaptive_avg_pool2d(g.in("x", 2, 3, 3, 4), 1, 1).flatten(1, -1));
        g.end();

        g.begin("global-max", "adaptive_max_pool2d(x, 1).flatten(1)");
        g.out("y", torch.adaptive_max_pool2d(g.in("x", 2, 3, 3, 4), 1, 1).get0().flatten(1, -1));
        g.end();
    }
}

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Layers without parameters that resize, rearrange, pad, gate and merge.
class SmallLayers {
    private static final Golden g = new Golden("small-layers", 4);

    public static void main(String[] args) throws Exception {
        resizing();
        pixels();
        padding();
        gates();
        merging();
        g.write();
    }

    private static long[] l(long... values) {
        return values;
    }

    private static DoubleOptional by(double factor) {
        return new DoubleOptional(factor);
    }

    private static void resizing() {
        g.begin("nearest2d", "interpolate(x, scale_factor=2)");
        g.out("y", torch.upsample_nearest2d(g.in("x", 2, 2, 3, 4), l(6, 8), by(2), by(2)));
        g.end();

        g.begin("nearest2d-size", "interpolate(x, size=(5, 3)) of (3, 4)");
        g.out("y", torch.upsample_nearest2d(g.in("x", 2, 2, 3, 4), l(5, 3), new DoubleOptional(), new DoubleOptional()));
        g.end();

        g.begin("nearest1d", "interpolate(x, scale_factor=1.5) of 5");
        g.out("y", torch.upsample_nearest1d(g.in("x", 2, 2, 5), l(7), by(1.5)));
        g.end();

        g.begin("bilinear", "interpolate(x, scale_factor=2, mode='bilinear')");
        g.out("y", torch.upsample_bilinear2d(g.in("x", 2, 2, 3, 4), l(6, 8), false, by(2), by(2)));
        g.end();

        g.begin("bilinear-factors", "interpolate(x, scale_factor=(1.3, 0.7), mode='bilinear') of (4, 5)");
        g.out("y", torch.upsample_bilinear2d(g.in("x", 2, 2, 4, 5), l(5, 3), false, by(1.3), by(0.7)));
        g.end();

        g.begin("bilinear-size", "interpolate(x, size=(5, 3), mode='bilinear') of (3, 4)");
        g.out("y", torch.upsample_bilinear2d(g.in("x", 2, 2, 3, 4), l(5, 3), false));
        g.end();

        g.begin("bilinear-corners", "interpolate(x, size=(5, 7), mode='bilinear', align_corners=True) of (3, 4)");
        g.out("y", torch.upsample_bilinear2d(g.in("x", 2, 2, 3, 4), l(5, 7), true));
        g.end();

        g.begin("bilinear-corners-one", "interpolate(x, size=(1, 6), mode='bilinear', align_corners=True) of (3, 1)");
        g.out("y", torch.upsample_bilinear2d(g.in("x", 2, 2, 3, 1), l(1, 6), true));
        g.end();

        g.begin("linear", "interpolate(x, scale_factor=3, mode='linear')");
        g.out("y", torch.upsample_linear1d(g.in("x", 2, 2, 4), l(12), false, by(3)));
        g.end();
    }

    private static void pixels() {
        g.begin("pixel-shuffle", "pixel_shuffle(x, 2)");
        g.out("y", torch.pixel_shuffle(g.in("x", 2, 8, 3, 2), 2));
        g.end();

        g.begin("pixel-unshuffle", "pixel_unshuffle(x, 3)");
        g.out("y", torch.pixel_unshuffle(g.in("x", 2, 2, 6, 3), 3));
        g.end();
    }

    private static void padding() {
        g.begin("zero1d", "ZeroPad1d((1, 2))");
        g.out("y", torch.constant_pad_nd(g.in("x", 2, 2, 3), l(1, 2), new Scalar(0.0)));
        g.end();

        g.begin("zero2d", "ZeroPad2d((1, 2, 0, 3))");
        g.out("y", torch.constant_pad_nd(g.in("x", 2, 2, 3, 2), l(1, 2, 0, 3), new Scalar(0.0)));
        g.end();

        g.begin("constant1d", "ConstantPad1d(2, 3.5)");
        g.out("y", torch.constant_pad_nd(g.in("x", 2, 2, 3), l(2, 2), new Scalar(3.5)));
        g.end();

        g.begin("constant2d", "ConstantPad2d((1, 0, 2, 1), -1.5), without a batch");
        g.out("y", torch.constant_pad_nd(g.in("x", 2, 3, 2), l(1, 0, 2, 1), new Scalar(-1.5)));
        g.end();

        g.begin("reflection1d", "ReflectionPad1d((3, 1))");
        g.out("y", torch.reflection_pad1d(g.in("x", 2, 2, 4), 3, 1));
        g.end();

        g.begin("reflection2d", "ReflectionPad2d((1, 2, 3, 0))");
        g.out("y", torch.reflection_pad2d(g.in("x", 2, 2, 4, 3), 1, 2, 3, 0));
        g.end();

        g.begin("replication1d", "ReplicationPad1d((3, 1))");
        g.out("y", torch.replication_pad1d(g.in("x", 2, 2, 2), 3, 1));
        g.end();

        g.begin("replication2d", "ReplicationPad2d((1, 2, 3, 0))");
        g.out("y", torch.replication_pad2d(g.in("x", 2, 2, 2, 3), 1, 2, 3, 0));
        g.end();
    }

    private static void gates() {
        g.begin("glu", "glu(x)");
        g.out("y", torch.glu(g.in("x", 3, 8)));
        g.end();

        g.begin("glu-channels", "glu(x, dim=1)");
        g.out("y", torch.glu(g.in("x", 2, 4, 3), 1));
        g.end();

        g.begin("swiglu", "silu(x[..., :4]) * x[..., 4:]");
        Tensor x = g.in("x", 3, 8);
        g.out("y", torch.silu(x.narrow(1, 0, 4)).mul(x.narrow(1, 4, 4)));
        g.end();

        g.begin("maxout", "x.reshape(3, 4, 2).amax(-1)");
        Tensor pairs = g.in("x", 3, 8);
        g.out("y", torch.amax(pairs.reshape(3, 4, 2), l(2), false));
        g.end();
    }

    /// Of the branches sin, x² and, where there are three, x.
    private static void merging() {
        g.begin("product", "sin(x) * x**2 * x");
        Tensor x = g.in("x", 3, 4);
        g.out("y", x.sin().mul(x.square()).mul(x));
        g.end();

        g.begin("average", "(sin(x) + x**2 + x) / 3");
        x = g.in("x", 3, 4);
        g.out("y", x.sin().add(x.square()).add(x).div(new Scalar(3.0)));
        g.end();

        g.begin("maximum", "maximum(sin(x), x**2)");
        x = g.in("x", 3, 4);
        g.out("y", torch.maximum(x.sin(), x.square()));
        g.end();

        g.begin("minimum", "minimum(sin(x), x**2)");
        x = g.in("x", 3, 4);
        g.out("y", torch.minimum(x.sin(), x.square()));
        g.end();

        g.begin("concat", "cat([sin(x), x**2, x], 1)");
        x = g.in("x", 3, 4);
        g.out("y", torch.cat(new TensorVector(x.sin(), x.square(), x), 1));
        g.end();

        g.begin("dot", "(sin(x) * x**2).sum(1, keepdim=True)");
        x = g.in("x", 3, 4);
        g.out("y", x.sin().mul(x.square()).sum(l(1), true, new org.bytedeco.pytorch.ScalarTypeOptional()));
        g.end();
    }
}

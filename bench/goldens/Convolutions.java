import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/// Convolutions of every kind, transposed ones, windows as columns and back.
class Convolutions {
    static final Golden G = new Golden("convolutions", 5);
    static final TensorOptional NONE = new TensorOptional();

    public static void main(String[] args) throws Exception {
        lines();
        pictures();
        G.begin("conv3d", "torch.nn.functional.conv3d(x, weight, bias, stride=(1, 2, 1), padding=(1, 0, 1), dilation=(1, 1, 2), groups=2)");
        G.out("y", torch.conv3d(G.in("x", 2, 4, 3, 5, 4), G.param("weight", 6, 2, 2, 3, 2), bias(6), a(1, 2, 1), a(1, 0, 1), a(1, 1, 2), 2));
        G.end();
        transposed();
        windows();
        G.write();
    }

    static long[] a(long... values) {
        return values;
    }

    static TensorOptional bias(long n) {
        return new TensorOptional(G.param("bias", n));
    }

    static void lines() {
        G.begin("conv1d", "torch.nn.functional.conv1d(x, weight, bias)");
        G.out("y", torch.conv1d(G.in("x", 2, 3, 7), G.param("weight", 4, 3, 3), bias(4), a(1), a(0), a(1), 1));
        G.end();
        G.begin("conv1d-all", "torch.nn.functional.conv1d(x, weight, None, stride=3, padding=4, dilation=2, groups=2)");
        G.out("y", torch.conv1d(G.in("x", 2, 4, 9), G.param("weight", 6, 2, 3), NONE, a(3), a(4), a(2), 2));
        G.end();
        G.begin("conv1d-same", "torch.nn.functional.conv1d(x, weight, bias, padding='same', dilation=3), kernel of 2");
        Tensor x = G.in("x", 1, 2, 6);
        G.out("y", torch.conv1d(x, G.param("weight", 3, 2, 2), bias(3), a(1), "same", a(3), 1));
        G.end();
    }

    static void pictures() {
        conv2d("conv2d", a(2, 3, 5, 6), a(4, 3, 3, 3), a(1, 1), a(0, 0), a(1, 1), 1, true);
        conv2d("conv2d-1x1", a(2, 5, 3, 4), a(3, 5, 1, 1), a(1, 1), a(0, 0), a(1, 1), 1, true);
        conv2d("conv2d-1x1-stride", a(2, 3, 5, 4), a(4, 3, 1, 1), a(2, 2), a(0, 0), a(1, 1), 1, false);
        conv2d("conv2d-stride-padding", a(2, 3, 6, 5), a(4, 3, 3, 3), a(2, 2), a(1, 1), a(1, 1), 1, true);
        conv2d("conv2d-rectangular", a(1, 2, 7, 8), a(3, 2, 2, 4), a(3, 2), a(1, 3), a(1, 2), 1, false);
        conv2d("conv2d-dilation", a(2, 2, 8, 7), a(2, 2, 3, 3), a(1, 1), a(2, 2), a(2, 2), 1, true);
        conv2d("conv2d-groups", a(2, 6, 5, 5), a(9, 2, 3, 3), a(2, 1), a(1, 1), a(1, 1), 3, true);
        conv2d("conv2d-depthwise", a(2, 4, 5, 5), a(8, 1, 3, 3), a(1, 1), a(1, 1), a(1, 1), 4, true);
        conv2d("conv2d-wide", a(1, 18, 4, 5), a(3, 18, 2, 3), a(1, 1), a(1, 1), a(1, 1), 1, true);
        G.begin("conv2d-same", "torch.nn.functional.conv2d(x, weight, bias, padding='same'), kernel of (4, 3)");
        Tensor x = G.in("x", 1, 2, 5, 4);
        G.out("y", torch.conv2d(x, G.param("weight", 3, 2, 4, 3), bias(3), a(1, 1), "same", a(1, 1), 1));
        G.end();
        G.begin("separable", "conv2d(conv2d(x, depthwise, stride=2, padding=1, groups=4), pointwise, bias)");
        x = G.in("x", 2, 4, 5, 6);
        Tensor each = torch.conv2d(x, G.param("depthwise.weight", 4, 1, 3, 3), NONE, a(2, 2), a(1, 1), a(1, 1), 4);
        Tensor point = G.param("pointwise.weight", 3, 4, 1, 1);
        G.out("y", torch.conv2d(each, point, new TensorOptional(G.param("pointwise.bias", 3)), a(1, 1), a(0, 0), a(1, 1), 1));
        G.end();
    }

    static void conv2d(String name, long[] x, long[] w, long[] stride, long[] padding, long[] dilation, long groups, boolean bias) {
        G.begin(name, "torch.nn.functional.conv2d(x, weight, " + (bias ? "bias" : "None") + text(stride, padding, dilation, groups) + ")");
        Tensor in = G.in("x", x);
        Tensor weight = G.param("weight", w);
        G.out("y", torch.conv2d(in, weight, bias ? bias(w[0]) : NONE, stride, padding, dilation, groups));
        G.end();
    }

    static String text(long[] stride, long[] padding, long[] dilation, long groups) {
        return ", stride=" + java.util.Arrays.toString(stride) + ", padding=" + java.util.Arrays.toString(padding)
                + ", dilation=" + java.util.Arrays.toString(dilation) + ", groups=" + groups;
    }

    static void transposed() {
        G.begin("transposed1d", "torch.nn.functional.conv_transpose1d(x, weight, bias, stride=3, padding=1, output_padding=2, groups=2, dilation=2)");
        G.out("y", torch.conv_transpose1d(G.in("x", 2, 4, 5), G.param("weight", 4, 3, 3), bias(6), a(3), a(1), a(2), 2, 2));
        G.end();
        transposed2d("transposed2d", a(2, 3, 4, 3), a(3, 2, 3, 3), a(1, 1), a(0, 0), a(0, 0), a(1, 1), 1, true);
        transposed2d("transposed2d-stride", a(2, 3, 3, 4), a(3, 2, 4, 4), a(2, 2), a(1, 1), a(0, 0), a(1, 1), 1, true);
        transposed2d("transposed2d-all", a(2, 4, 3, 3), a(4, 3, 3, 2), a(3, 2), a(2, 1), a(1, 1), a(2, 1), 2, true);
        transposed2d("transposed2d-gaps", a(1, 2, 3, 3), a(2, 2, 2, 2), a(3, 3), a(0, 0), a(0, 2), a(1, 1), 1, false);
        transposed2d("transposed2d-beyond", a(1, 2, 3, 3), a(2, 2, 2, 2), a(1, 2), a(1, 1), a(1, 2), a(3, 3), 1, true);
    }

    static void transposed2d(String name, long[] x, long[] w, long[] stride, long[] padding, long[] extra, long[] dilation, long groups, boolean bias) {
        G.begin(name, "torch.nn.functional.conv_transpose2d(x, weight, " + (bias ? "bias" : "None") + text(stride, padding, dilation, groups)
                + ", output_padding=" + java.util.Arrays.toString(extra) + ")");
        Tensor in = G.in("x", x);
        Tensor weight = G.param("weight", w);
        G.out("y", torch.conv_transpose2d(in, weight, bias ? bias(w[1] * groups) : NONE, stride, padding, extra, groups, dilation));
        G.end();
    }

    static void windows() {
        G.begin("unfold", "torch.nn.functional.unfold(x, (2, 3), dilation=(2, 1), padding=(1, 2), stride=(1, 2))");
        G.out("y", torch.im2col(G.in("x", 2, 3, 5, 6), a(2, 3), a(2, 1), a(1, 2), 1, 2));
        G.end();
        G.begin("fold", "torch.nn.functional.fold(x, (5, 6), (2, 3), dilation=(2, 1), padding=(1, 2), stride=(1, 2))");
        G.out("y", torch.col2im(G.in("x", 2, 18, 20), a(5, 6), a(2, 3), a(2, 1), a(1, 2), 1, 2));
        G.end();
    }
}

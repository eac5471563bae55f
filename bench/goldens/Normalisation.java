import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LocalResponseNormOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Layers that bring groups of elements to mean 0 and variance 1.
class Normalisation {
    private static final TensorOptional NONE = new TensorOptional();

    public static void main(String[] args) throws Exception {
        Golden g = new Golden("normalisation", 7);
        rows(g);
        for (boolean training : new boolean[] {true, false}) {
            batch(g, training, "rows", 5, 3);
            batch(g, training, "sequences", 3, 2, 4);
            batch(g, training, "pictures", 3, 2, 2, 3);
        }
        statistics(g);
        groups(g);
        instances(g);
        neighbours(g);
        kernels(g);
        weights(g);
        g.write();
    }

    private static Tensor level(long... dims) {
        return Golden.normal(dims).add(new Scalar(3.0));
    }

    private static void rows(Golden g) {
        g.begin("layer", "layer_norm(x, (5,), weight, bias, 1e-5)");
        g.out("y", torch.layer_norm(g.in("x", level(3, 5)), new long[] {5}, opt(g.param("weight", 5)), opt(g.param("bias", 5)), 1e-5, false));
        g.end();
        g.begin("layer-two-axes", "layer_norm(x, (2, 3), weight, bias, 1e-3)");
        g.out("y", torch.layer_norm(g.in("x", 2, 2, 2, 3), new long[] {2, 3}, opt(g.param("weight", 2, 3)), opt(g.param("bias", 2, 3)), 1e-3, false));
        g.end();
        g.begin("layer-no-bias", "layer_norm(x, (4,), weight, None, 1e-5)");
        g.out("y", torch.layer_norm(g.in("x", 2, 3, 4), new long[] {4}, opt(g.param("weight", 4)), NONE, 1e-5, false));
        g.end();
        g.begin("layer-plain", "layer_norm(x, (6,))");
        g.out("y", torch.layer_norm(g.in("x", 4, 6), 6));
        g.end();
        g.begin("rms", "rms_norm(x, (5,), weight, 1e-6)");
        g.out("y", torch.rms_norm(g.in("x", level(3, 5)), new long[] {5}, opt(g.param("weight", 5)), new DoubleOptional(1e-6)));
        g.end();
        g.begin("rms-two-axes", "rms_norm(x, (2, 3)), epsilon that of the element type");
        g.out("y", torch.rms_norm(g.in("x", 3, 2, 3), 2, 3));
        g.end();
    }

    private static TensorOptional opt(Tensor t) {
        return new TensorOptional(t);
    }

    private static void batch(Golden g, boolean training, String what, long... dims) {
        long c = dims[1];
        g.begin("batch-" + what + (training ? "-training" : "-inference"), "batch_norm(x, running_mean, running_var, weight, bias, training, 0.1, 1e-5)");
        Tensor x = g.in("x", level(dims));
        Tensor w = g.param("weight", c);
        Tensor b = g.param("bias", c);
        States s = new States(g, c);
        g.out("y", torch.batch_norm(x, opt(w), opt(b), opt(s.mean), opt(s.variance), training, 0.1, 1e-5, false));
        g.end();
        s.after(training ? 1 : 0);
    }

    /// Running statistics, before and after.
    private static final class States {
        final Golden g;
        final Tensor mean;
        final Tensor variance;

        States(Golden g, long c) {
            this.g = g;
            mean = g.state("running_mean", Golden.normal(c));
            variance = g.state("running_var", Golden.normal(c).abs().add(new Scalar(0.5)));
            g.state("num_batches_tracked", torch.zeros().to(ScalarType.Long));
        }

        void after(long batches) {
            g.after("running_mean", mean);
            g.after("running_var", variance);
            if (batches < 0) {
                return; // instance_norm leaves the counter alone
            }
            g.after("num_batches_tracked", torch.zeros().add(new Scalar((double) batches)).to(ScalarType.Long));
        }
    }

    private static void statistics(Golden g) {
        g.begin("batch-cumulative", "BatchNorm1d(3, momentum=None, affine=False), two batches");
        Tensor x = g.in("x", level(4, 3));
        Tensor z = g.in("z", level(3, 3));
        States s = new States(g, 3);
        g.out("y", torch.batch_norm(x, NONE, NONE, opt(s.mean), opt(s.variance), true, 1.0, 1e-5, false));
        g.out("u", torch.batch_norm(z, NONE, NONE, opt(s.mean), opt(s.variance), true, 0.5, 1e-5, false));
        g.end();
        s.after(2);
        g.begin("batch-no-statistics", "batch_norm(x, None, None, weight, bias, True)");
        g.out("y", torch.batch_norm(g.in("x", 4, 3), opt(g.param("weight", 3)), opt(g.param("bias", 3)), NONE, NONE, true, 0.1, 1e-5, false));
        g.end();
    }

    private static void groups(Golden g) {
        g.begin("group", "group_norm(x, 2, weight, bias, 1e-5), x of shape (2, 4, 3, 2)");
        g.out("y", torch.group_norm(g.in("x", level(2, 4, 3, 2)), 2, opt(g.param("weight", 4)), opt(g.param("bias", 4)), 1e-5, false));
        g.end();
        g.begin("group-rows", "group_norm(x, 3, weight, bias, 1e-5), x of shape (2, 12)");
        g.out("y", torch.group_norm(g.in("x", 2, 12), 3, opt(g.param("weight", 12)), opt(g.param("bias", 12)), 1e-5, false));
        g.end();
        g.begin("group-each-channel", "group_norm(x, 3), x of shape (2, 3, 4)");
        g.out("y", torch.group_norm(g.in("x", 2, 3, 4), 3));
        g.end();
    }

    private static void instances(Golden g) {
        g.begin("instance", "instance_norm(x), x of shape (2, 3, 4)");
        g.out("y", torch.instance_norm(g.in("x", level(2, 3, 4)), NONE, NONE, NONE, NONE, true, 0.1, 1e-5, false));
        g.end();
        for (boolean training : new boolean[] {true, false}) {
            g.begin("instance-statistics" + (training ? "-training" : "-inference"), "instance_norm(x, running_mean, running_var, weight, bias, use_input_stats, 0.1, 1e-5)");
            Tensor x = g.in("x", level(3, 2, 2, 3));
            Tensor w = g.param("weight", 2);
            Tensor b = g.param("bias", 2);
            States s = new States(g, 2);
            g.out("y", torch.instance_norm(x, opt(w), opt(b), opt(s.mean), opt(s.variance), training, 0.1, 1e-5, false));
            g.end();
            s.after(-1);
        }
    }

    /// Linear layers whose weights are made of other parameters, the formulas of PyTorch's weight_norm and
    /// spectral_norm written out.
    private static void weights(Golden g) {
        g.begin("weight-norm", "linear(x, weight_g * weight_v / weight_v.norm(dim=1), bias)");
        Tensor x = g.in("x", 4, 3);
        Tensor v = g.param("weight_v", 2, 3);
        Tensor length = v.mul(v).sum(new long[] {1}, true, new ScalarTypeOptional()).sqrt();
        Tensor w = g.param("weight_g", 2, 1).mul(v).div(length);
        g.out("y", torch.linear(x, w, opt(g.param("bias", 2))));
        g.end();
        for (boolean training : new boolean[] {true, false}) {
            g.begin("spectral-norm" + (training ? "-training" : ""), "linear(x, weight_orig / u.T W v), in training after one power iteration");
            x = g.in("x", 4, 3);
            w = g.param("weight_orig", 2, 3);
            Tensor left = unit(Golden.normal(2));
            Tensor right = unit(Golden.normal(3));
            g.state("weight_u", left);
            g.state("weight_v", right);
            if (training) {
                right = unit(torch.mv(w.detach().t(), left));
                left = unit(torch.mv(w.detach(), right));
            }
            g.out("y", torch.linear(x, w.div(torch.dot(left, torch.mv(w, right))), opt(g.param("bias", 2))));
            g.end();
            g.after("weight_u", left);
            g.after("weight_v", right);
        }
    }

    /// The same for convolutions: PyTorch takes a weight norm along the first axis, and a spectral norm's rows
    /// along that of the output channels, which is the second one of a transposed convolution.
    private static void kernels(Golden g) {
        g.begin("weight-norm-conv", "conv2d(x, weight_g * weight_v / weight_v.norm(dim=(1, 2, 3)), bias)");
        Tensor x = g.in("x", 2, 2, 4, 4);
        Tensor v = g.param("weight_v", 3, 2, 2, 2);
        Tensor length = v.mul(v).sum(new long[] {1, 2, 3}, true, new ScalarTypeOptional()).sqrt();
        g.out("y", torch.conv2d(x, g.param("weight_g", 3, 1, 1, 1).mul(v).div(length), opt(g.param("bias", 3)), new long[] {1}, new long[] {0}, new long[] {1}, 1));
        g.end();
        for (boolean transposed : new boolean[] {false, true}) {
            g.begin(
                    "spectral-norm-conv" + (transposed ? "-transpose" : "") + "-training",
                    (transposed ? "conv_transpose2d" : "conv2d") + "(x, weight_orig / u.T W v, bias) after one power iteration, W having a row an output channel");
            x = g.in("x", 2, 2, 4, 4);
            Tensor w = transposed ? g.param("weight_orig", 2, 3, 2, 2) : g.param("weight_orig", 3, 2, 2, 2);
            Tensor rows = (transposed ? w.transpose(0, 1) : w).reshape(3, 8);
            Tensor left = unit(Golden.normal(3));
            Tensor right = unit(Golden.normal(8));
            g.state("weight_u", left);
            g.state("weight_v", right);
            right = unit(torch.mv(rows.detach().t(), left));
            left = unit(torch.mv(rows.detach(), right));
            Tensor weight = w.div(torch.dot(left, torch.mv(rows, right)));
            Tensor bias = g.param("bias", 3);
            g.out("y", transposed ? torch.conv_transpose2d(x, weight, opt(bias), new long[] {1}, new long[] {0}, new long[] {0}, 1, 1) : torch.conv2d(x, weight, opt(bias), new long[] {1}, new long[] {0}, new long[] {1}, 1));
            g.end();
            g.after("weight_u", left);
            g.after("weight_v", right);
        }
    }

    private static Tensor unit(Tensor t) {
        return t.div(torch.dot(t, t).sqrt());
    }

    private static void neighbours(Golden g) {
        g.begin("response-odd", "local_response_norm(x, 3, alpha=0.1, beta=0.75, k=1)");
        g.out("y", torch.local_response_norm(g.in("x", 2, 5, 3), options(3)));
        g.end();
        g.begin("response-even", "local_response_norm(x, 4, alpha=0.1, beta=0.75, k=1), x of shape (2, 5, 2, 2)");
        g.out("y", torch.local_response_norm(g.in("x", 2, 5, 2, 2), options(4)));
        g.end();
    }

    private static LocalResponseNormOptions options(long size) {
        LocalResponseNormOptions o = new LocalResponseNormOptions(size);
        o.alpha().put(0.1);
        return o;
    }
}

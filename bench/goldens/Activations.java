import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Activations at random numbers of deviation 3, at their kinks, and far from 0.
class Activations {
    public static void main(String[] args) throws Exception {
        Golden g = new Golden("activations", 8);
        one(g, "relu", "relu", torch::relu);
        one(g, "leaky-relu", "leaky_relu, slope 0.01", torch::leaky_relu);
        one(g, "leaky-relu-0.2", "leaky_relu, slope 0.2", x -> torch.leaky_relu(x, new Scalar(0.2)));
        one(g, "relu6", "relu6", torch::relu6);
        one(g, "elu", "elu, alpha 1", torch::elu);
        one(g, "elu-0.5", "elu, alpha 0.5", x -> torch.elu(x, new Scalar(0.5), new Scalar(1.0), new Scalar(1.0)));
        one(g, "selu", "selu", torch::selu);
        one(g, "celu", "celu, alpha 1", torch::celu);
        one(g, "celu-2", "celu, alpha 2", x -> torch.celu(x, new Scalar(2.0)));
        one(g, "gelu", "gelu", torch::gelu);
        one(g, "gelu-tanh", "gelu, approximate tanh", x -> torch.gelu(x, "tanh"));
        one(g, "silu", "silu", torch::silu);
        one(g, "mish", "mish", torch::mish);
        one(g, "softplus", "softplus, beta 1, threshold 20", torch::softplus);
        one(g, "softplus-2-5", "softplus, beta 2, threshold 5", x ->
                torch.softplus(x, new Scalar(2.0), new Scalar(5.0)));
        one(g, "softsign", "softsign", torch::softsign);
        one(g, "sigmoid", "sigmoid", torch::sigmoid);
        one(g, "log-sigmoid", "log_sigmoid", torch::log_sigmoid);
        one(g, "hard-sigmoid", "composed: relu6(x + 3) / 6, as hardsigmoid's gradient has a sixth in single precision", x ->
                torch.relu6(x.add(new Scalar(3))).div(new Scalar(6.0)));
        one(g, "hard-swish", "hardswish", torch::hardswish);
        one(g, "hard-tanh", "hardtanh, -1 and 1", torch::hardtanh);
        one(g, "hard-tanh-0-2", "hardtanh, 0 and 2", x -> torch.hardtanh(x, new Scalar(0.0), new Scalar(2.0)));
        one(g, "tanh", "tanh", torch::tanh);
        one(g, "softmax", "softmax, dim -1", x -> torch.softmax(x, -1));
        one(g, "log-softmax", "log_softmax, dim -1", x -> torch.log_softmax(x, -1));
        g.begin("softmax-1", "softmax, dim 1 of (2, 3, 4)");
        g.out("y", torch.softmax(g.in("x", 2, 3, 4), 1));
        g.end();
        g.begin("log-softmax-1", "log_softmax, dim 1 of (2, 3, 4)");
        g.out("y", torch.log_softmax(g.in("x", 2, 3, 4), 1));
        g.end();
        g.begin("prelu", "prelu, one slope");
        g.out("y", torch.prelu(g.in("x", points()), g.param("weight", 1)));
        g.end();
        g.begin("prelu-channels", "prelu, a slope for each of 3 channels of (2, 3, 4)");
        g.out("y", torch.prelu(g.in("x", 2, 3, 4), g.param("weight", 3)));
        g.end();
        g.write();
    }

    private static void one(Golden g, String name, String settings, UnaryOperator<Tensor> f) {
        g.begin(name, settings);
        g.out("y", f.apply(g.in("x", points())));
        g.end();
    }

    private static Tensor points() {
        Tensor special = Tensor.create(new double[] {0.0, -1, 1, 2, -3, 3, 6, 2.5, -30, 30}).reshape(1, 10);
        return torch.cat(new TensorVector(Golden.normal(2, 10).mul(new Scalar(3.0)), special), 0);
    }
}

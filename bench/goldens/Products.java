import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/// Layers that multiply: linear ones.
class Products {
    public static void main(String[] args) throws Exception {
        Golden g = new Golden("products", 1);

        g.begin("linear", "torch.nn.functional.linear(x, weight, bias)");
        g.out("y", torch.linear(g.in("x", 5, 7), g.param("weight", 3, 7), new TensorOptional(g.param("bias", 3))));
        g.end();

        g.begin("linear-three-axes", "torch.nn.functional.linear(x, weight), x of shape (2, 4, 6)");
        Tensor x = g.in("x", 2, 4, 6);
        g.out("y", torch.linear(x, g.param("weight", 5, 6)));
        g.end();

        g.write();
    }
}

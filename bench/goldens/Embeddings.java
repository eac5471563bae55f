import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.T_TensorTensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Layers that look rows up, and the one that multiplies two inputs.
class Embeddings {
    public static void main(String[] args) throws Exception {
        Golden g = new Golden("embeddings", 11);
        g.begin("embedding", "embedding(x, weight), x of shape (3, 4)");
        Tensor x = g.fixed("x", Golden.whole(5, 3, 4));
        g.out("y", torch.embedding(g.param("weight", 5, 3), x));
        g.end();
        g.begin("embedding-padding", "embedding(x, weight, padding_idx=2)");
        x = g.fixed("x", whole(2, 0, 1, 2, 2, 4));
        g.out("y", torch.embedding(g.param("weight", 5, 3), x, 2, false, false));
        g.end();
        for (int kind = 0; kind < 3; kind++) {
            bags(g, kind, List.of("sum", "mean", "max").get(kind));
        }
        g.begin("bilinear", "bilinear(x1, x2, weight, bias)");
        g.out("y", torch.bilinear(g.in("x1", 4, 3), g.in("x2", 4, 2), g.param("weight", 5, 3, 2), new TensorOptional(g.param("bias", 5))));
        g.end();
        g.begin("bilinear-no-bias", "bilinear(x1, x2, weight), inputs of three axes");
        g.out("y", torch.bilinear(g.in("x1", 2, 2, 3), g.in("x2", 2, 2, 4), g.param("weight", 2, 3, 4), new TensorOptional()));
        g.end();
        g.write();
    }

    private static Tensor whole(long... values) {
        return torch.tensor(values).to(ScalarType.Long);
    }

    private static void bags(Golden g, int kind, String name) {
        g.begin("bag-" + name, "embedding_bag(words, weight, offsets, mode='" + name + "'), one bag empty");
        Tensor words = g.fixed("words", whole(4, 0, 3, 3, 1, 0, 2));
        Tensor offsets = g.fixed("offsets", whole(0, 2, 2, 5));
        g.out("y", bag(g.param("weight", 5, 3), words, offsets, kind, new LongOptional()));
        g.end();
        g.begin("bag-" + name + "-padding", "embedding_bag(words, weight, offsets, mode='" + name + "', padding_idx=3)");
        words = g.fixed("words", whole(4, 3, 3, 3, 1, 0, 2));
        offsets = g.fixed("offsets", whole(0, 2, 4));
        g.out("y", bag(g.param("weight", 5, 3), words, offsets, kind, new LongOptional(3)));
        g.end();
        g.begin("bag-" + name + "-rows", "embedding_bag(x, weight, mode='" + name + "'), x of shape (2, 3)");
        Tensor rows = g.fixed("x", whole(4, 0, 3, 2, 1, 0).reshape(2, 3));
        g.out("y", bag(g.param("weight", 5, 3), rows.reshape(6), whole(0, 3), kind, new LongOptional()));
        g.end();
    }

    private static Tensor bag(Tensor weight, Tensor words, Tensor offsets, int kind, LongOptional padding) {
        T_TensorTensorTensorTensor_T all = torch.embedding_bag(weight, words, offsets, false, kind, false, new TensorOptional(), false, padding);
        return all.get0();
    }
}

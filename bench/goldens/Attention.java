import static org.bytedeco.pytorch.global.torch.ScalarType;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.MultiheadAttentionImpl;
import org.bytedeco.pytorch.MultiheadAttentionOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TransformerActivation;
import org.bytedeco.pytorch.TransformerDecoderLayerImpl;
import org.bytedeco.pytorch.TransformerDecoderLayerOptions;
import org.bytedeco.pytorch.TransformerEncoderLayerImpl;
import org.bytedeco.pytorch.TransformerEncoderLayerOptions;
import org.bytedeco.pytorch.kGELU;
import org.bytedeco.pytorch.global.torch;

/// Attention and transformer layers. libtorch's modules want the batch as the second axis, so they are called
/// with
/// transposed inputs.
class Attention {
    private static final Golden g = new Golden("attention", 2);

    public static void main(String[] args) throws Exception {
        products();
        heads();
        layers();
        g.write();
    }

    private static void products() {
        product("product", false, 2, 3, 5, 4);
        product("product-causal", true, 2, 4, 4, 3);
        g.begin("product-mask", "scaled_dot_product_attention(q, k, v, attn_mask=boolean)");
        Tensor q = g.in("q", 1, 2, 3, 4);
        Tensor k = g.in("k", 1, 2, 5, 4);
        Tensor v = g.in("v", 1, 2, 5, 2);
        Tensor mask = g.fixed("mask", seen(3, 5));
        g.out("y", torch.scaled_dot_product_attention(
                q, k, v, new TensorOptional(mask.to(ScalarType.Bool)), 0, false, new DoubleOptional(), false));
        g.end();
        g.begin("product-bias", "scaled_dot_product_attention(q, k, v, attn_mask=numbers, scale=0.3)");
        q = g.in("q", 2, 2, 3, 4);
        k = g.in("k", 2, 2, 3, 4);
        v = g.in("v", 2, 2, 3, 4);
        Tensor bias = g.in("bias", 2, 3, 3);
        g.out("y", torch.scaled_dot_product_attention(
                q, k, v, new TensorOptional(bias), 0, false, new DoubleOptional(0.3), false));
        g.end();
        g.begin("product-grouped", "scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)");
        q = g.in("q", 1, 4, 3, 2);
        k = g.in("k", 1, 2, 3, 2);
        v = g.in("v", 1, 2, 3, 2);
        g.out("y", torch.scaled_dot_product_attention(
                q, k, v, new TensorOptional(), 0, true, new DoubleOptional(), true));
        g.end();
    }

    private static void product(String name, boolean causal, long heads, long tq, long tk, long width) {
        g.begin(name, "scaled_dot_product_attention(q, k, v, is_causal=" + causal + ")");
        Tensor q = g.in("q", 2, heads, tq, width);
        Tensor k = g.in("k", 2, heads, tk, width);
        Tensor v = g.in("v", 2, heads, tk, width);
        g.out("y", torch.scaled_dot_product_attention(
                q, k, v, new TensorOptional(), 0, causal, new DoubleOptional(), false));
        g.end();
    }

    /// 1 where a key is seen; every query sees the first key.
    private static Tensor seen(long queries, long keys) {
        Tensor mask = Golden.whole(2, queries, keys);
        mask.narrow(1, 0, 1).fill_(new Scalar(1));
        return mask;
    }

    private static void heads() {
        g.begin("heads", "MultiheadAttention(6, 2)(x, x, x)");
        var m = new MultiheadAttentionImpl(new MultiheadAttentionOptions(6, 2));
        g.module(m);
        Tensor x = g.in("x", 2, 4, 6);
        Tensor t = x.transpose(0, 1);
        var y = m.forward(t, t, t);
        g.out("y", y.get0().transpose(0, 1));
        g.out("weights", y.get1());
        g.end();

        g.begin("heads-cross", "MultiheadAttention(4, 2)(q, k, v, key_padding_mask, attn_mask)");
        m = new MultiheadAttentionImpl(new MultiheadAttentionOptions(4, 2));
        g.module(m);
        Tensor q = g.in("q", 2, 3, 4);
        Tensor k = g.in("k", 2, 5, 4);
        Tensor v = g.in("v", 2, 5, 4);
        Tensor there = g.fixed("there", seen(2, 5));
        Tensor mask = g.fixed("mask", Golden.normal(3, 5));
        y = m.forward(
                q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), there.eq(new Scalar(0)), true, mask, true);
        g.out("y", y.get0().transpose(0, 1));
        g.end();

        g.begin("heads-no-bias", "MultiheadAttention(4, 1, bias=False)(q, memory, memory)");
        var options = new MultiheadAttentionOptions(4, 1);
        options.bias().put(false);
        m = new MultiheadAttentionImpl(options);
        g.module(m);
        q = g.in("q", 1, 2, 4);
        k = g.in("memory", 1, 3, 4);
        y = m.forward(q.transpose(0, 1), k.transpose(0, 1), k.transpose(0, 1));
        g.out("y", y.get0().transpose(0, 1));
        g.end();
    }

    private static void layers() {
        g.begin("encoder-layer", "TransformerEncoderLayer(6, 2, dim_feedforward=5, dropout=0)(x)");
        var options = new TransformerEncoderLayerOptions(6, 2);
        options.dim_feedforward().put(5);
        options.dropout().put(0.0);
        var encoder = new TransformerEncoderLayerImpl(options);
        g.module(encoder);
        g.out("y", encoder.forward(g.in("x", 2, 3, 6).transpose(0, 1)).transpose(0, 1));
        g.end();

        g.begin(
                "encoder-layer-masked",
                "TransformerEncoderLayer(6, 2, dim_feedforward=5, dropout=0, activation='gelu')(x, mask, key_padding_mask)");
        options = new TransformerEncoderLayerOptions(6, 2);
        options.dim_feedforward().put(5);
        options.dropout().put(0.0);
        options.activation().put(new TransformerActivation(new kGELU()));
        encoder = new TransformerEncoderLayerImpl(options);
        g.module(encoder);
        Tensor x = g.in("x", 2, 3, 6);
        Tensor there = g.fixed("there", seen(2, 3));
        Tensor causal = torch.triu(torch.ones(new long[] {3, 3}).mul(new Scalar(Double.NEGATIVE_INFINITY)), 1)
                .nan_to_num(new DoubleOptional(0), new DoubleOptional(), new DoubleOptional(Double.NEGATIVE_INFINITY))
                .to(ScalarType.Double);
        g.out("y", encoder.forward(x.transpose(0, 1), causal, there.eq(new Scalar(0))).transpose(0, 1));
        g.end();

        normFirst();

        g.begin("decoder-layer", "TransformerDecoderLayer(4, 2, dim_feedforward=3, dropout=0)(target, memory, causal mask)");
        var forDecoder = new TransformerDecoderLayerOptions(4, 2);
        forDecoder.dim_feedforward().put(3);
        forDecoder.dropout().put(0.0);
        var decoder = new TransformerDecoderLayerImpl(forDecoder);
        g.module(decoder);
        Tensor target = g.in("target", 2, 3, 4);
        Tensor memory = g.in("memory", 2, 2, 4);
        g.out("y", decoder.forward(
                        target.transpose(0, 1),
                        memory.transpose(0, 1),
                        causal,
                        new Tensor(),
                        new Tensor(),
                        new Tensor())
                .transpose(0, 1));
        g.end();
    }

    /// libtorch's layer has no `norm_first`: made of its attention, its linear function and its normalisation.
    private static void normFirst() {
        g.begin(
                "encoder-layer-norm-first",
                "x + self_attn(norm1(x)), then + linear2(gelu(linear1(norm2(x)))), of libtorch's functions");
        var attention = new MultiheadAttentionImpl(new MultiheadAttentionOptions(4, 2));
        g.module("self_attn.", attention);
        Tensor x = g.in("x", 2, 3, 4).transpose(0, 1);
        Tensor n = norm(x, "norm1");
        Tensor y = x.add(attention.forward(n, n, n).get0());
        Tensor inner = torch.gelu(linear(norm(y, "norm2"), "linear1", 4, 5));
        Tensor f = linear(inner, "linear2", 5, 4);
        g.out("y", y.add(f).transpose(0, 1));
        g.end();
    }

    private static Tensor norm(Tensor x, String path) {
        return torch.layer_norm(
                x,
                new long[] {4},
                new TensorOptional(g.param(path + ".weight", 4)),
                new TensorOptional(g.param(path + ".bias", 4)),
                1e-5,
                false);
    }

    private static Tensor linear(Tensor x, String path, long in, long out) {
        return torch.linear(
                x, g.param(path + ".weight", out, in), new TensorOptional(g.param(path + ".bias", out)));
    }
}

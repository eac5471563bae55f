package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Attention, positions, transformer layers and generation from a cache.
class AttentionTest {
    private static final ScaledDotProduct PLAIN = new ScaledDotProduct();

    /// A small language model: positions, causal layers, the last projection.
    private static final class Language extends Block {
        private final LearnedPositions positions = add("positions", new LearnedPositions(16, 8));
        private final TransformerEncoder stack = add(
                "stack",
                new TransformerEncoder(
                                2,
                                () -> new TransformerEncoderLayer(8, 4)
                                        .feedForward(16)
                                        .gelu()
                                        .normFirst()
                                        .causal()
                                        .attention(a -> a.keyValueHeads(2).rotary()))
                        .norm(8));
        private final Linear head = add("head", new Linear(8, 5));

        @Override
        protected Tensor forward(Tensor x) {
            return head.apply(stack.apply(positions.apply(x)));
        }

        Tensor next(Tensor x, KeyValueCache cache) {
            return call(() -> head.apply(stack.apply(positions.apply(x, cache.length()), cache)), x);
        }
    }

    @Test
    void generationFromACacheGivesTheSameLogitsAsWithout() {
        Language net = new Language();
        Tensor x = Check.random(11, -1, 1, 3, 9, 8).to(DType.F32);
        net.init(7, x.shape());
        try (var _ = Grad.off()) {
            Tensor whole = net.apply(x);
            KeyValueCache cache = new KeyValueCache(12);
            for (int round = 0; round < 2; round++) {
                List<Tensor> pieces = new ArrayList<>(List.of(net.next(x.slice(1, 0, 4), cache)));
                for (int t = 4; t < 9; t++) {
                    pieces.add(net.next(x.slice(1, t, t + 1), cache));
                }
                assertThat(cache.length()).isEqualTo(9);
                Tensor joined = Tensor.concat(1, pieces.toArray(Tensor[]::new));
                assertThat(joined.shape()).isEqualTo(whole.shape());
                assertThat(joined.sub(whole).abs().max().item()).isLessThan(2e-6);
                cache.clear();
            }
            net.next(x, cache);
            assertThatThrownBy(() -> net.next(x.slice(1, 0, 4), cache))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("The cache has room for 12 places, not for 13: it remembers 9 and got 4 more")
                    .hasMessageContaining("fix:  new KeyValueCache(13)");
            assertThatThrownBy(() -> net.next(x.slice(0, 0, 2).slice(1, 0, 1), cache))
                    .hasMessageContaining("a cache belongs to one batch of sequences");
        }
    }

    @Test
    void everyOperationOfALayerKnowsThePathOfItsPart() {
        Language net = new Language();
        net.init(1, Shape.of(1, 3, 8));
        Set<String> paths = new TreeSet<>();
        Listener spy = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                if (op.name().equals("attention")) {
                    paths.add(path);
                }
            }
        };
        try (var _ = Context.current().listener(spy).enter()) {
            net.apply(Tensor.zeros(1, 3, 8));
        }
        assertThat(paths).containsExactly("stack.layers.0.self_attn", "stack.layers.1.self_attn");
        assertThat(net.parameters().keySet())
                .contains(
                        "positions.weight",
                        "stack.layers.0.self_attn.in_proj_weight",
                        "stack.layers.0.self_attn.in_proj_bias",
                        "stack.layers.0.self_attn.out_proj.weight",
                        "stack.layers.1.linear2.bias",
                        "stack.layers.1.norm2.weight",
                        "stack.norm.bias");
        assertThat(net.parameters()
                        .get("stack.layers.0.self_attn.in_proj_weight")
                        .shape())
                .isEqualTo(Shape.of(16, 8)); // 8 of the queries, 2 groups of 2 for keys and for values
    }

    @Test
    void aStackIsMadeAgainFromItsDescription() {
        for (Block net : List.<Block>of(
                new TransformerEncoder(
                                2,
                                () -> new TransformerEncoderLayer(8, 2)
                                        .feedForward(6)
                                        .dropout(0.2)
                                        .gelu()
                                        .normFirst()
                                        .attention(a -> a.keyValueHeads(1).rotary(500)))
                        .norm(8),
                new MultiHeadAttention(8, 4).keyValueHeads(2).noBias().causal(),
                Sequential.of(
                        new LearnedPositions(7, 8), new SinusoidalPositions(), new TransformerEncoderLayer(8, 2)))) {
            Block again = Specs.build(Specs.fromMap(Specs.toMap(Specs.of(net, Shape.of(5, 8)))));
            Tensor x = Check.random(3, -1, 1, 2, 5, 8).to(DType.F32);
            net.init(4, x.shape());
            again.load(net.tensors());
            assertThat(again.apply(x).toFloats()).isEqualTo(net.apply(x).toFloats());
        }
    }

    @Test
    void paddedKeysChangeNothing() {
        MultiHeadAttention layer = new MultiHeadAttention(6, 3);
        layer.init(5);
        Tensor x = Check.random(6, -1, 1, 2, 3, 6).to(DType.F32);
        Tensor padding = Check.random(7, -9, 9, 2, 2, 6).to(DType.F32);
        Tensor longer = Tensor.concat(1, x, padding);
        Tensor there = Tensor.of(true, true, true, false, false).unsqueeze(0).expand(2, 5);
        Tensor y = layer.apply(longer, longer, longer, PLAIN.keys(there)).slice(1, 0, 3);
        assertThat(y.sub(layer.apply(x)).abs().max().item()).isLessThan(1e-6);
    }

    @Test
    void aQueryThatSeesNoKeyGetsNothingAndNoGradientIsNaN() {
        Tensor q = Check.random(1, -1, 1, 2, 4).requireGrad();
        Tensor mask = Tensor.ofDoubles(new double[] {1, 1, 1, 0, 0, 0}, 2, 3).gt(0);
        Tensor k = Check.random(2, -1, 1, 3, 4);
        for (DType type : List.of(DType.F64, DType.F32)) {
            Tensor y = PLAIN.mask(mask).apply(q.to(type), k.to(type), k.to(type));
            assertThat(y.at(1).toDoubles()).containsOnly(0);
            assertThat(y.at(0).abs().sum().item()).isPositive();
            double[] g = Grad.of(y.square().sum(), q).getFirst().toDoubles();
            assertThat(g).doesNotContain(Double.NaN);
        }
    }

    @Test
    void droppedWeightsAreZeroTheOthersScaledAndTheKeyDecidesWhich() {
        Tensor q = Tensor.zeros(1, 1, 50, 4);
        Tensor v = Tensor.eye(50).reshape(1, 1, 50, 50);
        ScaledDotProduct half = PLAIN.dropout(0.5);
        assertThat(half.apply(q, q, v).toFloats()).containsOnly(1 / 50f);
        float[] first = dropped(half, q, v, 3);
        assertThat(first).containsOnly(0f, 2 / 50f).isEqualTo(dropped(half, q, v, 3));
        assertThat(first).isNotEqualTo(dropped(half, q, v, 4));
        int kept = 0;
        for (float w : first) {
            kept += w > 0 ? 1 : 0;
        }
        assertThat(kept).as("key 3").isBetween(1250 - 125, 1250 + 125); // five standard deviations
    }

    private static float[] dropped(ScaledDotProduct how, Tensor q, Tensor v, long key) {
        try (var _ = Mode.training(RandomKey.of(key))) {
            return how.apply(q, q, v).toFloats();
        }
    }

    @Test
    void rotatedProductsDependOnTheDistanceAlone() {
        RotaryPositions rotary = new RotaryPositions(6);
        Tensor q = Check.random(1, -1, 1, 1, 1, 6);
        Tensor k = Check.random(2, -1, 1, 1, 1, 6);
        double near = product(rotary.apply(q, 3), rotary.apply(k, 1));
        assertThat(product(rotary.apply(q, 5002), rotary.apply(k, 5000))).isCloseTo(near, within(1e-9));
        assertThat(product(rotary.apply(q, 4), rotary.apply(k, 1))).isNotCloseTo(near, within(1e-3));
        assertThat(product(rotary.apply(q), rotary.apply(k))).isCloseTo(product(q, k), within(1e-12));
        double[] turned = rotary.apply(Check.doubles(1, 0, 0, 0, 0, 0).reshape(1, 1, 6), 2)
                .toDoubles();
        assertThat(turned[0]).isCloseTo(Math.cos(2), within(1e-12)); // the pair of the first and the fourth number
        assertThat(turned[3]).isCloseTo(Math.sin(2), within(1e-12));
    }

    private static double product(Tensor a, Tensor b) {
        return a.mul(b).sum().item();
    }

    @Test
    void sinesAndCosinesStandWhereThePaperPutsThem() {
        double[] y = new SinusoidalPositions()
                .apply(Tensor.zeros(DType.F64, Shape.of(1, 3, 4)), 5)
                .toDoubles();
        for (int t = 0; t < 3; t++) {
            double[] expected = {Math.sin(5 + t), Math.cos(5 + t), Math.sin((5 + t) / 100.0), Math.cos((5 + t) / 100.0)
            };
            for (int i = 0; i < 4; i++) {
                assertThat(y[4 * t + i]).isCloseTo(expected[i], within(1e-12));
            }
        }
    }

    @Test
    void theFirstValuesAreThoseOfPyTorch() {
        MultiHeadAttention layer = new MultiHeadAttention(32, 4);
        layer.init(9);
        double bound = Math.sqrt(6.0 / (32 + 96));
        Tensor w = layer.parameters().get("in_proj_weight");
        assertThat(w.abs().max().item()).isBetween(0.98 * bound, bound);
        assertThat(layer.parameters().get("in_proj_bias").toFloats()).containsOnly(0);
        assertThat(layer.parameters().get("out_proj.bias").toFloats()).containsOnly(0);
        assertThat(layer.parameters().get("out_proj.weight").abs().max().item())
                .isBetween(0.97 / Math.sqrt(32), 1 / Math.sqrt(32));
    }

    @Test
    void whatDoesNotFitIsExplained() {
        assertThatThrownBy(() -> new MultiHeadAttention(10, 4)).hasMessage("""
                MultiHeadAttention(10, 4)
                  rule: each head has width / heads numbers, a whole number of at least 1
                  fix:  a width of 12 serves 4 heads""");
        assertThatThrownBy(() -> new TransformerEncoderLayer(10, 3)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> new MultiHeadAttention(8, 4).keyValueHeads(3)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> new MultiHeadAttention(12, 4).rotary()).hasMessageContaining("the width is even");
        assertThatThrownBy(() -> new MultiHeadAttention(8, 2).apply(Tensor.zeros(3, 8)))
                .hasMessageContaining("fix:  one sequence is x.unsqueeze(0)");
        MultiHeadAttention layer = new MultiHeadAttention(8, 2);
        Tensor x = Tensor.zeros(3, 5, 8);
        assertThatThrownBy(() -> layer.apply(x, x, x, PLAIN.mask(Tensor.zeros(3, 5))))
                .hasMessage("""
                The mask of an attention has shape (3, 5), the scores (3, 2, 5, 5)
                  rule: a mask broadcasts to (..., heads, queries, keys)
                  fix:  a mask of (batch, keys) is mask.unsqueeze(1).unsqueeze(1)""");
        assertThatThrownBy(() -> PLAIN.keys(Tensor.zeros(3, 5)))
                .hasMessageContaining("truth values (batch, keys), false where a sequence is padded");
        assertThatThrownBy(() -> new LearnedPositions(4, 8).apply(x))
                .hasMessageContaining("expects (..., T, 8) with T up to 4 but got (3, 5, 8)");
    }
}

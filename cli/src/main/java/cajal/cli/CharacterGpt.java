package cajal.cli;

import cajal.nn.Embedding;
import cajal.nn.Init;
import cajal.nn.LearnedPositions;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.nn.TransformerEncoder;
import cajal.nn.TransformerEncoderLayer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// The network `gpt-char`: a transformer that says which character comes next.
///
/// **Source** Radford et al., "Language models are unsupervised multitask learners", 2019; the sizes and
/// initial values of nanoGPT's configuration for a processor, without dropout.
///
/// @param layers transformer layers one behind the other
/// @param heads of each layer's attention
/// @param width of the vectors between the layers
/// @param block the most characters that it sees at once
record CharacterGpt(int layers, int heads, int width, int block) {
    static final String NAME = "gpt-char";

    private static final double SPREAD = 0.02;

    /// Whether this network is meant by what stands behind `--model`.
    static boolean isMeant(String model) {
        return model.strip().toLowerCase(Locale.ROOT).split(":", 2)[0].equals(NAME);
    }

    /// The sizes that stand behind the name, as in `gpt-char:layers=2,width=64`, and for the rest the usual
    /// ones.
    ///
    /// **Throws** [Mistake] for what is no size, and if the width is no multiple of the heads.
    static CharacterGpt of(String model) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("layers", 4);
        sizes.put("heads", 4);
        sizes.put("width", 128);
        sizes.put("block", 64);
        String[] parts = model.strip().split(":", 2);
        for (String part : parts.length < 2 ? new String[0] : parts[1].split(",", -1)) {
            String[] pair = part.strip().split("=", 2);
            if (!sizes.containsKey(pair[0])) {
                throw Near.unknown("size of " + NAME, pair[0], sizes.keySet());
            }
            if (pair.length < 2 || !pair[1].matches("[1-9][0-9]{0,5}")) {
                throw Mistake.of(
                        "--model " + model + ": '" + part + "' is no size",
                        "a name and a number of at least 1, as in " + NAME + ":layers=4,heads=4,width=128,block=64",
                        "");
            }
            sizes.put(pair[0], Integer.parseInt(pair[1]));
        }
        int width = sizes.getOrDefault("width", 0);
        int heads = sizes.getOrDefault("heads", 0);
        if (width % heads != 0) {
            throw Mistake.of(
                    "--model " + model + ": " + heads + " heads share a width of " + width,
                    "each head has width / heads numbers, a whole number",
                    "a width of " + (width + heads - width % heads));
        }
        return new CharacterGpt(sizes.getOrDefault("layers", 0), heads, width, sizes.getOrDefault("block", 0));
    }

    /// The network for so many different characters, without values.
    Sequential build(long characters, double dropout) {
        Init normal = Init.normal(0, SPREAD);
        Init residual = Init.normal(0, SPREAD / Math.sqrt(2.0 * layers));
        return Sequential.of(
                new Embedding(characters, width).init(normal),
                new LearnedPositions(block, width),
                new TransformerEncoder(
                                layers,
                                () -> new TransformerEncoderLayer(width, heads)
                                        .feedForward(4L * width)
                                        .dropout(dropout)
                                        .gelu()
                                        .normFirst()
                                        .causal()
                                        .init(normal, residual))
                        .norm(width),
                new Linear(width, characters).noBias().init(normal));
    }
}

package cajal.data;

import java.util.Map;
import java.util.OptionalLong;

/// Cuts a text into tokens, numbered from 0, and puts them together again.
///
/// What a tokenizer knows is data ([#toMap]), so that a model file can carry it and new texts are treated
/// like those that it was made from.
public interface Tokenizer {
    /// The tokens of a text.
    ///
    /// **Throws** [DataException] for a text that this tokenizer has no tokens for.
    long[] encode(String text);

    /// The text of some tokens.
    ///
    /// **Throws** [DataException] for a number that is no token.
    String decode(long... tokens);

    /// The number of different tokens: what an embedding needs rows for.
    int size();

    /// What a token is called.
    ///
    /// **Throws** [DataException] for a number that is no token.
    String token(long id);

    /// The number of the token that is called so, if there is one.
    OptionalLong id(String token);

    /// The token that fills up texts that are too short. It is 0, in a vocabulary of words `<pad>`; other
    /// tokenizers have no token of its own for it, and what follows must heed the texts' lengths.
    default long padding() {
        return 0;
    }

    /// The constants by name, for a model file.
    Map<String, Object> toMap();

    /// The tokenizer that [#toMap] described.
    ///
    /// **Throws** [DataException] if the description makes no sense.
    static Tokenizer of(Map<String, ?> map) {
        return switch (String.valueOf(map.get("kind"))) {
            case CharacterTokenizer.KIND -> new CharacterTokenizer(Vocabulary.of(map, "tokens"));
            case WordTokenizer.KIND -> WordTokenizer.of(map);
            case BytePairTokenizer.KIND -> BytePairTokenizer.of(map);
            default ->
                throw new DataException("A tokenizer of the kind '" + map.get("kind") + "'\n  rule: one of "
                        + CharacterTokenizer.KIND + ", " + WordTokenizer.KIND + ", " + BytePairTokenizer.KIND);
        };
    }
}

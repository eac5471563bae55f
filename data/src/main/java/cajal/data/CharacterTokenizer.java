package cajal.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// One token a character (Unicode code point), in the order of the characters' numbers.
public final class CharacterTokenizer implements Tokenizer {
    static final String KIND = "characters";

    private final Vocabulary vocabulary;

    CharacterTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        for (String token : vocabulary.tokens()) {
            if (token.codePointCount(0, token.length()) != 1) {
                throw new DataException("The token '" + token + "' is no character\n  rule: one character a token");
            }
        }
    }

    /// The tokenizer of the characters that occur in a text.
    ///
    /// **Throws** [DataException] for an empty text.
    public static CharacterTokenizer fit(String text) {
        List<String> characters = text.codePoints()
                .distinct()
                .sorted()
                .mapToObj(Character::toString)
                .toList();
        return new CharacterTokenizer(Vocabulary.of(characters));
    }

    @Override
    public long[] encode(String text) {
        long[] tokens = new long[text.codePointCount(0, text.length())];
        int at = 0;
        for (int i = 0; i < tokens.length; i++) {
            String character = Character.toString(text.codePointAt(at));
            Integer id = vocabulary.ids().get(character);
            if (id == null) {
                throw new DataException("There is no token for the character '" + character + "' (U+"
                        + "%04X".formatted(text.codePointAt(at)) + ", at " + at + ")\n  rule: the "
                        + size() + " characters of the text that the tokenizer was fitted on");
            }
            tokens[i] = id;
            at += character.length();
        }
        return tokens;
    }

    @Override
    public String decode(long... tokens) {
        StringBuilder text = new StringBuilder();
        for (long t : tokens) {
            text.append(vocabulary.token(t));
        }
        return text.toString();
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public String token(long id) {
        return vocabulary.token(id);
    }

    @Override
    public OptionalLong id(String token) {
        return vocabulary.id(token);
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", KIND);
        map.put("tokens", vocabulary.tokens());
        return map;
    }
}

package cajal.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// One token a word or punctuation mark, in lower case unless told otherwise: 0 is `<pad>`, which fills up,
/// 1 is `<unk>`, which stands for all words that are not in the vocabulary; then the words, the most
/// frequent first.
///
/// A word is a run of letters, their marks and digits, with apostrophes and hyphens inside it; everything
/// else that is no white space is a token of one character. Decoding puts one space between tokens, so that
/// it gives back the words and not the text's exact form.
public final class WordTokenizer implements Tokenizer {
    /// The name of the token that fills up.
    public static final String PADDING = "<pad>";
    /// The name of the token of unknown words.
    public static final String UNKNOWN = "<unk>";

    static final String KIND = "words";
    private static final Set<Integer> MARKS = Set.of(
            (int) Character.NON_SPACING_MARK, (int) Character.COMBINING_SPACING_MARK, (int) Character.ENCLOSING_MARK);
    private static final Set<Integer> NUMBERS =
            Set.of((int) Character.DECIMAL_DIGIT_NUMBER, (int) Character.LETTER_NUMBER, (int) Character.OTHER_NUMBER);

    private final Vocabulary vocabulary;
    private final boolean lowerCase;

    private WordTokenizer(Vocabulary vocabulary, boolean lowerCase) {
        this.vocabulary = vocabulary;
        this.lowerCase = lowerCase;
        if (vocabulary.size() < 2 || !vocabulary.tokens().subList(0, 2).equals(List.of(PADDING, UNKNOWN))) {
            throw new DataException("A vocabulary of words begins with "
                    + vocabulary.tokens().getFirst() + "\n  rule: " + PADDING + " is 0 and " + UNKNOWN + " is 1");
        }
    }

    /// The tokenizer of the words that occur at least `least` times in some texts.
    public static WordTokenizer fit(Iterable<String> texts, int least) {
        return fit(texts, least, Integer.MAX_VALUE, true);
    }

    /// The tokenizer of the most frequent words in some texts.
    ///
    /// @param texts the texts
    /// @param least how often a word must occur
    /// @param most the largest number of tokens, those for padding and unknown words included
    /// @param lowerCase whether capital letters count as small ones
    public static WordTokenizer fit(Iterable<String> texts, int least, int most, boolean lowerCase) {
        if (least < 1 || most < 2) {
            throw new IllegalArgumentException("Words that occur " + least + " times, at most " + most
                    + " tokens\n  rule: at least 1 time, and 2 tokens for padding and unknown words");
        }
        Map<String, Integer> counts = new HashMap<>();
        for (String text : texts) {
            for (String word : split(text, lowerCase)) {
                counts.merge(word, 1, Integer::sum);
            }
        }
        List<String> tokens = new ArrayList<>(List.of(PADDING, UNKNOWN));
        counts.entrySet().stream()
                .filter(e -> e.getValue() >= least)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(most - 2L)
                .forEach(e -> tokens.add(e.getKey()));
        return new WordTokenizer(Vocabulary.of(tokens), lowerCase);
    }

    static WordTokenizer of(Map<String, ?> map) {
        return new WordTokenizer(Vocabulary.of(map, "tokens"), Boolean.TRUE.equals(map.get("lowerCase")));
    }

    private static List<String> split(String text, boolean lowerCase) {
        List<String> words = new ArrayList<>();
        int[] all =
                (lowerCase ? text.toLowerCase(Locale.ROOT) : text).codePoints().toArray();
        int at = 0;
        while (at < all.length) {
            int from = at++;
            while (at < all.length && isWord(all[from]) && (isWord(all[at]) || isInside(all, at))) {
                at++;
            }
            if (!Character.isWhitespace(all[from]) && !Character.isSpaceChar(all[from])) {
                words.add(new String(all, from, at - from));
            }
        }
        return words;
    }

    private static boolean isWord(int c) {
        int type = Character.getType(c);
        return Character.isLetter(c) || MARKS.contains(type) || NUMBERS.contains(type);
    }

    /// Whether an apostrophe or hyphen stands between two parts of a word.
    private static boolean isInside(int[] all, int at) {
        return "'’-".indexOf(all[at]) >= 0 && isWord(all[at - 1]) && at + 1 < all.length && isWord(all[at + 1]);
    }

    @Override
    public long[] encode(String text) {
        return split(text, lowerCase).stream()
                .mapToLong(w -> vocabulary.ids().getOrDefault(w, 1))
                .toArray();
    }

    @Override
    public String decode(long... tokens) {
        List<String> words = new ArrayList<>();
        for (long t : tokens) {
            if (t != 0) {
                words.add(vocabulary.token(t));
            }
        }
        return String.join(" ", words);
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
        map.put("lowerCase", lowerCase);
        return map;
    }
}

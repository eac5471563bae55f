package cajal.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Byte-pair encoding as GPT-2 does it: a text is cut into words, a word into the bytes of its UTF-8 form,
/// and then the pair of neighbours that was learned first is merged, again and again. Whatever bytes there
/// are, they can be encoded, and decoding gives them back.
///
/// A token is called by the characters that stand for its bytes in the vocabulary files: those of printable
/// ones, `Ġ` for a space, `Ċ` for a line feed. Tokens that are not made of bytes, such as `<|endoftext|>`,
/// are never the result of encoding a text; [#id] tells their number.
///
/// **Source** Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units", 2016,
/// algorithm 1; Radford et al., "Language models are unsupervised multitask learners", 2019, section 2.2.
public final class BytePairTokenizer implements Tokenizer {
    static final String KIND = "bytePairs";

    /// GPT-2's words: the English clitics, letters, digits and other characters each with a space before them,
    /// white space.
    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final int REMEMBERED = 1 << 16; // words whose tokens are kept
    private static final int LONGEST_REMEMBERED = 64;

    private final Vocabulary vocabulary;
    private final List<String> merges;
    private final int[] bytes = new int[256]; // the token of each byte, or -1
    private final Map<Long, Merge> byPair = new HashMap<>();
    private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

    private record Merge(int rank, int token) {}

    private BytePairTokenizer(Vocabulary vocabulary, List<String> merges) {
        this.vocabulary = vocabulary;
        this.merges = List.copyOf(merges);
        for (int b = 0; b < 256; b++) {
            bytes[b] = vocabulary.ids().getOrDefault(String.valueOf(ByteAlphabet.character((byte) b)), -1);
        }
        for (int rank = 0; rank < merges.size(); rank++) {
            String[] pair = merges.get(rank).split(" ", -1);
            if (pair.length != 2) {
                throw new DataException("Merge " + rank + " is '" + merges.get(rank)
                        + "'\n  rule: two tokens with a space between them");
            }
            long key = key(known(pair[0], rank), known(pair[1], rank));
            if (byPair.put(key, new Merge(rank, known(pair[0] + pair[1], rank))) != null) {
                throw new DataException("Merge " + rank + ", '" + merges.get(rank) + "', occurs twice");
            }
        }
    }

    private int known(String token, int rank) {
        Integer id = vocabulary.ids().get(token);
        if (id == null) {
            throw new DataException("Merge " + rank + ", '" + merges.get(rank) + "': there is no token '" + token
                    + "'\n  rule: both tokens of a merge and their union are in the vocabulary\n"
                    + "  fix:  take the two files of one model");
        }
        return id;
    }

    static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    /// The tokenizer in GPT-2's two files: `vocab.json` (or `encoder.json`) and `merges.txt` (or `vocab.bpe`).
    ///
    /// **Throws** [DataException] naming the file and the fault.
    public static BytePairTokenizer read(Path vocabulary, Path merges) {
        Vocabulary tokens = VocabularyFile.read(vocabulary);
        List<String> lines = new ArrayList<>();
        List<String> all = VocabularyFile.text(merges).lines().toList();
        for (int i = 0; i < all.size(); i++) {
            boolean comment = i == 0 && all.get(i).startsWith("#version");
            if (!comment && !all.get(i).isEmpty()) {
                lines.add(all.get(i));
            }
        }
        try {
            return new BytePairTokenizer(tokens, lines);
        } catch (DataException e) {
            throw new DataException(merges + ": " + e.getMessage(), e);
        }
    }

    /// Learns a vocabulary from a text: the 256 bytes, then the union of the pair of neighbours that occurs
    /// most often, until there are `size` tokens or no pair occurs twice. Of equally frequent pairs the one
    /// whose tokens are older comes first.
    ///
    /// **Throws** [IllegalArgumentException] for less than 256 tokens.
    public static BytePairTokenizer fit(String text, int size) {
        if (size < 256) {
            throw new IllegalArgumentException(size + " tokens\n  rule: at least 256, one a byte");
        }
        List<String> tokens = new ArrayList<>();
        int[] bytes = new int[256];
        for (int i = 0; i < 256; i++) {
            int b = ByteAlphabet.ordered(i);
            bytes[b] = i;
            tokens.add(String.valueOf(ByteAlphabet.character((byte) b)));
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            counts.merge(words.group(), 1, Integer::sum);
        }
        BytePairs pairs = new BytePairs();
        counts.forEach((word, count) -> pairs.add(ids(word.getBytes(StandardCharsets.UTF_8), bytes), count));
        Map<String, Integer> ids = new HashMap<>();
        tokens.forEach(t -> ids.put(t, ids.size()));
        Set<String> merges = new LinkedHashSet<>();
        while (tokens.size() < size) {
            OptionalLong best = pairs.most();
            if (best.isEmpty()) {
                break;
            }
            String left = tokens.get((int) (best.getAsLong() >>> 32));
            String right = tokens.get((int) best.getAsLong());
            merges.add(left + " " + right);
            int token = ids.computeIfAbsent(
                    left + right,
                    t -> { // two ways of merging may lead to the same bytes
                        tokens.add(t);
                        return tokens.size() - 1;
                    });
            pairs.merge(best.getAsLong(), token);
        }
        return new BytePairTokenizer(Vocabulary.of(tokens), List.copyOf(merges));
    }

    private static int[] ids(byte[] word, int... bytes) {
        int[] ids = new int[word.length];
        for (int i = 0; i < word.length; i++) {
            ids[i] = bytes[word[i] & 0xff];
        }
        return ids;
    }

    static BytePairTokenizer of(Map<String, ?> map) {
        return new BytePairTokenizer(Vocabulary.of(map, "tokens"), Vocabulary.strings(map, "merges"));
    }

    /// Writes GPT-2's two files.
    ///
    /// **Throws** [DataException] if that fails.
    public void write(Path vocabularyFile, Path mergesFile) {
        try {
            Files.writeString(vocabularyFile, VocabularyFile.text(vocabulary));
            Files.writeString(mergesFile, "#version: 0.2\n" + String.join("\n", merges) + "\n");
        } catch (IOException e) {
            throw new DataException(vocabularyFile + " and " + mergesFile + " cannot be written: " + e, e);
        }
    }

    @Override
    public long[] encode(String text) {
        Growing tokens = new Growing();
        encode(text, tokens);
        return tokens.array();
    }

    /// The tokens of any bytes; where they are no UTF-8, they are taken one by one.
    public long[] encode(byte[] raw) {
        Growing tokens = new Growing();
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(raw);
        CharBuffer out = CharBuffer.allocate(raw.length);
        while (in.hasRemaining()) {
            CoderResult result = utf8.reset().decode(in, out, true);
            encode(out.flip().toString(), tokens);
            out.clear();
            if (result.isMalformed() || result.isUnmappable()) {
                for (int i = 0; i < result.length(); i++) {
                    tokens.add(token(in.get()));
                }
            }
        }
        return tokens.array();
    }

    private void encode(String text, Growing tokens) {
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            String word = words.group();
            int[] known = remembered.get(word);
            if (known == null) {
                known = merged(word.getBytes(StandardCharsets.UTF_8));
                if (word.length() <= LONGEST_REMEMBERED && remembered.size() < REMEMBERED) {
                    remembered.put(word, known);
                }
            }
            tokens.add(known);
        }
    }

    private int token(byte b) {
        int id = bytes[b & 0xff];
        if (id < 0) {
            throw new DataException("There is no token for the byte 0x%02x".formatted(b)
                    + "\n  rule: a byte-level vocabulary holds all 256 bytes");
        }
        return id;
    }

    /// The tokens of a word: while there is a pair that can be merged, all places of the one learned first are.
    private int[] merged(byte[] word) {
        int[] ids = new int[word.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = token(word[i]);
        }
        int n = ids.length;
        while (n > 1) {
            long best = -1;
            int rank = Integer.MAX_VALUE;
            int token = -1;
            for (int i = 0; i + 1 < n; i++) {
                Merge merge = byPair.get(key(ids[i], ids[i + 1]));
                if (merge != null && merge.rank < rank) {
                    best = key(ids[i], ids[i + 1]);
                    rank = merge.rank;
                    token = merge.token;
                }
            }
            if (best < 0) {
                break;
            }
            n = BytePairs.replace(ids, n, best, token);
        }
        return Arrays.copyOf(ids, n);
    }

    @Override
    public String decode(long... tokens) {
        return new String(bytes(tokens), StandardCharsets.UTF_8);
    }

    /// The bytes of some tokens; tokens that are not made of bytes give their names in UTF-8.
    public byte[] bytes(long... tokens) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long t : tokens) {
            String name = vocabulary.token(t);
            if (name.chars().allMatch(c -> ByteAlphabet.value((char) c) >= 0)) {
                name.chars().forEach(c -> out.write(ByteAlphabet.value((char) c)));
            } else {
                out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
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
        map.put("merges", merges);
        return map;
    }

    /// A growing list of tokens.
    private static final class Growing {
        private long[] all = new long[64];
        private int n;

        void add(int... more) {
            if (n + more.length > all.length) {
                all = Arrays.copyOf(all, Math.max(2 * all.length, n + more.length));
            }
            for (int id : more) {
                all[n++] = id;
            }
        }

        long[] array() {
            return Arrays.copyOf(all, n);
        }
    }
}

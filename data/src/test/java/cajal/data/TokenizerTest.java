package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    @TempDir
    Path folder;

    @Test
    void charactersAreNumberedInTheirOrder() {
        CharacterTokenizer t = CharacterTokenizer.fit("banana 🍌\n");
        assertThat(t.size()).isEqualTo(6);
        assertThat(t.encode("ban\n")).containsExactly(3, 2, 4, 0);
        assertThat(t.decode(5, 1, 2)).isEqualTo("🍌 a");
        assertThat(t.id("🍌")).hasValue(5);
        assertThat(t.id("x")).isEmpty();
        assertThatThrownBy(() -> t.encode("na🍌x"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("'x' (U+0078, at 4)");
        assertThatThrownBy(() -> t.decode(6)).hasMessageContaining("no token 6");
        assertThatThrownBy(() -> CharacterTokenizer.fit("")).hasMessageContaining("without tokens");
    }

    @Test
    void shakespeareHasSixtyFiveCharacters() throws IOException {
        String text = Files.readString(SharedData.path("tinyshakespeare/input.txt"));
        CharacterTokenizer t = CharacterTokenizer.fit(text);
        assertThat(t.size()).isEqualTo(65);
        long[] tokens = t.encode(text);
        assertThat(tokens).hasSize(1_115_394);
        assertThat(t.decode(tokens)).isEqualTo(text);
    }

    @Test
    void wordsAreNumberedByFrequency() {
        WordTokenizer t = WordTokenizer.fit(List.of("The cat, the dog.", "THE cat's dog don't well-known é"), 2);
        assertThat(t.token(0)).isEqualTo("<pad>");
        assertThat(t.token(1)).isEqualTo("<unk>");
        assertThat(t.encode("the dog, the bird")).containsExactly(2, 3, 1, 2, 1);
        assertThat(t.size()).isEqualTo(4);
        assertThat(t.decode(2, 3, 1, 0, 0)).isEqualTo("the dog <unk>");
        WordTokenizer all = WordTokenizer.fit(List.of("cat's don't well-known x2 a,b"), 1);
        assertThat(all.encode("CAT'S don't well-known x2 a , b"))
                .doesNotContain(1)
                .hasSize(7);
        assertThat(WordTokenizer.fit(List.of("a b c a b a"), 1, 4, true).encode("a b c"))
                .containsExactly(2, 3, 1);
        assertThat(WordTokenizer.fit(List.of("A a"), 1, 9, false).size()).isEqualTo(4);
        assertThatThrownBy(() -> WordTokenizer.fit(List.of("a"), 0)).hasMessageContaining("0 times");
    }

    @Test
    void aVeryLongWordIsNoProblem() {
        String chain = "a-".repeat(200_000) + "a";
        assertThat(WordTokenizer.fit(List.of(chain), 1).encode(chain)).containsExactly(2);
        BytePairTokenizer t = BytePairTokenizer.fit("a".repeat(1000), 300);
        String run = "a".repeat(100_000) + " ".repeat(100_000);
        assertThat(t.decode(t.encode(run))).isEqualTo(run);
    }

    @Test
    void theExampleOfTheArticleOnBytePairsIsLearned() {
        // https://en.wikipedia.org/wiki/Byte_pair_encoding: aaabdaaabac -> ZabdZabac -> ZYdZYac -> XdXac
        BytePairTokenizer t = BytePairTokenizer.fit("aaabdaaabac", 259);
        assertThat(names(t, t.encode("aaabdaaabac"))).containsExactly("aaab", "d", "aaab", "a", "c");
        assertThat(t.toMap().get("merges")).isEqualTo(List.of("a a", "a b", "aa ab"));
        assertThat(t.size()).isEqualTo(259);
    }

    @Test
    void theWordsOfThePaperAreMergedInItsOrder() {
        // Sennrich, Haddow, Birch 2016, section 3.2: low 5, lower 2, newest 6, widest 3, without its end-of-word sign
        String text = "low\n".repeat(5) + "lower\n".repeat(2) + "newest\n".repeat(6) + "widest\n".repeat(3);
        BytePairTokenizer t = BytePairTokenizer.fit(text, 260);
        assertThat(t.toMap().get("merges")).isEqualTo(List.of("e s", "es t", "l o", "lo w"));
        assertThat(names(t, t.encode("lowest"))).containsExactly("low", "est");
    }

    private static List<String> names(Tokenizer t, long... tokens) {
        return Arrays.stream(tokens).mapToObj(t::token).toList();
    }

    private BytePairTokenizer small() throws IOException {
        Path vocabulary = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 256; i++) {
            String token = String.valueOf(ByteAlphabet.character((byte) ByteAlphabet.ordered(i)));
            json.append('"')
                    .append(token.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\": ")
                    .append(i);
            json.append(",\n ");
        }
        String[] more = {"He", "ll", "llo", "Hello", "\\u0120w", "or", "\\u0120wor", "ld", "\\u0120world", "<|end|>"};
        for (int i = 0; i < more.length; i++) {
            json.append('"').append(more[i]).append("\": ").append(256 + i).append(i < 9 ? ", " : "}");
        }
        Files.writeString(vocabulary, json);
        Files.writeString(merges, "#version: 0.2\nH e\nl l\nll o\nHe llo\nĠ w\no r\nĠw or\nl d\nĠwor ld\n");
        return BytePairTokenizer.read(vocabulary, merges);
    }

    @Test
    void aVocabularyInGpt2sFilesIsRead() throws IOException {
        BytePairTokenizer t = small();
        assertThat(t.size()).isEqualTo(266);
        assertThat(t.encode("Hello world")).containsExactly(259, 264);
        assertThat(names(t, t.encode("Hello  world\n"))).containsExactly("Hello", "Ġ", "Ġworld", "Ċ");
        assertThat(t.encode("!\"")).containsExactly(0, 1); // the first bytes of GPT-2's vocabulary
        assertThat(t.id("<|end|>")).hasValue(265);
        assertThat(t.encode("<|end|>")).doesNotContain(265).hasSize(7);
        assertThat(t.decode(259, 264, 265)).isEqualTo("Hello world<|end|>");
        t.write(folder.resolve("v2.json"), folder.resolve("m2.txt"));
        assertThat(BytePairTokenizer.read(folder.resolve("v2.json"), folder.resolve("m2.txt"))
                        .toMap())
                .isEqualTo(t.toMap());
    }

    /// The pieces that GPT-2's regular expression cuts texts into, as seen in the tokens of a vocabulary of
    /// all pieces.
    @Test
    void textsAreCutAsGpt2DoesIt() {
        String text = "I've got  2 dogs;\n\n\tthey'LL bark!! ü\u00a0日本";
        BytePairTokenizer t = BytePairTokenizer.fit((text + "|").repeat(3), 1000);
        assertThat(t.encode(text).length)
                .isEqualTo(List.of(
                                "I", "'ve", " got", " ", " 2", " dogs", ";", "\n\n", "\t", "they", "'", "LL", " bark",
                                "!!", " ü", "\u00a0", "日本")
                        .size());
        for (String piece : List.of("'ve", " got", " 2", " dogs", "\n\n", "they", " bark", "!!", " ü", "日本")) {
            assertThat(t.encode(piece)).as(piece).hasSize(1);
        }
        assertThat(t.encode("'LL").length).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverBytesComeBack(long seed) {
        BytePairTokenizer t = BytePairTokenizer.fit("the theatre of the thin thing, über alles 日本 日本", 290);
        Random random = new Random(seed);
        byte[] bytes = new byte[2000];
        random.nextBytes(bytes);
        assertThat(t.bytes(t.encode(bytes))).as("seed %d", seed).isEqualTo(bytes);
        byte[] mixed = "the thing 日本 the".getBytes(StandardCharsets.UTF_8);
        mixed[(int) seed + 9] = (byte) 0xff;
        assertThat(t.bytes(t.encode(mixed))).isEqualTo(mixed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            int c = random.nextInt(i % 3 == 0 ? 0x110000 : 0x80);
            text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? ' ' : c);
        }
        assertThat(t.decode(t.encode(text.toString()))).as("seed %d", seed).isEqualTo(text.toString());
        assertThat(t.encode(text.toString())).isEqualTo(t.encode(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aVocabularyOfShakespeareIsLearnedSoonAndShortensHim() throws IOException {
        String text = Files.readString(SharedData.path("tinyshakespeare/input.txt"));
        BytePairTokenizer t = BytePairTokenizer.fit(text, 1000);
        long[] tokens = t.encode(text);
        assertThat(t.size()).isEqualTo(1000);
        assertThat(tokens.length).isBetween(350_000, 480_000);
        assertThat(t.decode(tokens)).isEqualTo(text);
    }

    @Test
    void everyTokenizerSurvivesItsDescription() {
        String text = "To be, or not to be";
        for (Tokenizer t : List.of(
                CharacterTokenizer.fit(text),
                WordTokenizer.fit(List.of(text), 1, 100, false),
                BytePairTokenizer.fit(text, 260))) {
            Tokenizer again = Tokenizer.of(t.toMap());
            assertThat(again.encode(text)).isEqualTo(t.encode(text));
            assertThat(again.toMap()).isEqualTo(t.toMap());
            assertThat(again).hasSameClassAs(t);
        }
        assertThatThrownBy(() -> Tokenizer.of(Map.of("kind", "syllables"))).hasMessageContaining("syllables");
        assertThatThrownBy(() -> Tokenizer.of(Map.of("kind", "characters"))).hasMessageContaining("no list 'tokens'");
        assertThatThrownBy(() -> Tokenizer.of(Map.of("kind", "characters", "tokens", List.of("a", "a"))))
                .hasMessageContaining("occurs twice");
        assertThatThrownBy(() -> Tokenizer.of(Map.of("kind", "words", "tokens", List.of("a", "b"))))
                .hasMessageContaining("<pad> is 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"a\": 0",
                "{\"a\": 0,}",
                "{\"a\": 1}",
                "{\"a\": 0, \"a\": 1}",
                "{\"a\": 0, \"b\": 0}",
                "{\"a\": -1}",
                "{\"a\": 99999999999}",
                "{\"a\": 0} x",
                "{\"\\u00g0\": 0}",
                "{\"\\x\": 0}",
                "{\"a",
                "{\"\\u0",
                "{\"a\u0001\": 0}"
            })
    void brokenVocabulariesAreRefused(String json) throws IOException {
        Path vocabulary = Files.writeString(folder.resolve("vocab.json"), json);
        Path merges = Files.writeString(folder.resolve("merges.txt"), "");
        assertThatThrownBy(() -> BytePairTokenizer.read(vocabulary, merges))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("vocab.json");
    }

    @Test
    void brokenMergesAreRefused() throws IOException {
        Path vocabulary = Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0, \"b\": 1, \"ab\": 2}");
        Path merges = folder.resolve("merges.txt");
        Files.writeString(merges, "a b\nb a\n");
        assertThatThrownBy(() -> BytePairTokenizer.read(vocabulary, merges))
                .hasMessageContaining("merges.txt: Merge 1, 'b a': there is no token 'ba'");
        Files.writeString(merges, "a b\na b\n");
        assertThatThrownBy(() -> BytePairTokenizer.read(vocabulary, merges)).hasMessageContaining("occurs twice");
        Files.writeString(merges, "ab\n");
        assertThatThrownBy(() -> BytePairTokenizer.read(vocabulary, merges)).hasMessageContaining("two tokens");
        Files.write(merges, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> BytePairTokenizer.read(vocabulary, merges)).hasMessageContaining("UTF-8");
        Files.writeString(merges, "a b\n");
        BytePairTokenizer few = BytePairTokenizer.read(vocabulary, merges);
        assertThat(few.encode("aab")).containsExactly(0, 2);
        assertThatThrownBy(() -> few.encode("abc")).hasMessageContaining("no token for the byte 0x63");
        assertThatThrownBy(() -> BytePairTokenizer.fit("a", 255)).hasMessageContaining("255 tokens");
    }
}

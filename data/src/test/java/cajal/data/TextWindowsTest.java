package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.tensor.RandomKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextWindowsTest {
    private static final RandomKey KEY = RandomKey.of(11);

    private static Corpus count(int n) {
        return Corpus.of(LongStream.range(0, n).toArray());
    }

    @Test
    void windowsInOrderShowEachTokenOnceAsATarget() {
        TextWindows windows = TextWindows.inOrder(count(23), 5);
        assertThat(windows.size()).isEqualTo(4);
        assertThat(windows.inputShape().dims()).containsExactly(5);
        Batch all = windows.all();
        assertThat(all.inputs().toLongs()).isEqualTo(LongStream.range(0, 20).toArray());
        assertThat(all.targets().toLongs()).isEqualTo(LongStream.range(1, 21).toArray());
        assertThat(TextWindows.inOrder(count(21), 5).size()).isEqualTo(4);
        assertThat(TextWindows.inOrder(count(20), 5).size()).isEqualTo(3);
    }

    @Test
    void randomWindowsBeginAnywhereAndAreTheSameForTheSameSeedEpochAndStep() {
        TextWindows windows = TextWindows.random(count(13), 3, 4000);
        Batches batches = Batches.inOrder(windows, 1000);
        long[] inputs =
                windows.draw(KEY, LongStream.range(0, 4000).toArray()).inputs().toLongs();
        int[] begins = new int[11];
        for (int i = 0; i < 4000; i++) {
            assertThat(inputs[3 * i + 2]).isEqualTo(inputs[3 * i] + 2);
            begins[(int) inputs[3 * i]]++;
        }
        assertThat(begins[10]).isZero(); // the last token can only be a target
        for (int s = 0; s < 10; s++) {
            assertThat(begins[s]).isCloseTo(400, within(80)); // 4 deviations of a binomial count
        }
        Batch some = batches.at(2, 3);
        assertThat(some.targets().toLongs()).isEqualTo(some.inputs().add(1).toLongs());
        assertThat(Batches.inOrder(windows, 1000).prefetch(3).at(2, 3).inputs().toLongs())
                .isEqualTo(some.inputs().toLongs());
        assertThat(batches.at(1, 3).inputs().toLongs())
                .isNotEqualTo(some.inputs().toLongs());
        Batches other = Batches.shuffled(windows, 1000, RandomKey.of(1));
        assertThat(other.at(2, 3).inputs().toLongs()).isNotEqualTo(some.inputs().toLongs());
        assertThat(windows.draw(KEY, 17).inputs().toLongs())
                .isEqualTo(windows.draw(KEY, 3, 17).inputs().slice(0, 1, 2).toLongs());
    }

    @Test
    void aTextMayLieInAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("train.bin");
        Files.write(file, new byte[] {1, 0, 0, 2, (byte) 0xff, (byte) 0xff});
        Corpus corpus = Corpus.map(file);
        assertThat(LongStream.range(0, corpus.size()).map(corpus::at)).containsExactly(1L, 512L, 65535L);
        assertThat(TextWindows.inOrder(corpus, 2).batch(0).targets().toLongs()).containsExactly(512, 65535);
        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> Corpus.map(file)).hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> Corpus.map(folder.resolve("none"))).hasMessageContaining("no file");
    }

    @Test
    void partsOfATextAreTexts() {
        Corpus part = count(100).part(90, 100);
        assertThat(part.size()).isEqualTo(10);
        assertThat(part.at(0)).isEqualTo(90);
        assertThatThrownBy(() -> part.at(10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> count(5).part(3, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Corpus.of(1, -1)).hasMessageContaining("Token 1 is -1");
    }

    @Test
    void windowsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> TextWindows.inOrder(count(5), 5)).hasMessageContaining("5 tokens in a text of 5");
        assertThatThrownBy(() -> TextWindows.random(count(5), 0, 1)).hasMessageContaining("rule:");
        assertThatThrownBy(() -> TextWindows.random(count(5), 2, 0)).hasMessageContaining("0 windows");
    }

    @Test
    void labelledTextsAreFilledUpAndCutOff() {
        List<String> texts = List.of("good good film", "bad", "", "good bad film bad good");
        WordTokenizer words = WordTokenizer.fit(texts, 1);
        LabelledTexts data = LabelledTexts.of(words, texts, new long[] {1, 0, 0, 1}, List.of("bad", "good"), 4);
        Batch batch = data.batch(0, 1, 2, 3);
        assertThat(words.decode(batch.inputs().toLongs())).isEqualTo("good good film bad good bad film bad");
        assertThat(batch.inputs().shape().dims()).containsExactly(4, 4);
        assertThat(batch.inputs().slice(0, 1, 2).toLongs()).containsExactly(words.encode("bad")[0], 0, 0, 0);
        assertThat(batch.extra("lengths").toLongs()).containsExactly(3, 1, 1, 4);
        assertThat(batch.targets().toLongs()).containsExactly(1, 0, 0, 1);
        assertThat(data.subset(3).batch(0).extra(LabelledTexts.LENGTHS).toLongs())
                .containsExactly(4);
        assertThatThrownBy(() -> batch.extra("masks"))
                .hasMessageContaining("no 'masks'")
                .hasMessageContaining("lengths");
        assertThatThrownBy(() -> LabelledTexts.of(words, texts, new long[] {2, 0, 0, 1}, List.of("bad", "good"), 4))
                .hasMessageContaining("Text 0 has the label 2");
        assertThatThrownBy(() -> LabelledTexts.of(words, texts, new long[3], List.of("bad"), 4))
                .hasMessageContaining("4 texts, 3 labels");
    }
}

package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {
    private static final Dataset DATA = Toys.moons(64, 0.1, 5);

    @TempDir
    Path folder;

    private static Trainer trainer() {
        Sequential net = Sequential.of(new Linear(2, 4), Tensor::tanh, new Linear(4, 2));
        return Trainer.of(net, Loss.crossEntropy(), new SGD(0.1))
                .seed(1)
                .batch(16)
                .metrics(Metric.accuracy());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.toString().contains("tfevents")).sorted().toList();
        }
    }

    @Test
    void theReaderOfThisTestKnowsThePublishedCheckSum() {
        // RFC 3720, appendix B.4: 32 bytes of zeros; and the check value of the polynomial
        assertThat(EventRecords.crc32c(new byte[32])).isEqualTo(0x8a9136aa);
        assertThat(EventRecords.crc32c("123456789".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(0xe3069283);
    }

    @Test
    void aScalarIsTheBytesThatTheFormatPrescribes() throws IOException {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1), ZoneOffset.UTC);
        EventFile events = new EventFile(folder, clock).scalar("loss", 300, 0.5);
        byte[] all = Files.readAllBytes(events.path());
        // the first record: length 24, then Event { wall_time: 1, file_version: "brain.Event:2" }
        String first = HexFormat.of().formatHex(all, 12, 12 + 24);
        assertThat(first)
                .isEqualTo("09000000000000f03f" + "1a0d"
                        + HexFormat.of().formatHex("brain.Event:2".getBytes(StandardCharsets.US_ASCII)));
        // the second: wall_time: 1, step: 300 (varint ac 02), summary { value { tag: "loss", simple_value: 0.5 } }
        String second = HexFormat.of().formatHex(all, 12 + 24 + 4 + 12, all.length - 4);
        assertThat(second).isEqualTo("09000000000000f03f" + "10ac02" + "2a0d" + "0a0b" + "0a046c6f7373" + "150000003f");
    }

    /// What bench/events/Events.java made.
    @Test
    void theFileIsThatOfTensorFlowsOwnClassesByteForByte() throws IOException {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(1500), ZoneOffset.UTC);
        EventFile events = new EventFile(folder, clock)
                .scalar("loss/größe", 1L << 40, Math.PI)
                .histogram("weights", 3, Tensor.of(-1, 0, 0.5f, 2))
                .text("note", 6, "# **text**")
                .restart(7);
        try (InputStream expected = TensorBoardTest.class.getResourceAsStream("tensorflow.tfevents")) {
            assertThat(Files.readAllBytes(events.path())).isEqualTo(expected.readAllBytes());
        }
    }

    @Test
    void numbersHistogramsAndTextsReadBack() throws IOException {
        EventFile events = new EventFile(folder)
                .scalar("größe", 1L << 40, Math.PI)
                .histogram("weights", 3, Tensor.of(-1, 0, 0.5f, 1, Float.NaN, 1))
                .histogram("same", 4, Tensor.of(2, 2))
                .histogram("none", 5, Tensor.zeros(0))
                .text("note", 6, "# Über **alles**")
                .restart(7);
        List<EventRecords.Message> read = EventRecords.read(events.path());
        assertThat(read).hasSize(7);
        assertThat(read.get(0).text(3)).isEqualTo("brain.Event:2");
        assertThat((Double) read.get(0).one(1)).isCloseTo(System.currentTimeMillis() / 1e3, within(60.0));
        assertThat(read.get(1).step()).isEqualTo(1L << 40);
        assertThat(read.get(1).value().text(1)).isEqualTo("größe");
        assertThat(read.get(1).value().one(2)).isEqualTo((float) Math.PI);

        EventRecords.Message weights = read.get(2).value().message(5);
        assertThat(weights.one(1)).isEqualTo(-1.0);
        assertThat(weights.one(2)).isEqualTo(1.0);
        assertThat(weights.one(3)).isEqualTo(5.0);
        assertThat(weights.one(4)).isEqualTo(1.5);
        assertThat(weights.one(5)).isEqualTo(3.25);
        assertThat(weights.packed(6)).hasSize(30).endsWith(1.0).isSorted();
        assertThat(weights.packed(7)).hasSize(30).startsWith(1.0).endsWith(2.0);
        assertThat(java.util.Arrays.stream(weights.packed(7)).sum()).isEqualTo(5);

        assertThat(read.get(3).value().message(5).packed(7)).containsExactly(2);
        assertThat(read.get(4).value().message(5).one(3)).isEqualTo(0.0);

        EventRecords.Message text = read.get(5).value();
        assertThat(text.message(8).one(1)).isEqualTo(7L); // DT_STRING
        assertThat(text.message(8).text(8)).isEqualTo("# Über **alles**");
        assertThat(text.message(9).message(1).text(1)).isEqualTo("text");
        assertThat(read.get(6).message(7).one(1)).isEqualTo(1L); // SessionLog.START
    }

    @Test
    void aRunIsWrittenAsItWas() throws IOException {
        Fit fit = trainer()
                .epochs(3)
                .watch(new TensorBoard(folder).steps(2).histograms(2))
                .fit(DATA, DATA);
        assertThat(files()).hasSize(1);
        List<EventRecords.Message> events = EventRecords.read(files().getFirst());
        Map<String, Double> scalars = EventRecords.scalars(events);
        for (Epoch e : fit.epochs()) {
            assertThat(scalars.get("loss/train@" + e.steps())).isEqualTo((float) e.loss());
            assertThat(scalars.get("loss/validation@" + e.steps()))
                    .isEqualTo((float) e.validationLoss().orElseThrow());
            assertThat(scalars.get("accuracy/validation@" + e.steps()))
                    .isEqualTo((float) (double) e.validationMetrics().get("accuracy"));
            assertThat(scalars.get("rate@" + e.steps())).isEqualTo((float) 0.1);
        }
        assertThat(scalars.keySet()).contains("loss/step@2", "loss/step@12").doesNotContain("loss/step@3");
        assertThat(events.stream()
                        .filter(e -> e.has(5) && e.value().has(5))
                        .map(e -> e.value().text(1) + "@" + e.step()))
                .containsExactly(
                        "weights/0.weight@8",
                        "gradients/0.weight@8",
                        "weights/0.bias@8",
                        "gradients/0.bias@8",
                        "weights/2.weight@8",
                        "gradients/2.weight@8",
                        "weights/2.bias@8",
                        "gradients/2.bias@8");
        assertThat(events.get(1).value().message(8).text(8)).contains("| seed | 1 |");
    }

    @Test
    void aResumedRunSaysFromWhereTheOlderFilesDoNotCount() throws IOException {
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        trainer()
                .epochs(3)
                .checkpoint(checkpoint)
                .watch(new TensorBoard(folder))
                .onStep((run, _) -> {
                    if (run.steps() == 6) {
                        run.stop();
                    }
                })
                .fit(DATA);
        trainer()
                .epochs(3)
                .checkpoint(checkpoint)
                .resume()
                .watch(new TensorBoard(folder))
                .fit(DATA);
        assertThat(files()).hasSize(2);
        List<EventRecords.Message> second = EventRecords.read(files().getLast());
        assertThat(second.get(1).message(7).one(1)).isEqualTo(1L);
        assertThat(second.get(1).step()).isEqualTo(7);
        assertThat(EventRecords.scalars(second).keySet()).contains("loss/train@8", "loss/train@12");
    }

    @Test
    void aFolderThatCannotBeWrittenIsExplained() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new EventFile(file.resolve("inside")))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("fix:");
    }
}

package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.format.Json;
import cajal.kernel.Workers;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.nn.Specs;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {
    private static final Dataset DATA = Toys.moons(64, 0.1, 5);

    @TempDir
    Path folder;

    private static Trainer trainer() {
        Sequential net = Sequential.of(new Linear(2, 4), Tensor::tanh, new Linear(4, 2));
        return Trainer.of(net, Loss.crossEntropy(), new SGD(0.1).momentum(0.9))
                .seed(17)
                .batch(16)
                .accumulate(2)
                .clipNorm(5)
                .epochs(3)
                .schedule(Schedule.of("cosine"))
                .metrics(Metric.accuracy());
    }

    private Map<String, Object> record() throws IOException {
        return Json.parseObject(Files.readString(folder.resolve("run.json")), "run.json");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object o) {
        return (Map<String, Object>) o;
    }

    @Test
    void aRunsFolderHoldsWhatIsNeededToRepeatIt() throws IOException {
        Fit fit = trainer().folder(folder).fit(DATA);
        assertThat(folder.resolve("checkpoint.safetensors")).exists();
        assertThat(Files.readAllLines(folder.resolve("log.csv"))).hasSize(4);

        Map<String, Object> record = record();
        assertThat(record).containsEntry("state", "finished");
        Map<String, Object> settings = map(record.get("settings"));
        assertThat(settings)
                .containsEntry("seed", 17L)
                .containsEntry("batch", 16L)
                .containsEntry("accumulate", 2L)
                .containsEntry("epochs", 3L)
                .containsEntry("schedule", "cosine")
                .containsEntry("clip_norm", 5.0)
                .containsEntry("metrics", List.of("accuracy"))
                .doesNotContainKey("clip_value");
        assertThat(map(settings.get("optimizer"))).containsEntry("name", "sgd").containsEntry("momentum", 0.9);
        assertThat(map(settings.get("data"))).containsEntry("samples", 64L).containsEntry("input", List.of(2L));
        Map<String, Object> session = map(((List<?>) record.get("sessions")).getFirst());
        assertThat(session)
                .containsEntry("java", Runtime.version().toString())
                .containsEntry("threads", (long) Workers.threads())
                .containsEntry("from_step", 0L)
                .containsKeys("vm", "system", "processor", "kernels", "command", "folder", "time");
        assertThat(map(record.get("results")))
                .containsEntry("steps", 12L)
                .containsEntry("loss", fit.last().orElseThrow().loss());
    }

    @Test
    void theRecordIsEnoughToRunAgainWithTheSameBits() throws IOException {
        Trainer first = trainer();
        Fit fit = first.folder(folder).fit(DATA);
        Map<String, Object> settings = map(record().get("settings"));
        var net = Specs.build(Specs.fromMap(map(settings.get("network"))));
        Fit again = Trainer.of(
                        net,
                        Loss.of(Specs.fromMap(map(settings.get("loss")))),
                        Optimizer.from(map(settings.get("optimizer"))))
                .seed((Long) settings.get("seed"))
                .batch((Long) settings.get("batch"))
                .accumulate(((Long) settings.get("accumulate")).intValue())
                .clipNorm((Double) settings.get("clip_norm"))
                .epochs(((Long) settings.get("epochs")).intValue())
                .schedule(Schedule.of((String) settings.get("schedule")))
                .fit(DATA);
        assertThat(again.last().orElseThrow().loss())
                .isEqualTo(fit.last().orElseThrow().loss());
    }

    @Test
    void anInterruptedRunSaysSoAndAResumedOneAddsItsSession() throws IOException {
        trainer()
                .folder(folder)
                .onStep((run, _) -> {
                    if (run.steps() == 6) {
                        run.stop();
                    }
                })
                .fit(DATA);
        assertThat(record()).containsEntry("state", "interrupted");
        trainer().folder(folder).resume().fit(DATA);
        assertThat(record()).containsEntry("state", "finished");
        List<Object> starts = new ArrayList<>();
        ((List<?>) record().get("sessions")).forEach(s -> starts.add(map(s).get("from_step")));
        assertThat(starts).containsExactly(0L, 6L);
    }

    @Test
    void otherDataHaveAnotherCheckSum() throws IOException {
        trainer().folder(folder).epochs(1).fit(DATA);
        Object one = map(map(record().get("settings")).get("data")).get("first_batch_crc32c");
        trainer().folder(folder).epochs(1).fit(Toys.moons(64, 0.1, 6));
        Object other = map(map(record().get("settings")).get("data")).get("first_batch_crc32c");
        assertThat(one).isNotEqualTo(other);
    }

    @Test
    void theCommitIsReadFromTheRepositorysFiles() throws IOException {
        String hash = "0123456789abcdef0123456789abcdef01234567";
        Path inner = Files.createDirectories(folder.resolve("repo/a/b"));
        Path git =
                Files.createDirectories(folder.resolve("repo/.git/refs/heads")).resolve("../..");
        assertThat(Provenance.commit(inner)).isEmpty();
        Files.writeString(git.resolve("HEAD"), "ref: refs/heads/main\n");
        Files.writeString(git.resolve("packed-refs"), "# pack-refs\n" + hash + " refs/heads/main\n");
        assertThat(Provenance.commit(inner)).contains(hash);
        Files.writeString(git.resolve("refs/heads/main"), hash.replace('0', 'f') + "\n");
        assertThat(Provenance.commit(inner)).contains(hash.replace('0', 'f'));
        Files.writeString(git.resolve("HEAD"), hash + "\n");
        assertThat(Provenance.commit(inner)).contains(hash);

        Path tree = Files.createDirectories(folder.resolve("tree"));
        Path linked = Files.createDirectories(folder.resolve("repo/.git/worktrees/tree"));
        Files.writeString(tree.resolve(".git"), "gitdir: " + linked + "\n");
        Files.writeString(linked.resolve("HEAD"), "ref: refs/heads/main\n");
        Files.writeString(linked.resolve("commondir"), "../..\n");
        assertThat(Provenance.commit(tree)).contains(hash.replace('0', 'f'));
    }
}

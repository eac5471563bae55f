package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.format.Json;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.Feed;
import cajal.train.Fit;
import cajal.train.Metric;
import cajal.train.Run;
import cajal.train.Trainer;
import cajal.train.Watcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the room of runs tells is what the runs' folders hold, whatever state they are in, and no page harms a
/// run.
@Timeout(90)
class RunsTest {
    private static final Dataset DATA = Toys.moons(96, 0.2, 5);

    @TempDir
    Path runs;

    private static Sequential net() {
        return Sequential.of(new Linear(2, 16), Tensor::relu, new Linear(16, 2));
    }

    private static Trainer trainer(Sequential net, int epochs) {
        return Trainer.of(net, Loss.crossEntropy(), new Adam(0.01))
                .seed(3)
                .batch(16)
                .epochs(epochs)
                .metrics(Metric.accuracy());
    }

    private static Watcher slow(int millis) {
        return new Watcher() {
            @Override
            public void stepped(Run run, double loss) {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private RunState state(String name) {
        return RunState.of(name, new RunFolders(runs).of(name));
    }

    @Test
    void everyRunIsListedWithHowItStandsAndWhatIsWrongWithIt() throws IOException {
        Fit fit = trainer(net(), 3).folder(runs.resolve("past")).fit(DATA, DATA);
        Files.createDirectories(runs.resolve("empty"));
        Path old = Files.createDirectories(runs.resolve("deep/old"));
        Files.writeString(
                old.resolve("log.csv"),
                "kind,epoch,step,loss,seconds\nepoch,1,10,0.9,1.5\nepoch,2,20,0.5,1.25\nepoch,3");
        Path broken = Files.createDirectories(runs.resolve("broken"));
        Files.writeString(broken.resolve("run.json"), "{\"state\":");
        Path lost = Files.createDirectories(runs.resolve("lost"));
        Files.writeString(
                lost.resolve(Feed.FILE),
                "{\"kind\":\"start\",\"step\":0,\"pid\":999999999,\"process_started\":1,\"epochs\":5}\n"
                        + "rubbish\n\n{\"kind\":\"step\",\"step\":7,\"seconds\":1.5,\"loss\":0.25}\n{\"kind\":\"st");
        Files.setLastModifiedTime(lost.resolve(Feed.FILE), java.nio.file.attribute.FileTime.fromMillis(1000));
        RunsRoom.Listing listing = new RunsRoom(new RunFolders(runs)).listing();
        assertThat(listing.runs()).extracting(RunState::name).containsOnly("past", "deep/old", "broken", "lost");
        assertThat(state("past"))
                .returns("finished", RunState::state)
                .returns("", RunState::trouble)
                .returns(3L, RunState::epoch)
                .returns(18L, RunState::step);
        assertThat(state("past").figures())
                .containsEntry("loss", String.valueOf(fit.last().orElseThrow().loss()))
                .containsEntry(
                        "validation_accuracy",
                        String.valueOf(
                                fit.last().orElseThrow().validationMetrics().get("accuracy")));
        assertThat(state("deep/old").figures()).containsEntry("loss", "0.5");
        assertThat(state("deep/old").seconds()).isEqualTo(2.75);
        assertThat(state("deep/old").trouble()).contains("damaged lines of log.csv");
        assertThat(state("broken").trouble()).contains("run.json is damaged");
        assertThat(state("lost")).returns("lost", RunState::state).returns(7L, RunState::step);
        assertThat(state("lost").trouble()).contains("ended without a word");
    }

    @Test
    void settingsAndEnvironmentAreTheRunsOwn() {
        trainer(net(), 1).clipNorm(5).folder(runs.resolve("one")).fit(DATA);
        RunsRoom.Details details = new RunsRoom(new RunFolders(runs)).details("one");
        assertThat(details.settings())
                .contains(
                        new RunsRoom.Row("seed", "3"),
                        new RunsRoom.Row("optimizer.name", "adam"),
                        new RunsRoom.Row("clip_norm", "5.0"),
                        new RunsRoom.Row("data.samples", "96"))
                .noneMatch(r -> r.name().startsWith("network"));
        assertThat(details.environment())
                .contains(new RunsRoom.Row("java", Runtime.version().toString()));
    }

    @Test
    void noNameLeadsOutOfTheFolder() throws IOException {
        Path outside = Files.createDirectories(runs.resolve("outside"));
        Files.writeString(outside.resolve("log.csv"), "kind\n");
        Path inside = Files.createDirectories(runs.resolve("inside"));
        RunFolders folders = new RunFolders(inside);
        for (String name : List.of("../outside", outside.toString(), "x/../../outside", "", "\0", "nothing")) {
            assertThatThrownBy(() -> folders.of(name))
                    .as(name)
                    .isInstanceOf(StudioException.class)
                    .hasMessageContaining("There is no run");
        }
    }

    @Test
    void aTailTellsWholeLinesOnceAndBeginsAnewWithANewFile() throws IOException {
        Path feed = runs.resolve(Feed.FILE);
        List<String> told = new ArrayList<>();
        List<Boolean> anew = new ArrayList<>();
        RunTail tail = new RunTail(runs);
        Files.writeString(feed, "{\"kind\":\"a\"}\nrubbish\n{\"kind\":");
        tail.tell((fresh, lines) -> {
            anew.add(fresh);
            told.addAll(lines);
        });
        assertThat(told).containsExactly("{\"kind\":\"a\"}");
        Files.writeString(feed, "\"b\"}\n", StandardOpenOption.APPEND);
        tail.tell((fresh, lines) -> {
            anew.add(fresh);
            told.addAll(lines);
        });
        assertThat(told).containsExactly("{\"kind\":\"a\"}", "{\"kind\":\"b\"}");
        Files.writeString(feed, "{\"kind\":\"c\"}\n");
        tail.tell((fresh, lines) -> {
            anew.add(fresh);
            told.addAll(lines);
        });
        assertThat(told).endsWith("{\"kind\":\"c\"}");
        assertThat(anew).containsExactly(true, false, true);
    }

    @Test
    void aWishNeedsTheTokenAndARunThatHears() throws Exception {
        trainer(net(), 1).folder(runs.resolve("past")).fit(DATA);
        try (Studio studio = Studio.on(0).runs(runs).start()) {
            assertThat(wish(studio, "past", "pause", "0".repeat(32)).statusCode())
                    .isEqualTo(403);
            HttpResponse<String> refused = wish(studio, "past", "pause", studio.token());
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("does not run: it is finished");
            assertThat(wish(studio, "../x", "pause", studio.token()).statusCode())
                    .isEqualTo(400);
        }
    }

    private static HttpResponse<String> wish(Studio studio, String run, String what, String token)
            throws IOException, InterruptedException {
        String body = Json.write(Map.of("run", run, "wish", what));
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(studio.address() + "api/runs/wish"))
                                .header("X-Cajal-Token", token)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static Socket stream(Studio studio, String run) throws IOException {
        Socket socket = new Socket("127.0.0.1", studio.address().getPort());
        socket.setSoTimeout(20_000);
        String head = "GET /api/runs/events?runs=" + run + " HTTP/1.1\r\nHost: "
                + studio.address().getAuthority() + "\r\nAccept: text/event-stream\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    @Test
    void aRunOfThisProgramIsShownAndItsBitsAreTheSame() throws Exception {
        Sequential alone = net();
        trainer(alone, 60).fit(DATA);
        Sequential seen = net();
        try (Studio studio = Studio.on(0).runs(runs).start()) {
            Watcher watcher = studio.watcher();
            Thread training = new Thread(
                    () -> trainer(seen, 60).watch(slow(8)).watch(watcher).fit(DATA));
            training.start();
            String samples = "";
            assertThat(studio.address("live-1").toString()).endsWith("#/runs?run=live-1");
            try (Socket socket = stream(studio, "live-1");
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.startsWith("data:") && line.contains("\"lines\"")) {
                        samples += line;
                    }
                    if (line.contains("\"state\":\"finished\"")) {
                        break;
                    }
                }
            }
            training.join();
            assertThat(samples).contains("\"kind\":\"step\"", "\"kind\":\"sample\"", "\"kind\":\"end\"");
        }
        Map<String, Tensor> expected = new LinkedHashMap<>(alone.tensors());
        seen.tensors()
                .forEach((name, t) ->
                        assertThat(t.toFloats()).isEqualTo(expected.get(name).toFloats()));
    }

    @Test
    @Tag("slow")
    void twoHundredStreamsOfWhichNobodyReadsHarmNoRun() throws Exception {
        List<Socket> open = new ArrayList<>();
        try (Studio studio = Studio.on(0).runs(runs).start()) {
            Fit[] fit = new Fit[1];
            Thread training = new Thread(() -> fit[0] = trainer(net(), 100)
                    .watch(slow(5))
                    .folder(runs.resolve("live"))
                    .fit(DATA, DATA));
            training.start();
            while (!Files.exists(runs.resolve("live").resolve(Feed.FILE))) {
                Thread.sleep(10);
            }
            for (int i = 0; i < 200; i++) {
                open.add(stream(studio, "live"));
            }
            int refused = 0;
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(studio.address() + "api/runs"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            for (Socket socket : open) {
                byte[] head = new byte[400];
                int n = socket.getInputStream().read(head);
                String text = n < 0 ? "" : new String(head, 0, n, StandardCharsets.UTF_8);
                if (!text.contains("refused") && n > 0 && !text.contains("event")) {
                    n = socket.getInputStream().read(head);
                    text = n < 0 ? "" : new String(head, 0, n, StandardCharsets.UTF_8);
                }
                refused += text.contains("refused") ? 1 : 0;
            }
            assertThat(refused).as("refused of 200 streams").isGreaterThanOrEqualTo(136);
            training.join(60_000);
            assertThat(fit[0].stop()).isEqualTo(Fit.Stop.FINISHED);
            assertThat(fit[0].epochs()).hasSize(100);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }
}

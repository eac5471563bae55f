package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.format.Json;
import cajal.train.Feed;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run of another process is watched, paused, given another rate and stopped from the page, which shows the
/// run's own numbers.
@Tag("slow")
class RunsPageTest {
    private static final String PROGRAM = """
            import cajal.data.*; import cajal.nn.*; import cajal.tensor.*; import cajal.train.*;
            void main(String[] a) {
                var digits = Digits.handwriting(400, 150, 1);
                var net = Sequential.of(new Flatten(), new Linear(32), Tensor::relu, new Linear(10));
                var adam = new Adam(1e-3);
                var fit = Trainer.of(net, Loss.crossEntropy(), adam).seed(1).batch(20).epochs(100_000)
                        .metrics(Metric.accuracy())
                        .onStep((_, _) -> { try { Thread.sleep(3); } catch (InterruptedException e) { } })
                        .folder(java.nio.file.Path.of(a[0])).fit(digits.train(), digits.test());
                IO.println(fit.stop() + " at " + adam.rate());
            }
            """;

    @TempDir
    Path runs;

    /// Starts the program in a JVM of its own, as a run of a name.
    private Process start(String name) throws IOException {
        Path file = runs.resolveSibling("Live" + name + ".java");
        Files.writeString(file, PROGRAM);
        String path = Stream.of(
                        cajal.tensor.Tensor.class,
                        cajal.nn.Block.class,
                        cajal.train.Trainer.class,
                        cajal.data.Table.class,
                        Json.class)
                .map(c -> c.getProtectionDomain().getCodeSource().getLocation().toString())
                .map(at -> Path.of(URI.create(at)).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        path,
                        file.toString(),
                        runs.resolve(name).toString())
                .redirectErrorStream(true)
                .redirectOutput(runs.resolveSibling(name + ".txt").toFile())
                .start();
    }

    /// The whole lines of a kind that a run wrote.
    private List<String> lines(String name, String kind) {
        try {
            String text = Files.readString(runs.resolve(name).resolve(Feed.FILE));
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(l -> l.startsWith("{\"kind\":\"" + kind + "\""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Object> last(String name, String kind) {
        return Json.parseObject(lines(name, kind).getLast(), kind);
    }

    /// Fails if a curve does not come to end at a value; the page draws what it hears a little later.
    private static void assertShows(Page page, String chart, String line, Object value) {
        try {
            page.waitForCondition(
                    () -> value.equals(shown(page, chart, line)),
                    new Page.WaitForConditionOptions().setTimeout(20_000));
        } catch (TimeoutError late) {
            assertThat(shown(page, chart, line)).as(chart + ", " + line).isEqualTo(value);
        }
    }

    private static double shown(Page page, String chart, String line) {
        return Double.parseDouble(page.locator("[data-chart=" + chart + "] [data-line='" + line + "']")
                .getAttribute("data-last"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> first(Object list) {
        return ((List<Map<String, Object>>) list).getFirst();
    }

    @Test
    void aRunOfAnotherProcessIsWatchedPausedChangedAndStopped() throws Exception {
        Process process = start("live");
        try (Studio studio = Studio.on(0).runs(runs).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/runs", 1280, 900);
            page.getByText("live", new Page.GetByTextOptions().setExact(true)).click();
            page.waitForURL("**/#/runs?run=live");
            page.locator("#state [data-state=running]").waitFor();
            page.locator("[data-card=spreads] figure").first().waitFor();
            page.locator("[data-chart=gradient]").waitFor();
            page.locator("#confusion").waitFor();
            // of fewer than two steps the page shows the loss of the epochs
            page.waitForCondition(() -> lines("live", "step").size() > 2);

            page.locator("#pause").press("Enter");
            page.locator("#state [data-state=paused]").waitFor();
            assertThat(page.locator("#said").textContent()).isEqualTo("It rests.");
            page.waitForCondition(() -> !lines("live", "paused").isEmpty());
            assertItsOwnNumbers(page);
            Browser.picture(page, "runs-light");

            page.getByText("Save a checkpoint").click();
            page.getByText("The checkpoint of step").waitFor();
            long saved = ((Number) last("live", "saved").get("step")).longValue();
            long asked = ((Number) last("live", "paused").get("step")).longValue();
            assertThat(saved).as("after the step that was being made").isBetween(asked, asked + 1);
            page.getByLabel("Learning rate", new Page.GetByLabelOptions().setExact(true))
                    .fill("0.0007");
            page.getByText("Set", new Page.GetByTextOptions().setExact(true)).click();
            page.getByText("The next step has the rate 0.0007.").waitFor();
            page.locator("#pause").click();
            page.locator("#state [data-state=running]").waitFor();
            page.waitForCondition(() -> shown(page, "rate", "rate0") == 0.0007);

            assertAddressKeepsTheView(browser, page, studio);

            page.locator("#stop").click();
            assertThat(page.locator("#stop").textContent()).isEqualTo("Really stop?");
            page.locator("#stop").click();
            page.locator("#state [data-state=interrupted]").waitFor();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(runs.resolveSibling("live.txt"), StandardCharsets.UTF_8))
                    .contains("INTERRUPTED at 7.0E-4");
            browser.assertQuiet();
        } finally {
            process.destroyForcibly();
        }
    }

    private void assertItsOwnNumbers(Page page) {
        page.getByLabel("Smoothing of the loss").evaluate("n => { n.value = 0; n.dispatchEvent(new Event('input')); }");
        Map<String, Object> step = last("live", "step");
        assertShows(page, "loss", "loss0", step.get("loss"));
        assertShows(page, "rate", "rate0", step.get("rate"));
        Map<String, Object> epoch = last("live", "epoch");
        assertShows(page, "metric-accuracy", "validation0", epoch.get("validation_accuracy"));
        assertShows(page, "loss", "validation0", epoch.get("validation_loss"));
        Map<String, Object> sample = last("live", "sample");
        assertShows(page, "gradient", "gradient0", sample.get("gradient_norm"));
        Map<String, Object> weight = first(sample.get("parameters"));
        assertShows(page, "ratio", "1.weight", weight.get("ratio"));
        Locator figure = page.locator("[data-card=spreads] [data-path='1.weight']");
        String counts = String.valueOf(((Map<?, ?>) weight.get("weights")).get("counts"));
        assertThat("[" + figure.getAttribute("data-counts").replace(",", ", ") + "]")
                .isEqualTo(counts);
        Map<String, Object> judged = last("live", "judged");
        List<?> confusion = (List<?>) judged.get("confusion");
        List<String> cells = page.locator("#confusion tbody td").allTextContents();
        for (int i = 0; i < confusion.size(); i++) {
            assertThat(cells.get(i).replace("·", "0")).isEqualTo(String.valueOf(confusion.get(i)));
        }
        assertThat(page.locator("#worst figure").count()).isEqualTo(((List<?>) judged.get("worst")).size());
        assertThat(page.locator("#worst figure canvas").count()).isEqualTo(((List<?>) judged.get("worst")).size());
    }

    private static void assertAddressKeepsTheView(Browser browser, Page page, Studio studio) {
        page.getByLabel("Logarithmic loss").check();
        page.getByLabel("From", new Page.GetByLabelOptions().setExact(true)).fill("10");
        page.getByLabel("From", new Page.GetByLabelOptions().setExact(true)).press("Tab");
        page.getByLabel("to", new Page.GetByLabelOptions().setExact(true)).fill("60");
        page.getByLabel("to", new Page.GetByLabelOptions().setExact(true)).press("Tab");
        page.waitForURL(u -> u.contains("from=10") && u.contains("to=60"));
        assertThat(page.url()).contains("log=true").contains("smooth=0");
        Page other =
                browser.page(page.url().substring(studio.address().toString().length()), 390, 844);
        other.getByLabel("Switch between light and dark").click();
        other.locator("#charts[aria-busy=false]").waitFor();
        assertThat(other.getByLabel("From", new Page.GetByLabelOptions().setExact(true))
                        .inputValue())
                .isEqualTo("10");
        assertThat(other.getByLabel("Logarithmic loss").isChecked()).isTrue();
        other.locator("[data-card=spreads] figure").first().waitFor();
        Browser.picture(other, "runs-dark-phone");
        other.close();
    }

    @Test
    void pastRunsAreComparedAndBrokenOnesSayWhy() throws Exception {
        for (String name : List.of("a", "b")) {
            Path folder = Files.createDirectories(runs.resolve(name));
            Files.writeString(
                    folder.resolve("log.csv"),
                    "kind,epoch,step,loss,accuracy,validation_loss,validation_accuracy,rate,seconds,samples_per_second\n"
                            + "epoch,1,10,0.9,0.6,0.8,0.7,0.1,1.5,300\nepoch,2,20,0.5,0.8,0.4"
                            + (name.equals("a") ? 1 : 2)
                            + ",0.75,0.1,1.5,300\nepoch,3,3");
        }
        try (Studio studio = Studio.on(0).runs(runs).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/runs", 1280, 900);
            page.getByLabel("Compare a").check();
            page.getByLabel("Compare b").check();
            assertThat(page.getByText("damaged lines of log.csv").count()).isEqualTo(2);
            Browser.picture(page, "runs-list");
            page.getByText("Compare", new Page.GetByTextOptions().setExact(true))
                    .last()
                    .click();
            page.locator("#charts[aria-busy=false]").waitFor();
            assertThat(page.url()).contains("run=a").contains("with=b");
            assertThat(shown(page, "loss", "validation0")).isEqualTo(0.41);
            assertThat(shown(page, "loss", "validation1")).isEqualTo(0.42);
            assertThat(page.locator("#controls").isVisible()).isFalse();
            browser.assertQuiet();
        }
    }
}

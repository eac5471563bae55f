package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The playground in a browser: built, played, rewound, linked, edited, drawn into, and taken home as a program.
@Tag("slow")
class PlaygroundPageTest {
    private static final String SPIRALS =
            "#/playground?problem=spiral&noise=0.05&net=8+tanh,+8+tanh&rate=0.03&batch=16&epochs=40000";

    /// Waits until the page stands at a step.
    private static void standsAt(Page page, long step) {
        page.waitForFunction(
                "step => { const d = document.querySelector('#figures')?.dataset; return d?.going === 'false' && Number(d.step) === step; }",
                (int) step);
    }

    private static String data(Page page, String name) {
        return String.valueOf(page.locator("#figures").evaluate("(e, n) => e.dataset[n]", name));
    }

    private static void set(Locator range, int value) {
        range.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('change')); }", value);
    }

    @Test
    void aNetLearnsTheSpiralsAndGoesBackToTheSameNumbers(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page(SPIRALS.replace("net=8+tanh,+8+tanh&", ""), 1280, 900);
            standsAt(page, 0);
            for (int i = 0; i < 2; i++) { // 6 tanh, 4 tanh become 8 tanh, 4 tanh
                page.locator("#more-0").click();
            }
            for (int i = 0; i < 4; i++) {
                page.locator("#more-1").click();
            }
            page.waitForFunction("() => /net=8.tanh%2C.8.tanh/.test(location.hash)");
            page.waitForFunction("() => document.querySelector('#figures').dataset.parameters === '114'");
            standsAt(page, 0);
            String untrained = data(page, "loss");

            page.locator("#step").click();
            standsAt(page, 1);
            String first = data(page, "loss");
            assertThat(first).isNotEqualTo(untrained);
            page.locator("#epoch").click();
            standsAt(page, 14); // 210 of 300 points in batches of 16
            page.locator("#play").click();
            page.waitForFunction("() => Number(document.querySelector('#figures').dataset.testScore) >= 0.95");
            page.locator("#play").click();
            page.waitForFunction("() => document.querySelector('#figures').dataset.going === 'false'");
            long there = Long.parseLong(data(page, "step"));
            String loss = data(page, "loss");
            assertThat(Double.parseDouble(data(page, "testScore"))).isGreaterThanOrEqualTo(0.95);
            assertThat(page.locator("#confusion td").count()).isGreaterThanOrEqualTo(4);
            Browser.picture(page, "playground-light");

            page.locator("#back").click();
            standsAt(page, there - 1);
            set(page.locator("#time"), 1);
            standsAt(page, 1);
            assertThat(data(page, "loss")).isEqualTo(first);
            page.locator("#restart").click();
            standsAt(page, 0);
            assertThat(data(page, "loss")).isEqualTo(untrained);
            set(page.locator("#time"), (int) there);
            standsAt(page, there);
            assertThat(data(page, "loss")).isEqualTo(loss);

            // The page's numbers are the library's.
            PlaygroundRun run = new PlaygroundRun(new Recipe(
                    "spiral",
                    300,
                    0.05,
                    0.3,
                    "",
                    "",
                    "8 tanh, 8 tanh",
                    "",
                    "",
                    "adam",
                    0.03,
                    "constant",
                    0,
                    0,
                    16,
                    1,
                    1,
                    40_000,
                    ""));
            run.forward(there, Long.MAX_VALUE / 2);
            assertThat(Double.parseDouble(loss))
                    .isEqualTo(run.evaluate(run.problem.train()).loss());
            assertThat(Double.parseDouble(data(page, "testLoss")))
                    .isEqualTo(run.evaluate(run.problem.split().orElseThrow().second())
                            .loss());
            assertThat(Float.parseFloat(page.locator("#weight-0").inputValue()))
                    .isCloseTo(run.params.get("0.weight").toFloats()[0], org.assertj.core.data.Offset.offset(1e-5f));

            // The program comes to them too.
            page.getByText("As Java").click();
            page.waitForFunction("() => document.querySelector('#java').textContent.includes('void main')");
            String program = page.locator("#java").textContent();
            assertThat(PlaygroundTest.printed(folder, program))
                    .contains("training  loss "
                            + run.evaluate(run.problem.train()).loss() + " ");
            Files.write(
                    folder.resolve("w.safetensors"),
                    page.waitForDownload(() -> page.locator("#weights").click())
                            .createReadStream()
                            .readAllBytes());
            assertThat(cajal.train.SavedModel.read(folder.resolve("w.safetensors"))
                            .net()
                            .parameters()
                            .get("0.weight")
                            .toFloats())
                    .isEqualTo(run.params.get("0.weight").toFloats());

            // A link shows the same.
            Page other = browser.page(
                    page.url().substring(studio.address().toString().length()), 390, 844);
            standsAt(other, there);
            assertThat(data(other, "loss")).isEqualTo(loss);
            other.locator("#figures").evaluate("e => { e.dataset.step = -1; }"); // the page is drawn anew
            other.getByLabel("Switch between light and dark").click();
            standsAt(other, there);
            Browser.picture(other, "playground-dark-phone");
            browser.assertQuiet();
        }
    }

    @Test
    void aWeightSetByHandCountsAndIsPartOfTheLink() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/playground?net=3+relu", 1280, 900);
            standsAt(page, 0);
            page.locator("#epoch").click();
            page.waitForFunction("() => Number(document.querySelector('#figures').dataset.step) > 1");
            String before = data(page, "loss");
            page.locator("#weight-1").fill("-3.5");
            page.locator("#weight-1").press("Enter");
            page.waitForFunction("before => document.querySelector('#figures').dataset.loss !== before", before);
            page.waitForURL("**edits=**");
            page.locator("#epoch").click();
            String after = page.waitForFunction(
                            "() => { const d = document.querySelector('#figures').dataset; return Number(d.step) > 20 && d.loss; }")
                    .jsonValue()
                    .toString();
            Page other = browser.page(
                    page.url().substring(studio.address().toString().length()), 1280, 900);
            standsAt(other, Long.parseLong(data(page, "step")));
            assertThat(data(other, "loss")).isEqualTo(after);
            assertThat(other.locator("#edits").textContent()).contains("1 weight was set by hand");
            browser.assertQuiet();
        }
    }

    @Test
    void onesOwnPointsAreDrawnByPointerAndKeyboardOrPastedAndKeptInTheAddress() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/playground?problem=own&test=0&epochs=100000", 1280, 900);
            Locator plane = page.locator("canvas[role=img]").first();
            plane.click(new Locator.ClickOptions().setPosition(80, 80));
            plane.click(new Locator.ClickOptions().setPosition(100, 90));
            page.getByRole(
                            com.microsoft.playwright.options.AriaRole.BUTTON,
                            new Page.GetByRoleOptions().setName("1").setExact(true))
                    .click();
            plane.focus();
            for (int i = 0; i < 6; i++) {
                page.keyboard().press("ArrowRight");
            }
            page.keyboard().press("Enter");
            page.keyboard().press("ArrowDown");
            page.keyboard().press("Enter");
            standsAt(page, 0);
            page.waitForFunction("() => new URLSearchParams(location.hash.split('?')[1]).get('points')?.length === 24");
            page.waitForFunction("() => document.querySelector('#confusion').textContent.includes('what it says')");
            page.locator("#play").click();
            page.waitForFunction("() => Number(document.querySelector('#figures').dataset.score) === 1");
            page.locator("#play").click();
            page.waitForFunction("() => document.querySelector('#figures').dataset.going === 'false'");
            Browser.picture(page, "playground-own");
            Page other = browser.page(
                    page.url().substring(studio.address().toString().length()), 1280, 900);
            standsAt(other, Long.parseLong(data(page, "step")));
            assertThat(data(other, "loss")).isEqualTo(data(page, "loss"));

            page.getByText("Take a table").click();
            page.locator("textarea").fill("width,height,kind\n1,10,cat\n2,30,dog\n3,20,cat\n");
            page.getByText("Take it").click();
            page.waitForFunction("() => document.querySelector('#confusion').textContent.includes('dog')");
            assertThat(page.url()).contains("names=cat%2Cdog");
            browser.assertQuiet();
        }
    }

    @Test
    void theLearningIsShownFrameByFrameWhileItGoesOn() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/playground?problem=spiral&epochs=100000", 1280, 900);
            standsAt(page, 0);
            page.locator("#play").click();
            page.waitForFunction("() => Number(document.querySelector('#figures').dataset.frames) >= 20");
            assertThat(data(page, "going")).isEqualTo("true");
            page.locator("#play").click();
            page.waitForFunction("() => document.querySelector('#figures').dataset.going === 'false'");
            browser.assertQuiet();
        }
    }

    @Test
    void everyProblemAndADeepNetCanBeShown() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Map<String, String> shown = Map.of(
                    "three", "problem=three-spirals&net=8+tanh,8+relu&step=600&rate=0.03",
                    "bumps", "problem=bumps&net=16+gelu,8+tanh&step=500&discrete=true",
                    "deep", "problem=xor&net=16+relu,16+relu,16+tanh,12+prelu,8+tanh+0.1,4+tanh&step=100",
                    "line", "problem=plane&net=&step=80&l2=0.001");
            shown.forEach((name, query) -> {
                Page page = browser.page("?theme=dark#/playground?" + query, 1280, 900);
                standsAt(page, Long.parseLong(query.replaceAll(".*step=(\\d+).*", "$1")));
                page.locator("canvas[role=img]").first().hover();
                page.waitForFunction("() => document.querySelector('#readout').textContent.startsWith('At')");
                Browser.picture(page, "playground-" + name);
            });
            browser.assertQuiet();
        }
    }
}

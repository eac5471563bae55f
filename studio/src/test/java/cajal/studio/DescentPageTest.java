package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page's races end where the library's own steps end, and a link shows the same race.
@Tag("slow")
class DescentPageTest {
    private static final String RACED = "#board[aria-busy=false]";

    private static void assertEnds(Page page, List<List<Descent.Place>> ways, int step) {
        Locator rows = page.locator("#ends tbody tr");
        assertThat(rows.count()).isEqualTo(ways.size());
        for (int i = 0; i < ways.size(); i++) {
            Descent.Place place = ways.get(i).get(step);
            assertThat(number(rows.nth(i), "data-x")).isEqualTo((float) place.x());
            assertThat(number(rows.nth(i), "data-y")).isEqualTo((float) place.y());
            assertThat(number(rows.nth(i), "data-loss")).isEqualTo((float) place.loss());
        }
    }

    private static float number(Locator row, String name) {
        return (float) Double.parseDouble(row.getAttribute(name));
    }

    private static List<Descent.Place> way(String optimizer, double rate, int batch, double x, double y, int steps) {
        return Descent.walk(Surface.named("ravine"), new Descent.Runner(optimizer, rate, batch), x, y, steps, 1);
    }

    @Test
    void twoOptimisersRaceAndTheirEndsAreTheSameStepsInJava() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/descent?surface=ravine&runners=sgd_0.2_8*adam_0.1_0&steps=60", 1280, 900);
            page.locator(RACED).waitFor();
            assertEnds(page, List.of(way("sgd", 0.2, 8, -0.8, -0.8, 60), way("adam", 0.1, 64, -0.8, -0.8, 60)), 60);

            page.getByLabel("Start x").fill("0.5");
            page.getByLabel("Start x").press("Enter");
            page.locator(RACED).waitFor();
            page.waitForURL("**x=0.5**");
            page.getByLabel("One step back").click();
            page.waitForURL("**at=59**");
            page.locator(RACED).waitFor();
            List<List<Descent.Place>> moved =
                    List.of(way("sgd", 0.2, 8, 0.5, -0.8, 60), way("adam", 0.1, 64, 0.5, -0.8, 60));
            assertEnds(page, moved, 59);
            assertThat(page.locator("#sums").textContent()).contains("Step 60").contains("learning rate");
            Browser.picture(page, "descent-map-light");

            Page other = browser.page(below(studio, page), 390, 844);
            other.locator(RACED).waitFor();
            assertEnds(other, moved, 59);
            assertThat(other.locator("#verdict").textContent())
                    .isEqualTo(page.locator("#verdict").textContent());
            other.getByLabel("Switch between light and dark").click();
            other.locator(RACED).waitFor();
            Browser.picture(other, "descent-map-dark-phone");
            browser.assertQuiet();
        }
    }

    @Test
    void theStartIsMovedByKeysAndByDraggingAndTheViewIsTurned() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/descent?surface=bowl&runners=sgd_0.2_0*momentum_0.05_0", 1280, 900);
            page.locator(RACED).waitFor();
            Locator grip = page.locator(".grip");
            grip.focus();
            page.keyboard().press("ArrowRight");
            page.waitForURL("**x=-2.28**");
            assertThat(grip.getAttribute("aria-valuetext")).isEqualTo("x -2.28, y 2");
            var box = grip.boundingBox();
            page.mouse().move(box.x + box.width / 2, box.y + box.height / 2);
            page.mouse().down();
            page.mouse().move(box.x + box.width / 2 + 150, box.y + box.height / 2 + 40);
            page.mouse().up();
            page.locator(RACED).waitFor();
            assertThat(grip.getAttribute("aria-valuetext")).isNotEqualTo("x -2.28, y 2");

            page.getByText("3-D").click();
            page.locator("#relief").focus();
            page.keyboard().press("ArrowRight");
            page.waitForURL("**view=relief**");
            page.waitForURL("**turn=35**");
            Browser.picture(page, "descent-relief-light");
            page.getByText("▶ Play").click();
            wait(page, ".transport output", "^[1-9]");
            page.getByLabel("One step back").click(); // which ends the play, or it ended by itself
            page.getByText("▶ Play").waitFor();
            page.waitForURL("**at=**");
            page.getByLabel("Surface").first().selectOption("digits");
            page.waitForURL("**surface=digits**");
            wait(page, "#lesson", "784");
            page.locator(RACED).waitFor();
            Browser.picture(page, "descent-digits-relief-light");
            browser.assertQuiet();
        }
    }

    @Test
    void theRealNetworksRaceShowsTheLossesThatJavaGets() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page(
                    "#/descent?samples=200&passes=2&training=sgd_0.5_0*sgd_0.01_1*sgd_0.2_32*momentum_0.05_32",
                    1280,
                    900);
            page.locator(RACED).waitFor();
            page.getByText("Start the race").click();
            page.locator("#trained tbody tr").nth(3).waitFor();
            page.locator("#training[aria-busy=false]").waitFor();
            wait(page, "#won", "All samples at once");
            Race race = new Race(200, 2, 1);
            List<DescentRoom.Entrant> entrants = List.of(
                    new DescentRoom.Entrant("sgd", 0.5, 0),
                    new DescentRoom.Entrant("sgd", 0.01, 1),
                    new DescentRoom.Entrant("sgd", 0.2, 32),
                    new DescentRoom.Entrant("momentum", 0.05, 32));
            for (int i = 0; i < 4; i++) {
                double shown = Double.parseDouble(
                        page.locator("#trained tbody tr").nth(i).getAttribute("data-loss"));
                assertThat(shown)
                        .isEqualTo(race.run(DescentRoom.runner(entrants.get(i)))
                                .at(1)
                                .loss());
            }
            Browser.picture(page, "descent-training-light");
            page.getByLabel("Switch between light and dark").click();
            page.locator("#trained tbody tr").nth(3).waitFor();
            Browser.picture(page, "descent-training-dark");
            browser.assertQuiet();
        }
    }

    /// Waits until an element says something.
    private static void wait(Page page, String element, String text) {
        page.locator(element, new Page.LocatorOptions().setHasText(Pattern.compile(text)))
                .waitFor();
    }

    private static String below(Studio studio, Page page) {
        return page.url().substring(studio.address().toString().length());
    }
}

package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The tour is walked from its first step to its last, and its address keeps how far one is.
@Tag("slow")
class TourPageTest {
    private static final List<String> RIGHT = List.of(
            "3", "one straight line", "30 %", "The one with 95 %", "The loss grows", "1.3", "at most ¼", "10 times");

    @Test
    void eightStepsAreAnsweredAndALinkShowsHowFarOneIs() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/tour", 1280, 900);
            page.locator("#answer-1").click();
            assertThat(page.locator("#feedback").textContent()).startsWith("Not quite.");
            for (int step = 0; step < 8; step++) {
                page.locator(".answers button", new Page.LocatorOptions().setHasText(RIGHT.get(step)))
                        .first()
                        .click();
                assertThat(page.locator("#feedback").textContent()).startsWith("Right.");
                assertThat(page.locator("#progress").textContent()).startsWith((step + 1) + " of 8");
                assertThat(page.locator("#room, #missing").count()).isEqualTo(1);
                if (step == 1) {
                    Browser.picture(page, "tour-light");
                }
                if (step < 7) {
                    page.locator("#next").click();
                }
            }
            page.locator("#finished").waitFor();
            Page other = browser.page(
                    page.url().substring(studio.address().toString().length()), 390, 844);
            other.locator("#finished").waitFor();
            assertThat(other.locator("#step").textContent()).isEqualTo("8. Small steps win");
            other.getByLabel("Switch between light and dark").click();
            other.locator("#finished").waitFor();
            Browser.picture(other, "tour-dark-phone");
            browser.assertQuiet();
        }
    }

    @Test
    void everyLinkOfTheTourLeadsIntoARoomWithThatState() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/tour?step=6", 1280, 900);
            Locator link = page.locator("#room");
            assertThat(link.getAttribute("href")).startsWith("#/descent?");
            Page room = page.context().waitForPage(link::click);
            room.locator("#board[aria-busy=false]").waitFor();
            assertThat(room.locator(".transport output").textContent()).isEqualTo("0 of 60");
            room.getByLabel("One step on").click();
            assertThat(room.locator(".transport output").textContent()).isEqualTo("1 of 60");
            assertThat(room.locator("#sums").textContent()).contains("− 0.15 ·");
            Page missing = browser.page("#/tour?step=99&answers=xyz", 1280, 900);
            missing.locator("#step").waitFor();
            assertThat(missing.locator("#progress").textContent()).startsWith("0 of 8");
            browser.assertQuiet();
        }
    }
}

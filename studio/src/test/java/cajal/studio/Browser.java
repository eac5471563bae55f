package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The system's Chromium with a page of the studio; a test that uses it is skipped, visibly, where there is
/// none.
final class Browser implements AutoCloseable {
    private static final List<String> PLACES = List.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    private static final List<String> FLAGS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;
    private final Studio studio;
    private final List<String> troubles = new ArrayList<>();

    private Browser(Playwright playwright, com.microsoft.playwright.Browser browser, Studio studio) {
        this.playwright = playwright;
        this.browser = browser;
        this.studio = studio;
    }

    /// A browser beside a studio.
    static Browser open(Studio studio) {
        Optional<String> chromium = Stream.concat(Stream.ofNullable(System.getenv("CHROMIUM")), PLACES.stream())
                .filter(p -> Files.isExecutable(Path.of(p)))
                .findFirst();
        assumeTrue(chromium.isPresent(), "there is no Chromium (or set CHROMIUM to its path)");
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        com.microsoft.playwright.Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(chromium.get()))
                        .setArgs(FLAGS));
        return new Browser(playwright, browser, studio);
    }

    /// A fresh page at an address below the studio's, as in `#/activations?name=gelu`.
    Page page(String address, int width, int height) {
        Page page = browser.newContext(
                        new com.microsoft.playwright.Browser.NewContextOptions().setViewportSize(width, height))
                .newPage();
        page.setDefaultTimeout(60_000); // a machine that tests may be busy with other things
        page.onConsoleMessage(m -> {
            if (m.type().equals("error") || m.type().equals("warning")) {
                troubles.add(m.text());
            }
        });
        page.onPageError(troubles::add);
        page.navigate(studio.address() + address);
        return page;
    }

    /// Fails if a page complained in the console.
    void assertQuiet() {
        assertThat(troubles).as("what the browser's console says").isEmpty();
    }

    /// A screenshot under `target/screenshots`, for the eye.
    static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target/screenshots", name + ".png"))
                .setFullPage(true));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}

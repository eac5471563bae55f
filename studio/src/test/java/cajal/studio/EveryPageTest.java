package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.data.Toys;
import cajal.nn.Activation;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.train.Adam;
import cajal.train.Trainer;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What holds for every page that the navigation names: nothing keeps people out, the keyboard suffices, and
/// its pictures can be saved.
@Tag("slow")
class EveryPageTest {
    private static final Studio STUDIO = studio();

    /// Pages with more to be seen than at first.
    private static final List<String> OPENED = List.of(
            "model?model=example:resnet20&open=3,3.body,3.body.0&heat=multiplyAdds&at=op5",
            "descent?view=relief",
            "runs?run=past",
            "activations?name=gelu");
    /// Whether a text is an SVG document.
    private static final String WELL_FORMED = """
            text => {
              const read = new DOMParser().parseFromString(text, 'image/svg+xml');
              return read.documentElement.tagName === 'svg' && !read.querySelector('parsererror');
            }""";
    /// How many colours a PNG picture has, in base 64, below its heading.
    private static final String COLOURS = """
            async text => {
              const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
              const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
              const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
              context.drawImage(image, 0, 0);
              const top = Math.min(70, image.height - 1);
              const all = new Uint32Array(context.getImageData(0, top, image.width, image.height - top).data.buffer);
              return new Set(all).size;
            }""";

    @TempDir
    private Path folder;

    /// A studio with one run that is past.
    private static Studio studio() {
        try {
            Path runs = Files.createTempDirectory("cajal-pages-");
            Trainer.of(
                            Sequential.of(new Linear(2, 8), Activation.tanh(), new Linear(8, 2)),
                            Loss.crossEntropy(),
                            new Adam(0.01))
                    .seed(1)
                    .epochs(4)
                    .folder(runs.resolve("past"))
                    .fit(Toys.xor(160, 0.28, 3));
            return Studio.on(0).runs(runs).start();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterAll
    static void close() {
        STUDIO.close();
    }

    private static List<String> pages(Browser browser) {
        Page start = browser.page("", 1280, 900);
        start.locator("#nav a").first().waitFor();
        List<String> pages = new ArrayList<>();
        for (Locator link : start.locator("#nav a").all()) {
            pages.add(Objects.requireNonNull(link.getAttribute("data-page")));
        }
        start.close();
        assertThat(pages).contains("home", "digits", "playground", "descent", "activations", "model", "tour");
        return pages;
    }

    /// The page when it has drawn all that it draws by itself.
    private static Page settled(Browser browser, String page, String theme, int width) {
        Page p = browser.page("?theme=" + theme + "#/" + page, width, 900);
        p.locator("main h1, main h2").first().waitFor();
        p.waitForFunction("() => !document.querySelector('main [aria-busy=true]')");
        if (page.equals("digits")) {
            p.locator("section.card[aria-busy=false] #caption").waitFor();
        }
        settle(p);
        return p;
    }

    private static void settle(Page page) {
        page.waitForTimeout(600);
        page.waitForFunction("() => !document.querySelector('main [aria-busy=true]')");
    }

    private static String axe() {
        try (InputStream in = Objects.requireNonNull(
                Thread.currentThread().getContextClassLoader().getResourceAsStream("axe.min.js"),
                "axe.min.js is not on the class path")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// What axe finds that is serious, a line each.
    private static List<String> barriers(Page page, String axe) {
        page.evaluate(axe);
        Object found = page.evaluate("""
                async () => {
                  const result = await axe.run(document, { resultTypes: ['violations'] });
                  return result.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
                    .flatMap(v => v.nodes.map(n => `${v.id} (${v.impact}): ${n.target} ${n.html.slice(0, 160)} ${n.any.map(a => a.message).join('; ')}`));
                }""");
        List<String> lines = new ArrayList<>();
        for (Object line : (List<?>) Objects.requireNonNull(found)) {
            lines.add(String.valueOf(line));
        }
        return lines;
    }

    @Test
    void nothingKeepsPeopleOutInLightAndDarkWideAndNarrow() {
        String axe = axe();
        List<String> all = new ArrayList<>();
        try (Browser browser = Browser.open(STUDIO)) {
            List<String> addresses = pages(browser);
            addresses.addAll(OPENED);
            for (String name : addresses) {
                Page page = settled(browser, name, "light", 1280);
                barriers(page, axe).forEach(b -> all.add(name + ", light: " + b));
                page.locator("#theme").click();
                settle(page);
                assertThat(page.evaluate("() => document.documentElement.dataset.theme"))
                        .isEqualTo("dark");
                barriers(page, axe).forEach(b -> all.add(name + ", dark: " + b));
                page.close();
                Page narrow = settled(browser, name, "light", 390);
                barriers(narrow, axe).forEach(b -> all.add(name + ", narrow: " + b));
                assertThat((Integer) narrow.evaluate("() => document.documentElement.scrollWidth"))
                        .as(name + " fits a phone")
                        .isLessThanOrEqualTo(390);
                narrow.close();
            }
            browser.assertQuiet();
        }
        assertThat(all).as("serious findings").isEmpty();
    }

    @Test
    void theTabKeyReachesEveryControlAndShowsWhereItIs() {
        List<String> missed = new ArrayList<>();
        try (Browser browser = Browser.open(STUDIO)) {
            for (String name : pages(browser)) {
                Page page = settled(browser, name, "light", 1280);
                int count = (Integer) Objects.requireNonNull(page.evaluate("""
                        () => {
                          const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
                            .filter(n => !n.disabled && n.tabIndex >= 0 && n.checkVisibility({ visibilityProperty: true }) && n.getClientRects().length);
                          all.forEach((n, i) => { n.dataset.k = i; });
                          return all.length;
                        }"""));
                assertThat(count).as(name).isGreaterThan(8);
                Set<Integer> reached = new HashSet<>();
                for (int i = 0; i < count + 12; i++) {
                    page.keyboard().press("Tab");
                    Object[] at = ((List<?>) Objects.requireNonNull(page.evaluate("""
                            () => {
                              const n = document.activeElement, s = getComputedStyle(n);
                              const outlined = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
                              const stroked = n instanceof SVGElement && [n, ...n.querySelectorAll('*')].some(m => getComputedStyle(m).stroke !== 'none');
                              return [Number(n.dataset?.k ?? -1), outlined || stroked, n.outerHTML.slice(0, 120)];
                            }"""))).toArray();
                    int k = ((Number) at[0]).intValue();
                    if (k >= 0 && reached.add(k) && !Boolean.TRUE.equals(at[1])) {
                        missed.add(name + ": the focus is not seen on " + at[2]);
                    }
                }
                for (int k = 0; k < count; k++) {
                    if (!reached.contains(k)) {
                        missed.add(name + ": Tab does not reach "
                                + page.evaluate(
                                        "k => document.querySelector(`[data-k=\"${k}\"]`)?.outerHTML.slice(0, 160)",
                                        k));
                    }
                }
                page.close();
            }
            browser.assertQuiet();
        }
        missed.removeIf(m -> m.endsWith("null")); // what a page that goes on by itself has replaced meanwhile
        assertThat(missed).isEmpty();
    }

    @Test
    void enterAndSpaceDoWhatAClickDoes() {
        try (Browser browser = Browser.open(STUDIO)) {
            Page page = settled(browser, "home", "light", 1280);
            page.locator("#nav a[data-page=model]").focus();
            page.keyboard().press("Enter");
            page.waitForFunction("() => location.hash.startsWith('#/model')");
            page.locator("#detail[aria-busy=false]").waitFor();
            page.evaluate("() => { document.querySelector('#detail').dataset.before = 'yes'; }");
            page.locator("#theme").focus();
            page.keyboard().press("Space");
            assertThat(page.evaluate("() => document.documentElement.dataset.theme"))
                    .isEqualTo("dark");
            page.locator("#detail[aria-busy=false]:not([data-before]) [data-tensor]")
                    .first()
                    .waitFor();
            page.locator("#nav a[data-page=activations]").focus(); // a page of several pictures
            page.keyboard().press("Enter");
            page.waitForFunction("() => location.hash.startsWith('#/activations')");
            page.waitForFunction("() => document.querySelectorAll('main svg').length > 1"
                    + " && !document.querySelector('main [aria-busy=true]')");
            page.locator("#save-svg").focus();
            page.keyboard().press("Enter");
            page.locator("dialog").waitFor();
            page.keyboard().press("Escape");
            page.waitForFunction("() => !document.querySelector('dialog')");
            assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("save-svg");
            browser.assertQuiet();
        }
    }

    @Test
    void everyPictureIsSavedAsSvgAndAsPng() throws Exception {
        List<String> withoutPictures = List.of("home", "tour", "runs"); // until a run is chosen
        try (Browser browser = Browser.open(STUDIO)) {
            List<String> addresses = pages(browser);
            addresses.add("runs?run=past");
            for (String name : addresses) {
                Page page = settled(browser, name, "dark", 1280);
                List<String> names = pictures(page);
                if (names.isEmpty()) {
                    assertThat(withoutPictures).as("pages without a picture").contains(name);
                }
                for (int i = 0; i < Math.min(names.size(), 6); i++) {
                    String svg = Files.readString(saved(page, "svg", i));
                    assertThat(page.evaluate(WELL_FORMED, svg)).as(name).isEqualTo(true);
                    assertThat(svg)
                            .as(name + ", " + names.get(i))
                            .doesNotContain("var(--", "class=\"")
                            .contains("rgb(18, 23, 29)"); // the dark paper
                    byte[] png = Files.readAllBytes(saved(page, "png", i));
                    String encoded = Base64.getEncoder().encodeToString(png);
                    assertThat((Integer) page.evaluate(COLOURS, encoded))
                            .as(name + ", " + names.get(i))
                            .isGreaterThan(names.get(i).startsWith("Sheet to draw") ? 0 : 2); // an empty sheet
                    if (i == 0) {
                        Path shots = Files.createDirectories(Path.of("target/screenshots"));
                        Files.write(shots.resolve("saved-" + name.replace("?", "-") + ".png"), png);
                    }
                }
                page.close();
            }
            browser.assertQuiet();
        }
    }

    /// The pictures that can be saved, once the page adds no more to them.
    private static List<String> pictures(Page page) {
        List<String> before = List.of();
        for (int turn = 0, unchanged = 0; turn < 100 && unchanged < 3; turn++) {
            List<String> now = new ArrayList<>();
            for (Object name : (List<?>) Objects.requireNonNull(
                    page.evaluate("async () => (await import('/lib/save.js')).views().map(v => v.name)"))) {
                now.add(String.valueOf(name));
            }
            unchanged = now.equals(before) ? unchanged + 1 : 0;
            before = now;
            page.waitForTimeout(200);
        }
        return before;
    }

    /// Presses the button, and a second time if the browser lost the first download, as it does once in some
    /// hundreds.
    private Path saved(Page page, String kind, int which) {
        PlaywrightException lost = null;
        for (int turn = 0; turn < 2; turn++) {
            try {
                Download download = page.waitForDownload(new Page.WaitForDownloadOptions().setTimeout(20_000), () -> {
                    page.locator("#save-" + kind).click();
                    Locator choices = page.locator("dialog .choices button");
                    if (choices.count() > 0) { // one picture alone is saved without a question
                        choices.nth(which).click();
                    }
                });
                Path file = folder.resolve(System.nanoTime() + "." + kind);
                download.saveAs(file);
                return file;
            } catch (PlaywrightException e) {
                lost = e;
                page.keyboard().press("Escape"); // a question that stands open
            }
        }
        Browser.picture(page, "unsaved");
        throw new AssertionError("no " + kind + " of picture " + which + " at " + page.url(), lost);
    }
}

package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.tensor.Tensor;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A seven is drawn, read, and learned from, in the browser; and what the server says of it is what plain loops find.
@Tag("slow")
class DigitsPageTest {
    @TempDir
    private static Path runs;

    private static final Studio STUDIO =
            Studio.on(0).runs(Path.of("target", "no-runs")).start();

    @AfterAll
    static void close() {
        STUDIO.close();
    }

    private static DigitsRoom.Ask ask(int sample, String answer, int updates) {
        return new DigitsRoom.Ask("", "", "", sample, answer, 0.1, updates, 1, 0, true);
    }

    /// A room whose own quick network has learned.
    private static DigitsRoom ready() throws InterruptedException {
        DigitsRoom room = new DigitsRoom(runs);
        while (!room.ready(ask(0, "", 0)).ready()) {
            Thread.sleep(100);
        }
        return room;
    }

    private static double[] doubles(String text, int count) {
        float[] values = Numbers.read(text, count);
        double[] all = new double[count];
        for (int i = 0; i < count; i++) {
            all[i] = values[i];
        }
        return all;
    }

    /// A fully connected layer in plain loops, in double precision.
    private static double[] layer(Map<String, ? extends Tensor> params, String name, double[] x, boolean relu) {
        float[] w = params.get(name + ".weight").toFloats();
        float[] b = params.get(name + ".bias").toFloats();
        double[] y = new double[b.length];
        for (int j = 0; j < y.length; j++) {
            y[j] = b[j];
            for (int i = 0; i < x.length; i++) {
                y[j] += w[j * x.length + i] * x[i];
            }
            y[j] = relu ? Math.max(0, y[j]) : y[j];
        }
        return y;
    }

    @Test
    void forwardAndBackwardAreWhatPlainLoopsFind() throws InterruptedException {
        DigitsRoom room = ready();
        DigitsRoom.Ask ask = ask(3, "7", 0);
        DigitScene scene = room.scene(ask);
        DigitPass.Forward pass = room.forward(ask);
        Map<String, ? extends Tensor> params = scene.at().parameters();
        double[] x = doubles(pass.picture(), 784);
        double[] first = layer(params, "1", x, true);
        double[] second = layer(params, "3", first, true);
        double[] p = layer(params, "5", second, false);
        double sum = 0;
        for (int c = 0; c < 10; c++) {
            p[c] = Math.exp(p[c]);
            sum += p[c];
        }
        float[] shown = Numbers.read(pass.probabilities(), 10);
        for (int c = 0; c < 10; c++) {
            p[c] /= sum;
            assertThat((double) shown[c]).isCloseTo(p[c], within(1e-5));
        }
        assertThat(doubles(pass.columns().get(1).values(), first.length)).containsExactly(first, within(1e-4));
        assertThat(doubles(pass.columns().get(2).values(), second.length)).containsExactly(second, within(1e-4));
        DigitPass.Backward back = room.backward(ask);
        assertThat(back.loss()).isCloseTo(-Math.log(p[7]), within(1e-4));
        double[] delta = doubles(back.flows().getLast().delta(), 10);
        double[] error = doubles(back.flows().get(2).error(), second.length);
        float[] last = params.get("5.weight").toFloats();
        for (int j = 0; j < second.length; j++) {
            double wanted = 0;
            for (int c = 0; c < 10; c++) {
                wanted += last[c * second.length + j] * (p[c] - (c == 7 ? 1 : 0));
            }
            assertThat(error[j]).isCloseTo(wanted, within(1e-4));
        }
        for (int c = 0; c < 10; c++) {
            assertThat(delta[c]).isCloseTo(p[c] - (c == 7 ? 1 : 0), within(1e-5));
        }
        assertThat(room.backward(ask(3, "7", 3)).p()).as("after three updates").isGreaterThan(back.p());
        room.close();
    }

    @Test
    void aSevenIsDrawnReadAndLearnedFrom() {
        try (Browser browser = Browser.open(STUDIO)) {
            Page page = browser.page("#/digits", 1280, 900);
            page.locator("section.card[aria-busy=false] #caption").waitFor();
            page.locator("#clear").click();
            BoundingBox pad = page.locator("#pad").boundingBox();
            double x = pad.x;
            double y = pad.y;
            double side = pad.width;
            page.mouse().move(x + 0.25 * side, y + 0.22 * side);
            page.mouse().down();
            for (int i = 1; i <= 12; i++) {
                page.mouse().move(x + (0.25 + 0.45 * i / 12) * side, y + 0.22 * side);
            }
            for (int i = 1; i <= 16; i++) {
                page.mouse().move(x + (0.70 - 0.28 * i / 16) * side, y + (0.22 + 0.58 * i / 16) * side);
            }
            page.mouse().up();
            page.waitForFunction("() => document.querySelector('#caption').textContent.startsWith('It says 7')");
            double latency =
                    Double.parseDouble(page.locator("#latency").textContent().split(" ", 2)[0]);
            System.getLogger("test").log(System.Logger.Level.INFO, "from the hand to the neurons: " + latency + " ms");
            assertThat(latency)
                    .as("milliseconds from the hand to the neurons")
                    .isLessThan(1_000); // 50 on a quiet machine

            page.locator("#backward").click();
            page.getByLabel("The right answer is 1", new Page.GetByLabelOptions().setExact(true))
                    .click();
            page.waitForFunction("() => document.querySelector('#loss')?.textContent.includes('ln p(1)')");
            page.locator("#lesson[aria-busy=false]").waitFor();
            assertThat(page.locator("#lesson").textContent())
                    .contains("How the loss changes", "p − 1")
                    .doesNotContain("null");
            assertThat(page.locator("#neuron").textContent()).contains("chain rule", "dL/da");
            page.locator("#update").click();
            page.locator("#p-after").waitFor();
            double before = percent(page, "#p-before");
            double after = percent(page, "#p-after");
            assertThat(after).as("its probability rises").isGreaterThan(before);
            page.locator("#lesson[aria-busy=false]").waitFor();
            Browser.picture(page, "digits-light");

            Page other = browser.page(
                    page.url().substring(STUDIO.address().toString().length()), 390, 844);
            other.locator("#p-after").waitFor();
            assertThat(percent(other, "#p-after")).as("by the link").isEqualTo(after);
            other.getByLabel("Switch between light and dark").click();
            other.locator("#p-after").waitFor();
            Browser.picture(other, "digits-dark-phone");
            browser.assertQuiet();
        }
    }

    private static double percent(Page page, String at) {
        return Double.parseDouble(page.locator(at).textContent().replace(" %", ""));
    }
}

package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.nn.Activation;
import cajal.tensor.Tensor;
import com.microsoft.playwright.Page;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page of activations shows what the library computes, and its address keeps what was chosen.
class ActivationsPageTest {
    @Test
    void aCurveIsTheLibrarysOwnWithTheSlopeThatAutogradFinds() {
        ActivationsRoom.Curve curve = ActivationsRoom.curve("tanh", 4);
        float[] x = Numbers.read(curve.x(), 401);
        float[] y = Numbers.read(curve.y(), 401);
        float[] slope = Numbers.read(curve.slope(), 401);
        assertThat(x[0]).isEqualTo(-4);
        assertThat(Numbers.read(curve.y(), 401))
                .isEqualTo(Activation.tanh().apply(Tensor.linspace(-4, 4, 401)).toFloats());
        for (int i = 0; i < 401; i += 25) {
            assertThat((double) y[i]).isCloseTo(Math.tanh(x[i]), org.assertj.core.data.Offset.offset(1e-6));
            assertThat((double) slope[i])
                    .isCloseTo(1 - Math.tanh(x[i]) * Math.tanh(x[i]), org.assertj.core.data.Offset.offset(1e-6));
        }
    }

    @Test
    void sigmoidsVanishInADeepStackAndHesValuesHoldForRelu() {
        ActivationsRoom.Stack sigmoid = ActivationsRoom.stack("sigmoid", "xavier-uniform", 10, 128);
        assertThat(sigmoid.gradients().getFirst().deviation())
                .isLessThan(1e-3 * sigmoid.gradients().getLast().deviation());
        ActivationsRoom.Stack relu = ActivationsRoom.stack("relu", "he-normal", 10, 128);
        assertThat(relu.activations().getLast().deviation()
                        / relu.activations().getFirst().deviation())
                .isBetween(0.3, 3.0);
    }

    @Test
    @Tag("slow")
    void aChoiceIsKeptInTheAddressAndALinkShowsTheSame() {
        try (Studio studio = Studio.on(0).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/activations?name=sigmoid", 1280, 900);
            page.locator("#verdict strong").first().waitFor();
            assertThat(page.locator("#verdict").textContent()).contains("vanishes");
            page.getByLabel("Activation").first().selectOption("relu");
            page.getByLabel("Initial weights").selectOption("he-normal");
            page.waitForURL("**/#/activations?init=he-normal");
            page.locator("[aria-busy=false]").waitFor();
            assertThat(page.locator("#verdict").textContent()).contains("forward, what flows holds");
            Browser.picture(page, "activations-light");
            Page other = browser.page(
                    page.url().substring(studio.address().toString().length()), 390, 844);
            other.locator("#verdict strong").first().waitFor();
            assertThat(other.locator("#verdict").textContent())
                    .isEqualTo(page.locator("#verdict").textContent());
            other.getByLabel("Switch between light and dark").click();
            other.locator("#verdict strong").first().waitFor();
            Browser.picture(other, "activations-dark-phone");
            browser.assertQuiet();
        }
    }
}

package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.format.Safetensors;
import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.Conv2d;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.MaxPool2d;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import cajal.train.SavedModel;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model is opened into its operations, measured, and looked at, in the browser.
@Tag("slow")
class ModelPageTest {
    @TempDir
    private Path runs;

    private static Sequential net() {
        Sequential net = Sequential.of(
                new Conv2d(1, 6, 5), Activation.relu(), new MaxPool2d(2), new Flatten(), new Linear(864, 10));
        net.init(3, Shape.of(1, 1, 28, 28));
        return net;
    }

    @Test
    void layersOpenAreMeasuredAndShowTheirWeights() throws java.io.IOException {
        Path file = runs.resolve("digits-1/model.safetensors");
        java.nio.file.Files.createDirectories(file.resolveSibling("."));
        new SavedModel(net(), Shape.of(1, 28, 28), List.of(), Map.of(), Map.of()).write(file);
        try (Studio studio = Studio.on(0).runs(runs).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/model", 1280, 900);
            page.locator("#detail[aria-busy=false] [data-tensor='4.bias']").waitFor();
            assertThat(page.locator("#facts").textContent())
                    .contains(String.format("%,d", net().parameterCount()))
                    .contains("95 k"); // 24·24·6·25 + 864·10 = 95,040 multiply-adds
            assertThat(page.locator("svg .node").count()).isEqualTo(7);

            page.locator("[data-open='0']").focus();
            page.keyboard().press("Enter");
            page.locator("[data-pick='op0']").click();
            page.locator("#detail[aria-busy=false] [data-tensor='0.weight']").waitFor();
            assertThat(page.locator("#detail").textContent())
                    .contains("convolution", "86,400 multiply-adds")
                    .contains(String.format(
                                    "%.4g",
                                    net().parameters().get("0.weight").max().item())
                            .replaceAll("0+$", ""));
            assertThat(page.locator("svg .frame").count()).isEqualTo(1);

            page.locator("#measure").click();
            page.locator("#measured").waitFor();
            assertThat(page.locator("#measured").textContent()).contains("medians of");
            assertThat(page.locator("#layers thead").textContent()).contains("forward", "backward");
            page.locator("section[aria-busy=false] svg .node").first().waitFor();
            Browser.picture(page, "model-light");

            Page other = browser.page(
                    page.url().substring(studio.address().toString().length()), 390, 844);
            other.locator("#measured").waitFor();
            other.locator("#detail[aria-busy=false] [data-tensor='0.weight']").waitFor();
            assertThat(other.locator("svg .frame").count()).as("by the link").isEqualTo(1);
            other.getByLabel("Switch between light and dark").click();
            other.locator("#measured").waitFor();
            other.locator("#detail[aria-busy=false] [data-tensor='0.weight']").waitFor();
            Browser.picture(other, "model-dark-phone");
            browser.assertQuiet();
        }
    }

    @Test
    void aFileOfOnesOwnIsListedWithPictures() {
        Path file = runs.resolve("mine.safetensors");
        Safetensors.write(file, Map.of("first", Tensor.full(0.5, 3, 4), "large", Tensor.zeros(1100, 1000)));
        try (Studio studio = Studio.on(0).runs(runs.resolve("none")).start();
                Browser browser = Browser.open(studio)) {
            Page page = browser.page("#/model", 1280, 900);
            page.locator("#detail[aria-busy=false]").waitFor();
            page.locator("input[type=file]").setInputFiles(file);
            page.locator("#why").waitFor();
            assertThat(page.locator("#why").textContent()).contains("does not say how a network uses them");
            page.locator("[data-pick='first']").click();
            page.locator("#detail[aria-busy=false] [data-tensor='first']").waitFor();
            assertThat(page.locator("#detail").textContent()).contains("mean0.5", "(3, 4)");
            assertThat(page.locator("#tensors").textContent()).contains("1,100,000");
            Browser.picture(page, "model-stranger-light");
            browser.assertQuiet();

            Page lost = browser.page("#/model?model=upload:0123", 1280, 900);
            lost.locator("#why").waitFor();
            lost.locator("main select").first().selectOption("example:lenet");
            lost.locator("#detail[aria-busy=false] [data-tensor='0.weight']").waitFor();
            assertThat(lost.locator("#facts").textContent()).contains("61,706", "417 k");
        }
    }
}

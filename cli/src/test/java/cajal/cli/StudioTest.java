package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `train --studio`: the run ends as usual, the page stays.
@Timeout(60)
class StudioTest extends CommandLineFixture {
    /// A host on which somebody presses Ctrl-C when asked for the `n`-th time.
    private static Shell.Host pressing(int n) {
        List<Runnable> asked = new ArrayList<>();
        return new Shell.Host() {
            @Override
            public void onInterrupt(Runnable action) {
                asked.add(action);
                if (asked.size() == n) {
                    action.run();
                }
            }
        };
    }

    @Test
    @DisplayName("--studio says where the run is to be seen, and stays after it until Ctrl-C")
    void staysAfterTheRun() throws IOException {
        Ran ran = cajal(pressing(2), "train", "--studio", "iris", "--epochs", "3");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).containsPattern("Cajal Studio: http://127.0.0.1:\\d+/#/runs\\?run=iris-1");
        assertThat(ran.err()).containsPattern("The studio stays: http://127.0.0.1:\\d+/   \\(Ctrl-C ends it\\)");
        assertThat(ran.out()).contains("Test accuracy");
        assertThat(Files.readString(folder.resolve("runs/iris-1/feed.jsonl")))
                .contains("\"kind\":\"start\"", "\"kind\":\"judged\"", "\"stop\":\"finished\"");
    }

    @Test
    @DisplayName("Ctrl-C while it trains ends the run and the studio, and a resumed run can be seen too")
    void interruptEndsBoth() throws IOException {
        Ran ran = cajal(pressing(1), "train", "iris", "--epochs", "3", "--studio=0", "--out", "mine");
        assertThat(ran.code()).isEqualTo(Errors.INTERRUPTED);
        assertThat(ran.err()).containsPattern("#/runs\\?run=\\.").doesNotContain("The studio stays");
        Ran more = cajal(pressing(2), "train", "--resume", "mine", "--studio=0");
        assertThat(more.code()).isZero();
        assertThat(Files.readString(folder.resolve("mine/feed.jsonl"))).contains("\"stop\":\"finished\"");
    }

    @Test
    @DisplayName("A port is a number from 0 to 65535")
    void refusesOtherPorts() {
        for (String port : List.of("70000", "x", "-1")) {
            Ran ran = cajal("train", "iris", "--epochs", "1", "--studio=" + port);
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err()).contains("--studio=" + port).contains("a port is a number from 0 to 65535");
        }
    }
}

package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The reader of expected texts.
class GoldenTest {
    @Test
    void eachTextReachesToTheNextName() {
        Golden g = Golden.parse("f", "== one\nfirst line\n\n  second\n== two\n== three\nx\n");
        assertThat(g.names()).containsExactly("one", "two", "three");
        assertThat(g.text("one")).isEqualTo("first line\n\n  second");
        assertThat(g.text("two")).isEmpty();
        assertThat(g.text("three")).isEqualTo("x");
    }

    @Test
    void whatIsMissingOrDoubleIsNamed() {
        assertThatThrownBy(() -> Golden.parse("f", "== a\n").text("b"))
                .hasMessage("The golden file 'f' has no text 'b'; it has [a]");
        assertThatThrownBy(() -> Golden.parse("f", "== a\n== a\n")).hasMessage("'== a' stands twice in f");
        assertThatThrownBy(() -> Golden.of(GoldenTest.class, "none.txt"))
                .hasMessageContaining("There is no golden file 'none.txt'");
    }
}

package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void distanceCountsInsertionsDeletionsReplacementsAndSwaps() {
        assertThat(Names.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Names.distance("adma", "adam")).isEqualTo(1);
        assertThat(Names.distance("", "abc")).isEqualTo(3);
        assertThat(Names.distance("same", "same")).isZero();
    }

    @Test
    void onlyNamesThatAreNearAreProposed() {
        List<String> known = List.of("cosine", "constant", "plateau");
        assertThat(Names.unknown("schedule", "cosin", known)).hasMessage("""
                There is no schedule 'cosin'
                  rule: it is one of cosine, constant, plateau
                  fix:  did you mean 'cosine'?""");
        assertThat(Names.unknown("schedule", "Plat", known)).hasMessageEndingWith("did you mean 'plateau'?");
        assertThat(Names.unknown("schedule", "zigzag", known)).hasMessageEndingWith("constant, plateau");
        assertThat(Names.unknown("schedule", "", known)).hasMessageEndingWith("constant, plateau");
    }
}

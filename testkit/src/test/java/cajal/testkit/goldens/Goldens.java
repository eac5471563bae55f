package cajal.testkit.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.testkit.GoldenCase;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// A test for each case of a family.
final class Goldens {
    private Goldens() {}

    /// One test a case, and one that every case has its subject and every subject its case.
    ///
    /// @param family the name of the file
    /// @param subjects what is held to each case, by the case's name
    /// @param check holds it
    static <T> Stream<DynamicTest> tests(String family, Map<String, T> subjects, BiConsumer<GoldenCase, T> check) {
        Map<String, GoldenCase> cases = GoldenCase.family(family);
        return Stream.concat(
                Stream.of(DynamicTest.dynamicTest(
                        "every case of " + family + " is looked at",
                        () -> assertThat(subjects.keySet()).isEqualTo(cases.keySet()))),
                cases.values().stream()
                        .filter(c -> subjects.containsKey(c.name()))
                        .map(c -> DynamicTest.dynamicTest(
                                c.name(), () -> check.accept(c, Objects.requireNonNull(subjects.get(c.name()))))));
    }
}

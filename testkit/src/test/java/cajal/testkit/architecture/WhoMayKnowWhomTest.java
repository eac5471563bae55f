package cajal.testkit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor.Requires;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The table of the house: each package may know itself and the packages named in its row, and nothing else of
/// ours.
class WhoMayKnowWhomTest {
    private static final Map<String, Set<String>> MAY_KNOW = Map.of(
            "kernel", Set.of(),
            "tensor", Set.of("kernel"),
            "simd", Set.of("kernel"),
            "data", Set.of("kernel", "tensor"),
            "format", Set.of("kernel", "tensor"),
            "nn", Set.of("kernel", "tensor"),
            "train", Set.of("kernel", "tensor", "nn", "data", "format"),
            "studio", Set.of("kernel", "tensor", "nn", "data", "format", "train"),
            "cli", Set.of("kernel", "tensor", "nn", "data", "format", "train", "studio"),
            "testkit", Set.of("kernel", "tensor", "nn", "data", "format", "train"));

    /// What else a module may require; everything may require java.base and JSpecify's annotations.
    private static final Map<String, Set<String>> FOREIGN = Map.of(
            "core", Set.of(),
            "simd", Set.of("jdk.incubator.vector"),
            "nn", Set.of(),
            "train", Set.of());

    /// Fewer scanned classes than this in a room means that the scan is broken, not that the house is clean.
    private static final Map<String, Integer> AT_LEAST = Map.of(
            "core", 120, "simd", 8, "data", 8, "format", 20, "nn", 40, "train", 50, "cli", 2, "studio", 15, "testkit",
            8);

    static Set<String> packages() {
        return new TreeSet<>(MAY_KNOW.keySet());
    }

    @ParameterizedTest
    @MethodSource("packages")
    @DisplayName("A package knows only what its row of the table names")
    void aPackageKnowsOnlyWhatItsRowNames(String name) {
        String[] forbidden = MAY_KNOW.keySet().stream()
                .filter(other -> !other.equals(name) && !MAY_KNOW.get(name).contains(other))
                .map(other -> "cajal." + other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("cajal." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .check(House.CLASSES);
    }

    @Test
    void everyPackageHasItsRow() {
        Set<String> found = House.CLASSES.stream()
                .map(c -> c.getPackageName().split("\\.")[1])
                .collect(Collectors.toSet());
        assertThat(MAY_KNOW.keySet()).containsAll(found);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("cajal.(**)").should().beFreeOfCycles().check(House.CLASSES);
    }

    @Test
    @DisplayName("core, simd, nn and train require nothing but the JDK's base and each other")
    void theInnerRoomsStandOnTheJdkAlone() {
        FOREIGN.forEach((room, foreign) -> {
            List<String> required = House.module(room).requires().stream()
                    .map(Requires::name)
                    .filter(name -> !name.startsWith("cajal.") && !foreign.contains(name))
                    .toList();
            assertThat(required).as("requires of %s", room).isSubsetOf("java.base", "org.jspecify");
        });
    }

    @Test
    void theScanSawEveryRoom() {
        Map<String, Long> sizes = new TreeMap<>(House.sizes());
        AT_LEAST.forEach((room, least) -> assertThat(sizes.get(room))
                .as("classes scanned in %s, of %s", room, sizes)
                .isGreaterThanOrEqualTo(least));
        assertThat(House.sources().size()).as("sources").isGreaterThanOrEqualTo(230);
    }
}

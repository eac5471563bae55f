package cajal.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.nn.Loss;
import cajal.nn.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The catalogue is complete and up to date; with `-Dcajal.update=true` it is written anew.
class CatalogueTest {
    private static final Path FILE = Program.ROOT.resolve("docs/catalogue.md");

    @Test
    void saysWhatTheSourcesSay() throws IOException {
        String page = Catalogue.page(Catalogue.names());
        if (Boolean.getBoolean("cajal.update")) {
            Files.writeString(FILE, page);
        }
        assertThat(Files.readString(FILE)).isEqualTo(page);
    }

    @Test
    void everyEntryHasADefinitionAndTheNamesThatOthersGiveIt() {
        Map<String, Catalogue.Names> names = Catalogue.names();
        Set<String> keys = new TreeSet<>();
        Catalogue.sections().forEach((section, entries) -> {
            assertThat(entries).as(section).isNotEmpty();
            entries.forEach(e -> {
                assertThat(e.definition()).as(section + ": " + e.name()).isNotBlank();
                keys.add(Catalogue.key(section, e));
            });
        });
        assertThat(new TreeSet<>(names.keySet())).isEqualTo(keys);
    }

    @Test
    void everyLayerTypeThatAFileCanNameIsThere() {
        Map<String, List<Catalogue.Entry>> sections = Catalogue.sections();
        Set<String> layers = sections.get("Layers").stream()
                .map(Catalogue.Entry::name)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> activations = sections.get("Activations").stream()
                .map(e -> e.name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toSet());
        assertThat(Specs.types())
                .allSatisfy(type -> assertThat(layers.contains(type)
                                || type.equals("Graph")
                                || activations.contains(type.toLowerCase(java.util.Locale.ROOT)))
                        .as(type)
                        .isTrue());
        assertThat(sections.get("Losses"))
                .hasSizeGreaterThanOrEqualTo(Loss.names().size());
    }
}

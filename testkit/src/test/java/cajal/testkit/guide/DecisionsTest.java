package cajal.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The list of decisions names every record, under the title and the number that it has.
class DecisionsTest {
    private static final Path FOLDER = Program.ROOT.resolve("docs/adr");

    @Test
    void theListNamesEveryRecordInOrder() throws IOException {
        List<String> expected = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file :
                    files.filter(f -> !f.endsWith("README.md")).sorted().toList()) {
                String title = Files.readAllLines(file).getFirst();
                int number = expected.size() + 1;
                assertThat(file.getFileName().toString()).startsWith("%04d-".formatted(number));
                assertThat(title).as(file.toString()).startsWith("# " + number + ". ");
                expected.add(
                        number + ". [" + title.substring(title.indexOf(". ") + 2) + "](" + file.getFileName() + ")");
            }
        }
        assertThat(expected).hasSizeGreaterThan(10);
        assertThat(Files.readAllLines(FOLDER.resolve("README.md")).stream().filter(line -> line.matches("\\d+\\. .*")))
                .containsExactlyElementsOf(expected);
    }
}

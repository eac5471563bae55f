package cajal.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What sources look like.
class SourcesTest {
    private static final int LONGEST = 600;

    /// Unrolled kernels may be longer: files by their path below the repository's root.
    private static final Set<String> UNROLLED = Set.of();

    @Test
    @DisplayName("No file is longer than 600 lines, unrolled kernels aside")
    void noFileIsTooLong() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (Path file : House.sources()) {
            String name = House.ROOT.relativize(file).toString().replace('\\', '/');
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST && !UNROLLED.contains(name)) tooLong.put(name, lines);
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    @DisplayName("Every package of ours says that nothing in it is null")
    void everyPackageIsNullMarked() throws IOException {
        Set<Path> folders = new TreeSet<>();
        for (Path file : House.sources()) {
            boolean main = file.toString().replace('\\', '/').contains("/src/main/java/");
            if (main && !file.endsWith("module-info.java")) folders.add(file.getParent());
        }
        List<Path> unmarked = new ArrayList<>();
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            if (!Files.exists(info) || !Files.readString(info).contains("@NullMarked"))
                unmarked.add(House.ROOT.relativize(folder));
        }
        assertThat(folders).hasSizeGreaterThanOrEqualTo(8);
        assertThat(unmarked).isEmpty();
    }
}

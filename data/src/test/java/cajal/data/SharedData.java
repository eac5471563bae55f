package cajal.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// The data that is too large for the repository: the folder of the system property `cajal.shared`, else
/// the one named `shared` beside the repository.
final class SharedData {
    private SharedData() {}

    /// A path below the `data` folder; the test is skipped if it is not there.
    static Path path(String name) {
        Path p = root().resolve("data").resolve(name);
        assumeTrue(Files.exists(p), "no shared data: " + name + " (-Dcajal.shared=FOLDER)");
        return p;
    }

    private static Path root() {
        String property = System.getProperty("cajal.shared");
        if (property != null) {
            return Path.of(property);
        }
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.exists(at.resolve("cajal")) && !Files.exists(at.resolve(".git"))) {
            at = at.getParent();
        }
        return (at == null ? Path.of("") : at).resolve("..").resolve("shared").normalize();
    }
}

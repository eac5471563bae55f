package cajal.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The folder of real data: the system property `cajal.shared`, else `../shared` beside the repository.
final class SharedData {
    private SharedData() {}

    static Optional<Path> file(String name) {
        return folder().map(f -> f.resolve(name)).filter(Files::exists);
    }

    private static Optional<Path> folder() {
        String said = System.getProperty("cajal.shared", "");
        if (!said.isEmpty()) {
            return Optional.of(Path.of(said));
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("cajal"))) {
                return Optional.of(at.resolveSibling("shared"));
            }
        }
        return Optional.empty();
    }
}

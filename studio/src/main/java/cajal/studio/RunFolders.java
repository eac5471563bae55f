package cajal.studio;

import cajal.train.Feed;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The folders of training runs below a folder, and those of runs in this program: a folder is one if it
/// holds a file that a run writes.
final class RunFolders {
    private static final Set<String> FILES = Set.of(Feed.FILE, "run.json", "log.csv", "checkpoint.safetensors");
    private static final int MOST = 500;
    private static final int MOST_SEEN = 20_000; // folders that are walked through
    private static final int DEPTH = 4;

    private final Path root;
    private final Map<String, Path> own = new LinkedHashMap<>();

    RunFolders(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /// Adds the folder of a run in this program; answers its name.
    synchronized String add(Path folder) {
        String name = "live-" + (own.size() + 1);
        own.put(name, folder);
        return name;
    }

    /// The folders by name: the path from the root on.
    synchronized Map<String, Path> all() {
        Map<String, Path> all = new LinkedHashMap<>(own);
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(root)) {
            try {
                Files.walkFileTree(
                        root, EnumSet.of(java.nio.file.FileVisitOption.FOLLOW_LINKS), DEPTH, new Finder(found));
            } catch (IOException e) {
                throw new StudioException(root + " cannot be read: " + e);
            }
        }
        found.forEach(folder -> all.put(name(folder), folder));
        return all;
    }

    private String name(Path folder) {
        String name = root.relativize(folder).toString().replace('\\', '/');
        return name.isEmpty() ? "." : name;
    }

    /// The folder of a name.
    ///
    /// **Throws** [StudioException] if there is no run of that name.
    synchronized Path of(String name) {
        Path mine = own.get(name);
        if (mine != null) {
            return mine;
        }
        try {
            Path folder = root.resolve(name).normalize();
            boolean inside =
                    folder.startsWith(root.normalize()) && !Path.of(name).isAbsolute();
            if (inside && isRun(folder) && name(folder).equals(name)) {
                return folder;
            }
        } catch (IllegalArgumentException noPath) {
            // said below
        }
        throw new StudioException("There is no run '" + name + "' below " + root);
    }

    static boolean isRun(Path folder) {
        return FILES.stream().anyMatch(f -> Files.isRegularFile(folder.resolve(f)));
    }

    /// Finds folders; what cannot be read is passed over.
    private static final class Finder extends SimpleFileVisitor<Path> {
        private final List<Path> found;
        private int seen;

        Finder(List<Path> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (isRun(folder)) {
                found.add(folder);
            }
            boolean enough = found.size() >= MOST || ++seen >= MOST_SEEN;
            return enough ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }
}

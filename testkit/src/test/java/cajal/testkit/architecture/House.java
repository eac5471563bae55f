package cajal.testkit.architecture;

import static java.util.stream.Collectors.toMap;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What the rules look at: the compiled classes and the sources of every room that is built.
final class House {
    /// The rooms that hold classes, by folder.
    static final List<String> ROOMS =
            List.of("core", "simd", "data", "format", "nn", "train", "studio", "cli", "testkit");

    static final Path ROOT = root();

    /// The main classes of all rooms, read once.
    static final JavaClasses CLASSES = new ClassFileImporter().importPaths(paths("target/classes"));

    private House() {}

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path at = here; at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("cajal")) && Files.isRegularFile(at.resolve("pom.xml"))) return at;
        }
        throw new IllegalStateException(
                "no folder above " + here + " holds the launcher 'cajal': run the tests in the repository");
    }

    private static List<Path> paths(String below) {
        return ROOMS.stream()
                .map(room -> ROOT.resolve(room).resolve(below))
                .filter(Files::isDirectory)
                .toList();
    }

    /// The number of scanned classes of each room.
    static Map<String, Long> sizes() {
        return ROOMS.stream()
                .collect(toMap(
                        room -> room,
                        room -> CLASSES.stream()
                                .filter(c -> room(c).equals(room))
                                .count()));
    }

    /// The folder that a class was compiled in.
    static String room(JavaClass c) {
        Path file = Path.of(c.getSource().orElseThrow().getUri());
        return ROOT.relativize(file).getName(0).toString();
    }

    /// The descriptor of a room's module.
    static ModuleDescriptor module(String room) {
        Path file = ROOT.resolve(room).resolve("target/classes/module-info.class");
        try (InputStream in = Files.newInputStream(file)) {
            return ModuleDescriptor.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All Java sources, tests too.
    static List<Path> sources() {
        return paths("src").stream().flatMap(House::javaFiles).toList();
    }

    /// All compiled main classes.
    static List<Path> classFiles() {
        return paths("target/classes").stream()
                .flatMap(folder -> files(folder, ".class"))
                .toList();
    }

    private static Stream<Path> javaFiles(Path folder) {
        return files(folder, ".java");
    }

    private static Stream<Path> files(Path folder, String end) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> f.toString().endsWith(end)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

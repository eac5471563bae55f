package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `import module cajal;` stands beside the implicit import of `java.base`: a simple name in both would be
/// ambiguous.
class ApiNamesTest {
    @Test
    void noTypeOfThisRoomIsNamedLikeOneOfJavaBase() throws IOException, URISyntaxException {
        var base = ModuleFinder.ofSystem().find("java.base").orElseThrow();
        Set<String> exported = base.descriptor().exports().stream()
                .filter(e -> !e.isQualified())
                .map(e -> e.source().replace('.', '/'))
                .collect(Collectors.toSet());
        Set<String> taken = new TreeSet<>();
        try (var reader = base.open();
                Stream<String> names = reader.list()) {
            names.filter(n ->
                            n.endsWith(".class") && exported.contains(n.substring(0, Math.max(0, n.lastIndexOf('/')))))
                    .map(n -> n.substring(n.lastIndexOf('/') + 1, n.length() - 6))
                    .filter(n -> !n.contains("$"))
                    .forEach(taken::add);
        }
        assertThat(taken).contains("String", "Module", "Identity").hasSizeGreaterThan(1000);

        Path classes = Path.of(new URI(Layer.class.getResource("Layer.class").toString()))
                .getParent();
        Set<String> ours = new TreeSet<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.contains("$") && !name.equals("package-info") && isPublic(Files.readAllBytes(file))) {
                    ours.add(name);
                }
            }
        }
        assertThat(ours).contains("Activation", "Loss", "Sequential").hasSizeGreaterThan(15);
        ours.retainAll(taken);
        assertThat(ours).isEmpty();
    }

    /// The class file's access flags follow its constant pool.
    private static boolean isPublic(byte[] bytes) {
        return java.lang.classfile.ClassFile.of().parse(bytes).flags().has(java.lang.reflect.AccessFlag.PUBLIC);
    }
}

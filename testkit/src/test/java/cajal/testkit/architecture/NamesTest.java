package cajal.testkit.architecture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What things may be called.
class NamesTest {
    @Test
    @DisplayName(
            "No public type shares its simple name with one that java.base exports: `import module cajal` would clash")
    void noNameClashesWithTheJdk() throws IOException {
        Set<String> theirs = exportedByJavaBase();
        assertThat(theirs)
                .as("the types that java.base exports")
                .hasSizeGreaterThan(900)
                .contains("Module", "List", "String");
        assertThat(clashes(publicTypes(), theirs)).isEmpty();
    }

    @Test
    @DisplayName("The clash is seen when there is one")
    void aClashIsSeen() throws IOException {
        assertThat(clashes(Stream.of("Module", "Tensor", "Buffer"), exportedByJavaBase()))
                .containsExactly("Buffer", "Module");
    }

    @Test
    @DisplayName("No two public types share their simple name, or a module import could see neither")
    void noTwoOfOursShareAName() {
        Map<String, List<JavaClass>> byName = House.CLASSES.stream()
                .filter(NamesTest::isPublicTopLevel)
                .filter(c -> !c.getPackageName().matches("cajal\\.(cli|testkit).*"))
                .collect(groupingBy(JavaClass::getSimpleName));
        assertThat(byName.values()).allSatisfy(same -> assertThat(same).hasSize(1));
    }

    @Test
    @DisplayName("No Impl, Abstract…, …Manager, …Util, …Helper")
    void noEmptyWords() {
        assertThat(House.CLASSES.stream()
                        .filter(c -> c.getSimpleName().matches("Abstract.*|.*(Impl|Manager|Utils?|Helper)"))
                        .map(JavaClass::getFullName))
                .isEmpty();
    }

    @Test
    @DisplayName("No public method is called get…: the noun is enough")
    void noGetters() {
        assertThat(House.CLASSES.stream()
                        .flatMap(c -> c.getMethods().stream())
                        .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(m -> m.getName().matches("get[A-Z].*"))
                        .filter(m -> !overridesForeign(m))
                        .map(JavaMethod::getFullName))
                .isEmpty();
    }

    private static boolean overridesForeign(JavaMethod m) {
        Stream<JavaClass> above = Stream.concat(
                m.getOwner().getAllRawSuperclasses().stream(), m.getOwner().getAllRawInterfaces().stream());
        return above.filter(c -> !c.getPackageName().startsWith("cajal"))
                .flatMap(c -> c.getMethods().stream())
                .anyMatch(theirs -> theirs.getName().equals(m.getName()));
    }

    private static Stream<String> publicTypes() {
        return House.CLASSES.stream().filter(NamesTest::isPublicTopLevel).map(JavaClass::getSimpleName);
    }

    private static boolean isPublicTopLevel(JavaClass c) {
        return c.getModifiers().contains(JavaModifier.PUBLIC) && c.isTopLevelClass();
    }

    private static Set<String> clashes(Stream<String> ours, Set<String> theirs) {
        return ours.filter(theirs::contains).collect(toCollection(TreeSet::new));
    }

    /// The simple names of the public top-level types in the packages that java.base exports to all.
    private static Set<String> exportedByJavaBase() throws IOException {
        ModuleReference base = ModuleFinder.ofSystem().find("java.base").orElseThrow();
        Set<String> packages = base.descriptor().exports().stream()
                .filter(e -> !e.isQualified())
                .map(Exports::source)
                .map(name -> name.replace('.', '/'))
                .collect(Collectors.toSet());
        Set<String> names = new TreeSet<>();
        try (ModuleReader reader = base.open();
                Stream<String> entries = reader.list()) {
            for (String entry : entries.filter(e -> e.endsWith(".class") && !e.contains("$"))
                    .toList()) {
                int slash = entry.lastIndexOf('/');
                if (slash < 0 || !packages.contains(entry.substring(0, slash))) continue;
                byte[] bytes = reader.open(entry).orElseThrow().readAllBytes();
                if (ClassFile.of().parse(bytes).flags().has(AccessFlag.PUBLIC)) {
                    names.add(entry.substring(slash + 1, entry.length() - ".class".length()));
                }
            }
        }
        return names;
    }
}

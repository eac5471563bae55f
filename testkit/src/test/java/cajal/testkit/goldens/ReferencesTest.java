package cajal.testkit.goldens;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import cajal.nn.Part;
import cajal.nn.Specs;
import cajal.testkit.GoldenCase;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// No layer without reference values: each is made by a test of this package, which holds it to another library,
/// or stands here with the reason why not.
class ReferencesTest {
    /// What the tests of this package call.
    private static final JavaClasses TESTS = new ClassFileImporter().importPackagesOf(Goldens.class);

    private static final Map<String, String> WITHOUT = Map.ofEntries(
            entry("Sequential", "it computes nothing itself"),
            entry("Sum", "an addition of layers"),
            entry("Residual", "an addition of layers"),
            entry("TimeDistributed", "a change of shape around a layer"),
            entry("Graph", "other layers' operations, as they were captured"),
            entry("Identity", "its input"),
            entry("Flatten", "a change of shape"),
            entry("TransformerEncoder", "layers one behind the other, each of which has cases"),
            entry("Dropout", "random: other libraries draw other numbers"),
            entry("Dropout1d", "random"),
            entry("Dropout2d", "random"),
            entry("AlphaDropout", "random"),
            entry("GaussianNoise", "random"),
            entry("SinusoidalPositions", "libtorch has none; AttentionTest has the formula"),
            entry("LearnedPositions", "an addition of a parameter"),
            entry("RotaryPositions", "libtorch has none; AttentionTest has the angles"));

    @Test
    void everyLayerHasReferenceValues() {
        Set<String> made = called(Part.class.getPackageName());
        GoldenCase.family("activations").keySet().forEach(name -> made.add(squeezed(name)));
        Set<String> layers = new TreeSet<>(Specs.types());
        layers.addAll(parts());
        assertThat(layers).hasSizeGreaterThan(80).contains("Bilinear", "Conv2d", "LSTMCell");
        layers.removeIf(l -> made.contains(l) || made.contains(squeezed(l)));
        assertThat(layers)
                .as("without reference values by another library: record some, or give the reason in this test")
                .isEqualTo(new TreeSet<>(WITHOUT.keySet()));
    }

    /// The simple names of a package's classes whose constructors or static methods the tests call.
    private static Set<String> called(String inPackage) {
        return TESTS.stream()
                .flatMap(test -> Stream.concat(
                        Stream.concat(
                                        test.getConstructorCallsFromSelf().stream(),
                                        test.getConstructorReferencesFromSelf().stream())
                                .map(JavaAccess::getTargetOwner),
                        test.getMethodCallsFromSelf().stream()
                                .filter(call -> call.getTarget().resolveMember().stream()
                                        .anyMatch(m -> m.getModifiers().contains(JavaModifier.STATIC)))
                                .map(call -> call.getTargetOwner())))
                .filter(c -> c.getPackageName().equals(inPackage))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The public parts that can be made.
    private static Set<String> parts() {
        return new ClassFileImporter()
                .importPackagesOf(Part.class).stream()
                        .filter(c -> c.isAssignableTo(Part.class))
                        .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(c -> !c.getModifiers().contains(JavaModifier.ABSTRACT))
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String squeezed(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }
}

package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.tensor.Context;
import cajal.tensor.Functions;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Ops;
import cajal.tensor.Tensor;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// No operation without a sample: one that carries its name and really runs it.
class CompletenessTest {
    private static final Set<String> SAMPLED_NAMES = new TreeSet<>();
    private static final Set<String> SAMPLED_CLASSES = new TreeSet<>();

    @BeforeAll
    static void runTheSamples() {
        Samples.all().forEach(sample -> {
            Listener spy = new Listener() {
                @Override
                public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                    if (op.name().equals(sample.name())) {
                        SAMPLED_NAMES.add(op.name());
                        SAMPLED_CLASSES.add(op.getClass().getName());
                    }
                }
            };
            try (var _ = Context.current().listener(spy).enter()) {
                sample.fn().apply(sample.inputs(0));
            }
        });
    }

    @Test
    void everyPointwiseFunctionHasASample() {
        assertThat(Functions.table()).hasSizeGreaterThan(45);
        assertThat(SAMPLED_NAMES).containsAll(Functions.table().keySet());
    }

    @Test
    void everyOperationThatAGraphCanNameHasASample() {
        assertThat(Ops.names()).hasSizeGreaterThan(65);
        assertThat(SAMPLED_NAMES).containsAll(Ops.names());
    }

    @Test
    void everyClassThatIsAnOperationHasASample() {
        JavaClasses tensor = ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(
                    false); // operations depend on operations of their package
            return new ClassFileImporter().importPackagesOf(Op.class);
        });
        Set<String> classes = tensor.stream()
                .filter(c -> c.isAssignableTo(Op.class))
                .filter(c -> !c.isInterface() && !c.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(classes).hasSizeGreaterThan(20);
        assertThat(SAMPLED_CLASSES).containsAll(classes);
    }
}

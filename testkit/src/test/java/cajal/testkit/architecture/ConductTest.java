package cajal.testkit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What no class does, wherever it lives.
class ConductTest {
    /// The one library class that may write to the terminal.
    private static final String TERMINAL = "cajal.train.TerminalProgress";

    @Test
    @DisplayName("Nobody reflects: what must be found is registered, or a ServiceLoader's")
    void nobodyReflects() {
        DescribedPredicate<JavaAccess<?>> lookups =
                DescribedPredicate.describe("look up members of a Class", access -> {
                    String owner = access.getTargetOwner().getFullName();
                    String name = access.getTarget().getName();
                    boolean ofClass = owner.equals("java.lang.Class")
                            && name.matches(
                                    "forName|newInstance|get(Declared)?(Method|Field|Constructor|Classe)s?|getRecordComponents");
                    return ofClass || owner.startsWith("java.lang.invoke.MethodHandles$Lookup");
                });
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .orShould()
                .accessTargetWhere(lookups)
                .check(House.CLASSES);
    }

    @Test
    @DisplayName("Libraries print nothing: only the command line and the trainer's terminal do")
    void librariesPrintNothing() {
        DescribedPredicate<JavaAccess<?>> printing = DescribedPredicate.describe(
                "print by IO", a -> a.getTargetOwner().getFullName().equals("java.lang.IO"));
        noClasses()
                .that(not(resideInAPackage("cajal.cli..")).and(not(named(TERMINAL))))
                .should(ACCESS_STANDARD_STREAMS)
                .orShould()
                .accessTargetWhere(printing)
                .check(House.CLASSES);
    }

    @Test
    @DisplayName("Kernels keep nothing in thread-locals: any number of virtual threads may call one net")
    void kernelsKeepNothingInThreadLocals() {
        noClasses()
                .that()
                .resideInAnyPackage("cajal.kernel..", "cajal.simd..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class)
                .check(House.CLASSES);
    }

    @Test
    @DisplayName("Only the command line's Start reaches into the JDK's inside")
    void onlyStartReachesInside() {
        noClasses()
                .that(not(named("cajal.cli.Start")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jdk.internal..", "sun..", "com.sun..")
                .check(House.CLASSES);
    }

    @Test
    @DisplayName("Only the command line ends the process")
    void onlyTheCommandLineEndsTheProcess() {
        noClasses()
                .that(not(resideInAPackage("cajal.cli..")))
                .should()
                .callMethodWhere(owner(named("java.lang.System").or(named("java.lang.Runtime")))
                        .and(nameMatching("exit|halt")))
                .check(House.CLASSES);
    }

    private static DescribedPredicate<JavaClass> named(String name) {
        return DescribedPredicate.describe("named " + name, c -> c.getFullName().equals(name));
    }
}

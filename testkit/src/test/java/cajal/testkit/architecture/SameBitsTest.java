package cajal.testkit.architecture;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_void;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// The parts of the Vector API whose last bits differ between the interpreter and compiled code are not
/// used: its transcendental operators, and sums and products over the lanes of floating-point vectors.
class SameBitsTest {
    private static final String VECTORS = "jdk/incubator/vector/";
    private static final Set<String> TRANSCENDENTAL = Set.of(
            "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "TANH", "EXP", "EXPM1", "LOG", "LOG10",
            "LOG1P", "CBRT", "HYPOT", "POW", "ATAN2");
    /// The reductions that give the same bits in any order.
    private static final Set<String> EXACT = Set.of("MAX", "MIN");

    @Test
    @DisplayName("No kernel uses what gives different bits in the interpreter")
    void noKernelUsesWhatDiffersByTier() throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> files = House.classFiles();
        for (Path file : files) found.addAll(offences(Files.readAllBytes(file)));
        assertThat(files).hasSizeGreaterThan(250);
        assertThat(found).isEmpty();
    }

    @Test
    @DisplayName("The scan sees each kind of offence")
    void theScanSeesEachKind() {
        assertThat(offences(kernel("FloatVector", "ADD")))
                .singleElement()
                .asString()
                .contains("reduceLanes(ADD)");
        assertThat(offences(kernel("DoubleVector", "MUL"))).hasSize(1);
        assertThat(offences(kernel("FloatVector", "TANH"))).hasSize(2);
        assertThat(offences(kernel("FloatVector", "MAX"))).isEmpty();
        assertThat(offences(kernel("IntVector", "ADD"))).isEmpty();
    }

    private static List<String> offences(byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        List<String> found = new ArrayList<>();
        for (MethodModel method : model.methods()) {
            String where = model.thisClass().asInternalName() + "." + method.methodName() + ": ";
            String operator = "?";
            for (CodeElement e : method.code().map(c -> c.elementList()).orElse(List.of())) {
                switch (e) {
                    case FieldInstruction f
                    when f.owner().asInternalName().equals(VECTORS + "VectorOperators") -> {
                        operator = f.name().stringValue();
                        if (TRANSCENDENTAL.contains(operator)) found.add(where + "VectorOperators." + operator);
                    }
                    case InvokeInstruction i
                    when isFloatingReduction(i) -> {
                        if (!EXACT.contains(operator)) found.add(where + "reduceLanes(" + operator + ")");
                    }
                    case InvokeInstruction i
                    when i.name().equalsString("pow") && isFloating(i) -> found.add(where + "pow");
                    default -> {}
                }
            }
        }
        return found;
    }

    private static boolean isFloatingReduction(InvokeInstruction i) {
        return i.name().stringValue().startsWith("reduceLanes") && isFloating(i);
    }

    private static boolean isFloating(InvokeInstruction i) {
        return i.owner().asInternalName().matches(VECTORS + "(Float|Double)Vector");
    }

    /// A class whose one method reduces a vector of that type by that operator.
    private static byte[] kernel(String vector, String operator) {
        ClassDesc type = ClassDesc.ofInternalName(VECTORS + vector);
        ClassDesc operators = ClassDesc.ofInternalName(VECTORS + "VectorOperators");
        ClassDesc associative = ClassDesc.ofInternalName(VECTORS + "VectorOperators$Associative");
        return ClassFile.of()
                .build(
                        ClassDesc.of("Kernel"),
                        c -> c.withMethodBody(
                                "sum",
                                MethodTypeDesc.of(CD_void, type),
                                ClassFile.ACC_STATIC,
                                code -> code.aload(0)
                                        .getstatic(operators, operator, associative)
                                        .invokevirtual(type, "reduceLanes", MethodTypeDesc.of(CD_float, associative))
                                        .pop()
                                        .return_()));
    }
}

package cajal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Scalar expressions compiled to a straight line of instructions on numbered registers; a common
/// subexpression is computed once.
///
/// Registers `0 .. arguments-1` hold the arguments, the next ones the constants, the rest temporaries,
/// reused when free.
public final class Program {
    private final int arguments;
    private final int registers;
    private final double[] constants;
    private final Instruction[] code;
    private final int[] results;
    private final int hash;

    /// One step: `register[to] = fn(register[a], register[b], register[c])`.
    ///
    /// @param fn the scalar function
    /// @param a the register of the first operand
    /// @param b the register of the second operand, or of the first if there is none
    /// @param c the register of the third operand, or of the first if there is none
    /// @param to the register that receives the value
    public record Instruction(Scalar fn, int a, int b, int c, int to) {}

    private Program(int arguments, int registers, double[] constants, Instruction[] code, int[] results) {
        this.arguments = arguments;
        this.registers = registers;
        this.constants = constants;
        this.code = code;
        this.results = results;
        this.hash = 31 * Arrays.hashCode(code) + Arrays.hashCode(constants);
    }

    /// The program that computes all `results` from `arguments` arguments.
    public static Program of(int arguments, Expr... results) {
        return new Compiler(arguments, results).compile();
    }

    /// The number of arguments.
    public int arguments() {
        return arguments;
    }

    /// The number of registers, arguments and constants included.
    public int registers() {
        return registers;
    }

    /// The number of constants; the `i`-th stands in register `arguments() + i`.
    public int constants() {
        return constants.length;
    }

    /// The `i`-th constant.
    public double constant(int i) {
        return constants[i];
    }

    /// The number of instructions.
    public int length() {
        return code.length;
    }

    /// The `i`-th instruction.
    public Instruction instruction(int i) {
        return code[i];
    }

    /// The number of results.
    public int results() {
        return results.length;
    }

    /// The register that holds the `i`-th result at the end.
    public int result(int i) {
        return results[i];
    }

    /// Runs the program in double precision; arguments and constants must stand in their registers.
    public void run(double[] register) {
        for (Instruction i : code) {
            register[i.to] = i.fn.of(register[i.a], register[i.b], register[i.c]);
        }
    }

    /// New registers with the constants in place.
    public double[] freshRegisters() {
        double[] r = new double[registers];
        System.arraycopy(constants, 0, r, arguments, constants.length);
        return r;
    }

    /// Whether it computes the same by the same steps.
    @Override
    public boolean equals(@Nullable Object o) {
        return o == this
                || o instanceof Program p
                        && hash == p.hash
                        && arguments == p.arguments
                        && Arrays.equals(code, p.code)
                        && Arrays.equals(constants, p.constants)
                        && Arrays.equals(results, p.results);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    private static final class Compiler {
        private final int arguments;
        private final Expr[] roots;
        private final Map<Expr, Integer> uses = new HashMap<>();
        private final Map<Expr, Integer> place = new HashMap<>();
        private final List<Double> constants = new ArrayList<>();
        private final List<Expr> order = new ArrayList<>();

        Compiler(int arguments, Expr[] roots) {
            this.arguments = arguments;
            this.roots = roots;
        }

        Program compile() {
            for (Expr root : roots) {
                count(root);
                uses.merge(root, 1, Integer::sum); // a result is never overwritten
            }
            int next = arguments + constants.size();
            List<Integer> free = new ArrayList<>();
            List<Instruction> code = new ArrayList<>();
            for (Expr e : order) {
                Expr.Apply apply = (Expr.Apply) e;
                int[] in = new int[3];
                for (int i = 0; i < 3; i++) {
                    in[i] = register(apply.args().get(Math.min(i, apply.args().size() - 1)));
                }
                for (Expr operand : apply.args()) {
                    if (operand instanceof Expr.Apply && uses.merge(operand, -1, Integer::sum) == 0) {
                        free.add(register(operand));
                    }
                }
                int to = free.isEmpty() ? next++ : free.removeLast();
                place.put(e, to);
                code.add(new Instruction(apply.fn(), in[0], in[1], in[2], to));
            }
            int[] results = new int[roots.length];
            for (int i = 0; i < results.length; i++) {
                results[i] = register(roots[i]);
            }
            double[] values = constants.stream().mapToDouble(d -> d).toArray();
            return new Program(arguments, next, values, code.toArray(Instruction[]::new), results);
        }

        private void count(Expr e) {
            switch (e) {
                case Expr.Const(double value) -> {
                    if (!constants.contains(value)) {
                        constants.add(value);
                    }
                }
                case Expr.Arg(int index) -> {
                    if (index >= arguments) {
                        throw new IllegalArgumentException(
                                "Argument " + index + " of an expression with " + arguments + " arguments");
                    }
                }
                case Expr.Apply apply -> {
                    if (place.putIfAbsent(apply, -1) == null) {
                        for (Expr operand : apply.args()) {
                            count(operand);
                            uses.merge(operand, 1, Integer::sum);
                        }
                        order.add(apply);
                    }
                }
            }
        }

        private int register(Expr e) {
            return switch (e) {
                case Expr.Arg(int index) -> index;
                case Expr.Const(double value) -> arguments + constants.indexOf(value);
                case Expr.Apply apply -> Objects.requireNonNull(place.get(apply));
            };
        }
    }
}

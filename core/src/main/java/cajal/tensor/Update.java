package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.Expr;
import cajal.kernel.Program;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.List;

/// A step that overwrites lasting tensors in place: one formula a target over the inputs, all of them read
/// before any is written. Optimisers are such formulas.
///
/// Numbers that change from step to step (rate, corrections) are inputs: scalars, broadcast like any other.
public final class Update implements Op {
    private final String name;
    private final int targets;
    private final Program program;
    private final Task task;

    /// An update with one formula a target; argument `i` of the formulas is input `i`, the first inputs being
    /// the targets.
    public Update(String name, int inputs, Expr... formulas) {
        this.name = name;
        this.targets = formulas.length;
        this.program = Program.of(inputs, formulas);
        this.task = new Task.Pointwise(program);
    }

    @Override
    public String name() {
        return name;
    }

    /// Overwrites the targets; several groups of targets, each with its further inputs, may stand one behind the
    /// other: then it is one operation for all of them.
    ///
    /// @param targets what is overwritten: inputs 0, 1, ... of the formulas
    /// @param others the further inputs
    ///
    /// **Throws** [IllegalArgumentException] if their numbers are not those of whole groups.
    public void apply(List<? extends Lasting> targets, Tensor... others) {
        int perGroup = program.arguments() - this.targets;
        int groups = targets.size() / this.targets;
        if (groups * this.targets != targets.size() || groups * perGroup != others.length) {
            throw new IllegalArgumentException("'" + name + "' got " + targets.size() + " targets and " + others.length
                    + " other inputs\n  rule: " + this.targets + " and " + perGroup + ", or several times as many");
        }
        Tensor[] in = new Tensor[targets.size() + others.length];
        for (int g = 0, to = 0; g < groups; g++) {
            for (int i = 0; i < this.targets; i++) {
                in[to++] = targets.get(g * this.targets + i);
            }
            for (int i = 0; i < perGroup; i++) {
                in[to++] = others[g * perGroup + i];
            }
        }
        Engine.write(this, targets, in);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape[] shapes = new Shape[in.length / program.arguments() * targets];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = in[i / targets * program.arguments() + i % targets];
        }
        return shapes;
    }

    @Override
    public void forward(View[] in, View[] out) {
        int each = program.arguments();
        View[] group = new View[each];
        View[] to = new View[targets];
        for (int g = 0; g * targets < out.length; g++) {
            for (int i = 0; i < targets; i++) {
                to[i] = out[g * targets + i];
            }
            for (int i = 0; i < each; i++) {
                group[i] = in[g * each + i];
            }
            Backends.run(task, group, to);
        }
    }

    @Override
    public boolean differentiable() {
        return false;
    }
}

package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.List;

/// Attention and recurrent layers of odd sizes, in every form and layout, forward and backward.
final class SequenceCases {
    private final List<KernelCases.Case> cases = new ArrayList<>();
    private final KernelCases values;

    SequenceCases(long seed) {
        values = new KernelCases(seed);
    }

    List<KernelCases.Case> all() {
        attention();
        recurrences();
        return cases;
    }

    // ---- attention

    private void attention() {
        for (int n : new int[] {1, 2, 7, 16, 17, 33, 64, 65}) {
            attention(n, n, 2, 2, 8, 5, false, false, false);
            attention(n, n, 2, 1, 5, 8, true, true, false);
            attention(n, 9, 3, 3, n, 3, true, false, true);
            attention(3, n, 4, 2, 16, n, true, true, true);
        }
        attention(70, 130, 1, 1, 4, 4, true, false, false);
        attention(5, 4, 1, 1, 40, 40, false, true, true);
    }

    /// Queries `tq`, keys `tk`, heads `h`, groups `g`, widths `d` and `e`, two batches, in every layout.
    private void attention(
            int tq, int tk, int h, int g, int d, int e, boolean causal, boolean biased, boolean factored) {
        for (KernelCases.Layout layout : KernelCases.Layout.values()) {
            List<View> in = new ArrayList<>(List.of(
                    values.real(-1, 1, layout, 2, tq, h, d),
                    values.real(-1, 1, layout, 2, tk, g, d),
                    values.real(-1, 1, layout, 2, tk, g, e)));
            Shape scores = Shape.of(2, h, tq, tk);
            if (biased) {
                in.add(values.real(-1, 1, layout, h, 1, tk).expand(scores));
            }
            if (factored) {
                in.add(values.real(0, 2, layout, 2, h, tq, tk));
            }
            var form = new Task.AttentionForm(1 / Math.sqrt(d), causal, biased, factored);
            String what = form + " of " + tq + ", " + tk + ", " + h + "/" + g + ", " + d + ", " + e + " " + layout;
            Shape y = Shape.of(2, tq, h, e);
            Shape sums = Shape.of(2, h, tq);
            DType[] types = {DType.F32, DType.F32, DType.F32};
            cases.add(new KernelCases.Case(
                    what,
                    new Task.Attention(form),
                    in.toArray(View[]::new),
                    new Shape[] {y, sums},
                    types,
                    1e-5,
                    1e-5,
                    0));
            Shape[] outs = {in.get(0).shape(), in.get(1).shape(), in.get(2).shape()};
            in.add(values.real(-1, 1, layout, y.dims()));
            in.add(values.real(2, 4, layout, sums.dims()));
            in.add(values.real(-1, 1, layout, y.dims()));
            cases.add(new KernelCases.Case(
                    "gradient: " + what,
                    new Task.AttentionGradient(form),
                    in.toArray(View[]::new),
                    outs,
                    types,
                    1e-5,
                    1e-5 * Math.max(1, tk),
                    0));
        }
    }

    // ---- recurrent layers

    private void recurrences() {
        for (Task.Cell cell : Task.Cell.values()) {
            for (int n : new int[] {1, 3, 8, 17, 33}) {
                recurrence(new Task.RecurrenceForm(cell, false, false, false), 2, 3, n);
                recurrence(new Task.RecurrenceForm(cell, true, true, true), n, 4, 5);
            }
        }
    }

    private void recurrence(Task.RecurrenceForm form, int b, int t, int h) {
        int g = form.cell().gates();
        Shape states = Shape.of(b, t, h);
        Shape kept = Shape.of(b, t, (long) form.cell().kept() * h);
        Shape gates = Shape.of(b, t, (long) g * h);
        DType[] types = {DType.F32, DType.F32, DType.F32};
        for (KernelCases.Layout layout : KernelCases.Layout.values()) {
            String what = form + " of " + states + " " + layout;
            List<View> in = new ArrayList<>(List.of(
                    values.real(-1, 1, layout, b, t, (long) g * h),
                    values.real(-0.5, 0.5, layout, (long) g * h, h),
                    values.real(-1, 1, layout, (long) g * h)));
            List<View> back = new ArrayList<>(List.of(in.get(1)));
            List<View> extra = new ArrayList<>();
            for (int i = 0; i < form.states() && form.started(); i++) {
                extra.add(values.real(-1, 1, layout, b, h));
            }
            if (form.lengths()) {
                extra.add(values.index(t + 1, layout, b));
            }
            in.addAll(extra);
            back.addAll(extra);
            List<Shape> outs = new ArrayList<>(java.util.Collections.nCopies(form.states(), states));
            if (form.cell().kept() > 0) {
                outs.add(kept);
            }
            cases.add(new KernelCases.Case(
                    what,
                    new Task.Recurrence(form),
                    in.toArray(View[]::new),
                    outs.toArray(Shape[]::new),
                    types,
                    1e-5,
                    1e-5,
                    0));
            for (Shape s : outs) {
                back.add(values.real(0.1, 0.9, layout, s.dims()));
            }
            for (int i = 0; i < form.states(); i++) {
                back.add(values.real(-1, 1, layout, b, t, h));
            }
            List<Shape> gradients = new ArrayList<>(List.of(gates));
            if (form.cell() == Task.Cell.GRU) {
                gradients.add(gates);
            }
            gradients.addAll(java.util.Collections.nCopies(form.states(), Shape.of(b, h)));
            cases.add(new KernelCases.Case(
                    "gradient: " + what,
                    new Task.RecurrenceGradient(form),
                    back.toArray(View[]::new),
                    gradients.toArray(Shape[]::new),
                    types,
                    1e-5,
                    3e-5,
                    0));
        }
    }
}

package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Normalisations of odd sizes, long and short runs, with and without weights, about means near 0 and far
/// from it.
final class NormaliseCases {
    private final List<KernelCases.Case> cases = new ArrayList<>();
    private final SplittableRandom random;
    private final SplittableRandom others = new SplittableRandom(31); // what comes behind changes no other case

    NormaliseCases(long seed) {
        random = new SplittableRandom(seed);
    }

    List<KernelCases.Case> all() {
        for (int n : KernelCases.SIZES) {
            each(1, 3, n);
            each(n, 5, 1);
            each(4, n, 1);
            each(3, 2, n);
        }
        each(70, 33, 3);
        each(200, 300, 1); // more than one part
        each(2, 3, 20_000);
        each(1, 400, 100);
        return cases;
    }

    private void each(int a, int g, int s) {
        for (boolean centred : new boolean[] {true, false}) {
            for (boolean perGroup : new boolean[] {true, false}) {
                for (int weights = 0; weights < 3; weights++) {
                    one(centred, perGroup, weights, a, g, s);
                }
            }
        }
    }

    private void one(boolean centred, boolean perGroup, int weights, int a, int g, int s) {
        Shape x = Shape.of(a, g, s);
        Shape group = Shape.of(g);
        Shape weight = Shape.of(perGroup ? g : s);
        double level = centred ? random.nextInt(3) * 100 : 0;
        View values = real(level - 1, level + 1, x);
        String what = "normalise (" + a + ", " + g + ", " + s + ") about " + level + (centred ? "" : " not centred")
                + (perGroup ? " per group" : "") + ", " + weights + " weights";
        List<View> in = new ArrayList<>(List.of(values));
        for (int i = 0; i < weights; i++) {
            in.add(real(0.5, 2, weight));
        }
        double rounding = level == 0 ? 2e-6 : 3e-5; // of a mean of 200, beside a deviation of 1
        Task task = new Task.Normalise(centred, 1e-2, perGroup);
        add(what, task, in, List.of(x, group, group), 4e-6, 4 * rounding);
        Task then = new Task.Then(task, weights == 1 ? KernelCases.SIGMOID : KernelCases.RELU);
        add(what + ", and a function", then, in, List.of(x, group, group), 4e-6, 4 * rounding);
        List<View> back = new ArrayList<>(
                List.of(real(-1, 1, x), values, real(level - 0.1, level + 0.1, group), real(0.2, 2, group)));
        List<Shape> out = new ArrayList<>(List.of(x));
        if (weights > 0) {
            back.add(in.get(1));
            out.addAll(List.of(weight, weight));
        }
        double sums = perGroup ? Math.sqrt((double) a * s) : Math.sqrt((double) a * g);
        double absolute = 4e-6 * Math.max(1, sums);
        Task gradient = new Task.NormaliseGradient(centred, 1e-2, perGroup);
        add(what + ", back", gradient, back, out, 4e-6, absolute);
        back.add(real(others, -1, 1, x));
        add(what + ", back from ReLU", new Task.Sloped(KernelCases.RELU_SLOPE, gradient), back, out, 4e-6, absolute);
    }

    private View real(double low, double high, Shape shape) {
        return real(random, low, high, shape);
    }

    private static View real(SplittableRandom random, double low, double high, Shape shape) {
        return Values.fill(shape.dims(), _ -> random.nextDouble(low, high))
                .tensor(DType.F32)
                .view();
    }

    private void add(String what, Task task, List<View> in, List<Shape> out, double relative, double absolute) {
        DType[] types = out.stream().map(_ -> DType.F32).toArray(DType[]::new);
        cases.add(new KernelCases.Case(
                what, task, in.toArray(View[]::new), out.toArray(Shape[]::new), types, relative, absolute, 0));
    }
}

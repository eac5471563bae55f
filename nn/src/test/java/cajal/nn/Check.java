package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.DType;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/// What several tests need: numbers in double precision, gradients by differences, the folder of real data.
final class Check {
    private Check() {}

    static Tensor doubles(double... values) {
        return Tensor.ofDoubles(values, values.length);
    }

    /// Random numbers of a shape, in double precision, evenly over low..high.
    static Tensor random(long seed, double low, double high, long... dims) {
        Random random = new Random(seed);
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        return Tensor.ofDoubles(random.doubles(n, low, high).toArray(), dims);
    }

    /// Asserts that the gradients of a scalar function agree with central differences to `1e-6` relative to the
    /// largest.
    static void gradients(String what, Function<List<Tensor>, Tensor> f, Tensor... inputs) {
        List<Tensor> leaves = new ArrayList<>();
        for (Tensor t : inputs) {
            assertThat(t.dtype()).as(what).isEqualTo(DType.F64);
            leaves.add(t.requireGrad());
        }
        List<Tensor> gradients = Grad.of(f.apply(leaves), leaves, new Grad.Option[0]);
        for (int k = 0; k < inputs.length; k++) {
            double[] analytic = gradients.get(k).toDoubles();
            double[] x = inputs[k].toDoubles();
            double largest = 1e-3;
            double worst = 0;
            for (int i = 0; i < x.length; i++) {
                double h = 1e-6 * Math.max(1, Math.abs(x[i]));
                double slope = (at(f, inputs, k, i, x[i] + h) - at(f, inputs, k, i, x[i] - h)) / (2 * h);
                largest = Math.max(largest, Math.abs(slope));
                worst = Math.max(worst, Math.abs(slope - analytic[i]));
            }
            assertThat(worst / largest)
                    .as("%s: gradient of input %d against central differences", what, k)
                    .isLessThan(1e-6);
        }
    }

    private static double at(Function<List<Tensor>, Tensor> f, Tensor[] inputs, int k, int i, double value) {
        List<Tensor> moved = new ArrayList<>(List.of(inputs));
        double[] x = inputs[k].toDoubles();
        x[i] = value;
        moved.set(k, Tensor.ofDoubles(x, inputs[k].shape().dims()));
        return f.apply(moved).item();
    }

    /// A file of the real data, if it is there: below the system property `cajal.shared`, or `../shared`
    /// beside the project.
    static Optional<Path> shared(String file) {
        Path root = Path.of("").toAbsolutePath();
        while (root != null && !Files.isRegularFile(root.resolve("cajal"))) { // the launcher
            root = root.getParent();
        }
        String property = System.getProperty("cajal.shared", "");
        Path folder = !property.isEmpty() || root == null ? Path.of(property) : root.resolve("../shared");
        Path found = folder.resolve(file);
        return Files.exists(found) ? Optional.of(found) : Optional.empty();
    }
}

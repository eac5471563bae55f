package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Compares gradients with differences of the function itself, in double precision.
///
/// **Numerics.** Central differences with steps `h` and `h/2`, combined so that the error falls with `h⁴`
/// (Richardson); with `h = 1e-3·max(1, |x|)` truncation stays near 1e-12 of the fifth derivative and
/// rounding near 1e-13 of the value. The function must be smooth within `h` of the inputs. A deviation is
/// relative to the larger of the two gradients and a hundredth of the largest gradient of all, so that
/// elements where large terms cancel do not count their rounding as error.
///
/// **Source:** Press et al., "Numerical Recipes", section 5.7; the check along one direction follows JAX's
/// `check_grads`.
public final class GradientCheck {
    private static final double STEP = 1e-3;

    private final TensorFunction fn;
    private final Tensor[] in;
    private final boolean[] wanted;
    private final SplittableRandom random;

    private GradientCheck(TensorFunction fn, Tensor[] in, boolean[] wanted, long seed) {
        this.fn = fn;
        this.in = in;
        this.wanted = wanted;
        this.random = new SplittableRandom(seed);
    }

    /// A check of `fn` at `in`; every input of a floating-point type, which must be `F64`, is varied.
    public static GradientCheck of(TensorFunction fn, Tensor... in) {
        boolean[] wanted = new boolean[in.length];
        for (int i = 0; i < in.length; i++) {
            wanted[i] = in[i].dtype().isFloat();
        }
        return of(fn, wanted, in);
    }

    /// A check of `fn` at `in` that varies the inputs marked in `wanted`.
    public static GradientCheck of(TensorFunction fn, boolean[] wanted, Tensor... in) {
        return new GradientCheck(fn, in.clone(), wanted.clone(), 20_250_101);
    }

    /// The worst relative error of the first derivatives of a random combination of the outputs.
    public double first() {
        Tensor weights = weights();
        Tensor[] leaves = leaves(in);
        List<Tensor> gradients = gradients(fn.apply(leaves), weights, wantedOf(leaves));
        return worst(gradients, in, () -> dot(fn.apply(in), weights));
    }

    /// The worst relative error of the second derivatives: the gradient of a random combination of the
    /// gradients, also by the gradient that flows in.
    public double second() {
        Tensor[] all = new Tensor[in.length + 1];
        System.arraycopy(in, 0, all, 0, in.length);
        all[in.length] = weights();
        List<Tensor> directions = new ArrayList<>();
        for (Tensor t : wantedOf(in)) {
            directions.add(normal(t.shape()));
        }
        Tensor[] leaves = leaves(all);
        List<Tensor> ends = wantedOf(leaves);
        ends.add(leaves[in.length]);
        Tensor slope = slope(leaves, directions, Grad.CREATE_GRAPH);
        List<Tensor> gradients = gradients(slope, Tensor.ones(DType.F64, Shape.scalar()), ends);
        return worst(gradients, all, () -> slope(leaves(all), directions).item());
    }

    /// The relative error of the derivative along one random direction: two evaluations, whatever the size.
    public double alongOneDirection() {
        Tensor weights = weights();
        Tensor[] leaves = leaves(in);
        List<Tensor> gradients = gradients(fn.apply(leaves), weights, wantedOf(leaves));
        Tensor[] directions = new Tensor[in.length];
        double slope = 0;
        double length = 0;
        for (int i = 0, k = 0; i < in.length; i++) {
            if (wanted[i]) {
                directions[i] = normal(in[i].shape());
                length += dot(directions[i], directions[i]);
                slope += dot(gradients.get(k++), directions[i]);
            }
        }
        double h = STEP / Math.sqrt(length);
        double coarse = (along(weights, directions, h) - along(weights, directions, -h)) / (2 * h);
        double fine = (along(weights, directions, h / 2) - along(weights, directions, -h / 2)) / h;
        double numeric = (4 * fine - coarse) / 3;
        double norm = 0;
        for (Tensor g : gradients) {
            norm += dot(g, g);
        }
        return Math.abs(slope - numeric) / Math.max(Math.max(Math.abs(slope), Math.sqrt(norm)), 1e-8);
    }

    private double along(Tensor weights, Tensor[] directions, double h) {
        Tensor[] moved = in.clone();
        for (int i = 0; i < moved.length; i++) {
            if (wanted[i]) {
                double[] x = in[i].toDoubles();
                double[] d = directions[i].toDoubles();
                for (int k = 0; k < x.length; k++) {
                    x[k] += h * d[k];
                }
                moved[i] = Tensor.ofDoubles(x, in[i].shape().dims());
            }
        }
        return dot(fn.apply(moved), weights);
    }

    /// `sum over inputs of direction · gradient` of the outputs combined by the last of `leaves`.
    private Tensor slope(Tensor[] leaves, List<Tensor> directions, Grad.Option... options) {
        Tensor[] args = java.util.Arrays.copyOf(leaves, in.length);
        Tensor loss = fn.apply(args).mul(leaves[in.length]).sum();
        List<Tensor> gradients = Grad.of(loss, wantedOf(leaves), options);
        Tensor sum = Tensor.scalar(0, DType.F64);
        for (int i = 0; i < gradients.size(); i++) {
            sum = sum.add(gradients.get(i).mul(directions.get(i)).sum());
        }
        return sum;
    }

    private static List<Tensor> gradients(Tensor out, Tensor seed, List<Tensor> ends) {
        if (out.needsGrad()) {
            return Grad.of(out, seed, ends);
        }
        return ends.stream().map(t -> Tensor.zeros(t.dtype(), t.shape())).toList();
    }

    /// Varies one element after the other of the inputs that belong to `gradients`, in place.
    private double worst(List<Tensor> gradients, Tensor[] varied, Supplier<Number> value) {
        double scale = 0;
        for (Tensor g : gradients) {
            for (double d : g.toDoubles()) {
                scale = Math.max(scale, Math.abs(d));
            }
        }
        double worst = 0;
        for (int i = 0, k = 0; i < varied.length; i++) {
            if (i < wanted.length && !wanted[i]) {
                continue;
            }
            double[] analytic = gradients.get(k++).toDoubles();
            Tensor original = varied[i];
            for (int e = 0; e < analytic.length; e++) {
                double numeric = difference(varied, i, e, value);
                double size =
                        Math.max(Math.max(Math.abs(numeric), Math.abs(analytic[e])), Math.max(0.01 * scale, 1e-8));
                double error = Math.abs(numeric - analytic[e]) / size;
                worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
            }
            varied[i] = original;
        }
        return worst;
    }

    private static double difference(Tensor[] varied, int i, int element, Supplier<Number> value) {
        double[] x = varied[i].toDoubles();
        long[] dims = varied[i].shape().dims();
        double center = x[element];
        double h = STEP * Math.max(1, Math.abs(center));
        double[] at = new double[4];
        double[] offsets = {h, -h, h / 2, -h / 2};
        Tensor before = varied[i];
        for (int s = 0; s < 4; s++) {
            x[element] = center + offsets[s];
            varied[i] = Tensor.ofDoubles(x, dims);
            at[s] = value.get().doubleValue();
        }
        varied[i] = before;
        double coarse = (at[0] - at[1]) / (2 * h);
        double fine = (at[2] - at[3]) / h;
        return (4 * fine - coarse) / 3;
    }

    private Tensor[] leaves(Tensor[] values) {
        Tensor[] out = values.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = i >= wanted.length || wanted[i] ? out[i].requireGrad() : out[i];
        }
        return out;
    }

    private List<Tensor> wantedOf(Tensor[] values) {
        List<Tensor> out = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i]) {
                out.add(values[i]);
            }
        }
        return out;
    }

    private Tensor weights() {
        return normal(fn.apply(in).shape());
    }

    private Tensor normal(Shape shape) {
        double[] w = new double[(int) shape.size()];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextGaussian();
        }
        return Tensor.ofDoubles(w, shape.dims());
    }

    private static double dot(Tensor a, Tensor b) {
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }
}

package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import java.util.Arrays;

/// The windows that a kernel sees, as a tensor, and back: slices of the padded input, one for each element
/// of the kernel, laid side by side.
final class Windows {
    private Windows() {}

    static Tensor unfold(Tensor x, Convolving how, long[] kernel) {
        check(x.shape(), how, kernel, how.axes() + 2, "(B, C, ...)");
        long[] places = places(x.shape(), how, kernel);
        Tensor padded = Engine.one(new Pad(spatial(how.before()), spatial(how.after()), new long[x.rank()], 0), x);
        int count = count(kernel);
        Tensor[] windows = new Tensor[count];
        for (int k = 0; k < count; k++) {
            long[] lengths = padded.shape().dims();
            System.arraycopy(places, 0, lengths, 2, places.length);
            long[] starts = spatial(start(k, how, kernel));
            windows[k] = Engine.one(new Views.Slice(starts, Shape.of(lengths), steps(how)), padded)
                    .unsqueeze(2);
        }
        Tensor all = Tensor.concat(2, windows); // (B, C, K, T...)
        return all.reshape(Shape.of(x.dim(0), x.dim(1) * count, product(places)));
    }

    static Tensor fold(Tensor windows, Convolving how, long[] size, long[] kernel) {
        check(windows.shape(), how, kernel, 3, "(B, C·K, T)");
        int count = count(kernel);
        long channels = windows.dim(1) / count;
        long[] dims = new long[size.length + 2];
        dims[0] = windows.dim(0);
        dims[1] = channels;
        System.arraycopy(size, 0, dims, 2, size.length);
        long[] places = places(Shape.of(dims), how, kernel);
        if (windows.dim(1) % count != 0 || windows.dim(2) != product(places)) {
            throw new ShapeException("fold of " + windows.shape() + " to " + Arrays.toString(size) + ", kernel "
                    + Arrays.toString(kernel) + ", " + how + "\n  rule: (B, C·" + count + ", " + product(places)
                    + "): a column of a kernel's elements for each of " + Arrays.toString(places) + " places");
        }
        long[] apart = new long[places.length + 3];
        apart[0] = dims[0];
        apart[1] = channels;
        apart[2] = count;
        System.arraycopy(places, 0, apart, 3, places.length);
        Tensor split = windows.reshape(Shape.of(apart)); // (B, C, K, T...)
        Tensor sum = laid(split.select(2, 0), 0, how, dims, kernel);
        for (int k = 1; k < count; k++) {
            sum = sum.add(laid(split.select(2, k), k, how, dims, kernel));
        }
        long[] ones = new long[dims.length];
        Arrays.fill(ones, 1);
        return Engine.one(new Views.Slice(spatial(how.before()), Shape.of(dims), ones), sum);
    }

    /// One element of each window at its places in a padded input of zeros.
    private static Tensor laid(Tensor values, int k, Convolving how, long[] dims, long[] kernel) {
        long[] start = start(k, how, kernel);
        long[] after = new long[start.length];
        long[] gaps = new long[start.length];
        for (int i = 0; i < start.length; i++) {
            gaps[i] = how.stride()[i] - 1;
            long span = (values.dim(i + 2) - 1) * how.stride()[i] + 1;
            after[i] = dims[i + 2] + how.before()[i] + how.after()[i] - start[i] - span;
        }
        return Engine.one(new Pad(spatial(start), spatial(after), spatial(gaps), 0), values);
    }

    private static void check(Shape x, Convolving how, long[] kernel, int rank, String wanted) {
        if (x.rank() != rank
                || kernel.length != how.axes()
                || Arrays.stream(kernel).anyMatch(k -> k < 1)) {
            throw new ShapeException("windows of " + x + ", kernel " + Arrays.toString(kernel) + ", " + how
                    + "\n  rule: " + wanted + ", and a length of the kernel, at least 1, for each of " + how.axes()
                    + " axes");
        }
    }

    private static long[] places(Shape x, Convolving how, long[] kernel) {
        long[] w = new long[kernel.length + 2];
        System.arraycopy(kernel, 0, w, 2, kernel.length);
        w[0] = w[1] = 1;
        Shape weight = Shape.of(w);
        long[] places = new long[kernel.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = how.outputs(x, weight, i);
            if (places[i] < 1) {
                throw Convolution.tooLarge(x, weight, how, i);
            }
        }
        return places;
    }

    private static int count(long[] kernel) {
        return Math.toIntExact(product(kernel));
    }

    private static long product(long[] lengths) {
        return Arrays.stream(lengths).reduce(1, (a, b) -> a * b);
    }

    private static long[] start(int k, Convolving how, long[] kernel) {
        long[] start = new long[kernel.length];
        for (int i = kernel.length - 1; i >= 0; i--) {
            start[i] = k % kernel[i] * how.dilation()[i];
            k /= (int) kernel[i];
        }
        return start;
    }

    private static long[] steps(Convolving how) {
        long[] steps = spatial(how.stride());
        steps[0] = steps[1] = 1;
        return steps;
    }

    /// With zeros for the first two axes.
    private static long[] spatial(long[] values) {
        long[] all = new long[values.length + 2];
        System.arraycopy(values, 0, all, 2, values.length);
        return all;
    }
}

package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Convolutions of every kind for [KernelsTest].
final class ConvolutionCases {
    private final List<KernelCases.Case> cases = new ArrayList<>();
    private final SplittableRandom random;

    ConvolutionCases(long seed) {
        random = new SplittableRandom(seed);
    }

    /// Channels below, at and above those for which kernels change their way, with every kind of movement,
    /// over one to three axes; all three tensors from the other two.
    List<KernelCases.Case> all() {
        for (int channels : new int[] {1, 3, 8, 9, 16, 17}) {
            convolution(2, channels, 5, 1, new long[] {9, 33}, new long[] {3, 3}, 1, 1, 1);
            convolution(2, channels, 9, 1, new long[] {8, 7}, new long[] {3, 2}, 2, 1, 1);
            convolution(3, channels, 17, 1, new long[] {40}, new long[] {4}, 3, 0, 2);
        }
        for (int n : KernelCases.SIZES) {
            convolution(1, 2, 3, 1, new long[] {n}, new long[] {1}, 1, 0, 1);
            convolution(2, 1, 1, 4, new long[] {n, 5}, new long[] {3, 3}, 1, 1, 1);
            convolution(17, 2, 2, 1, new long[] {n}, new long[] {2}, 2, 1, 1);
        }
        convolution(2, 2, 3, 3, new long[] {11, 12}, new long[] {3, 3}, 2, 2, 2);
        convolution(2, 17, 18, 2, new long[] {9, 9}, new long[] {2, 3}, 3, 1, 1);
        convolution(1, 3, 4, 1, new long[] {130, 131}, new long[] {3, 3}, 1, 1, 1);
        convolution(2, 3, 4, 1, new long[] {5, 6, 7}, new long[] {2, 3, 3}, 1, 1, 1);
        convolution(2, 10, 4, 1, new long[] {5, 6, 7}, new long[] {3, 1, 2}, 2, 1, 2);
        convolution(2, 3, 4, 1, new long[] {7, 9}, new long[] {2, 2}, 5, 0, 1);
        // one sample, whose channels are shared among threads
        convolution(1, 64, 70, 1, new long[] {8, 8}, new long[] {3, 3}, 1, 1, 1);
        convolution(1, 16, 129, 1, new long[] {17, 19}, new long[] {3, 3}, 2, 1, 1);
        convolution(1, 64, 201, 1, new long[] {9, 9}, new long[] {1, 1}, 1, 0, 1);
        // kernels of three rows, with channels enough for Winograd's way
        convolution(2, 16, 17, 1, new long[] {9, 33}, new long[] {3, 3}, 1, 1, 1);
        convolution(5, 32, 32, 1, new long[] {8, 8}, new long[] {3, 3}, 1, 1, 1);
        convolution(3, 9, 24, 1, new long[] {26, 26}, new long[] {3, 3}, 1, 0, 1);
        convolution(1, 20, 8, 1, new long[] {7, 40}, new long[] {3, 5}, 1, 2, 1);
        convolution(9, 8, 33, 1, new long[] {6, 11}, new long[] {3, 1}, 1, 0, 1);
        convolution(1, 64, 65, 1, new long[] {3, 130}, new long[] {3, 2}, 1, 1, 1);
        return cases;
    }

    private void convolution(
            int batch, int in, int out, int groups, long[] lengths, long[] kernel, int stride, int pad, int dilation) {
        int axes = lengths.length;
        long[] xs = new long[axes + 2];
        long[] ws = new long[axes + 2];
        long[] ys = new long[axes + 2];
        xs[0] = ys[0] = batch;
        xs[1] = (long) in * groups;
        ws[0] = ys[1] = (long) out * groups;
        ws[1] = in;
        for (int i = 0; i < axes; i++) {
            xs[i + 2] = lengths[i];
            ws[i + 2] = kernel[i];
            ys[i + 2] = (lengths[i] + 2L * pad - dilation * (kernel[i] - 1) - 1) / stride + 1;
            if (ys[i + 2] < 1) {
                return;
            }
        }
        String what = "convolution of " + Shape.of(xs) + " with " + Shape.of(ws) + ", stride " + stride + ", padding "
                + pad + ", dilation " + dilation + ", groups " + groups + ": ";
        long[] bias = {xs[1]};
        boolean plain = axes == 2 && stride == 1 && dilation == 1 && groups == 1;
        double errors = plain && kernel[0] == 3 && Math.min(in, out) >= 8 ? 5 : 1; // Winograd's way
        for (KernelCases.Layout layout :
                List.of(KernelCases.Layout.DENSE, KernelCases.Layout.TRANSPOSED, KernelCases.Layout.FLIPPED)) {
            View x = real(-1, 1, layout, xs);
            View w = real(-1, 1, layout, ws);
            View y = real(-1, 1, layout, ys);
            for (Task.Role role : Task.Role.values()) {
                View[] inputs = switch (role) {
                    case OUTPUT -> new View[] {x, w};
                    case INPUT -> new View[] {y, w, real(-1, 1, layout, bias)};
                    case WEIGHT -> new View[] {x, y};
                };
                long[] result = role == Task.Role.OUTPUT ? ys : role == Task.Role.INPUT ? xs : ws;
                Task task = new Task.Convolution(role, all(axes, stride), all(axes, pad), all(axes, dilation), groups);
                double terms = role == Task.Role.WEIGHT
                        ? batch * (double) Shape.of(ys).size()
                        : Math.max(9.0, Shape.of(kernel).size()) * (in + out);
                // each of a long chain's steps is rounded as its partial sum is, which grows with the root of the terms
                double rounding = 1.2e-7 * (2 + Math.sqrt(terms) * 2) + 1e-8 * terms;
                add(what + role + " " + layout, task, inputs, result, 1e-6, errors * rounding);
                Task then = new Task.Then(task, groups > 1 || axes == 1 ? KernelCases.SIGMOID : KernelCases.RELU);
                add(what + role + " " + layout + ", and a function", then, inputs, result, 2e-6, errors * rounding);
            }
        }
    }

    private void add(String what, Task task, View[] in, long[] out, double relative, double absolute) {
        Shape[] shapes = {Shape.of(out)};
        cases.add(new KernelCases.Case(what, task, in, shapes, new DType[] {DType.F32}, relative, absolute, 0));
    }

    private static long[] all(int axes, long value) {
        long[] values = new long[axes];
        Arrays.fill(values, value);
        return values;
    }

    private View real(double low, double high, KernelCases.Layout layout, long... dims) {
        return layout.of(Values.fill(dims, _ -> random.nextDouble(low, high)).tensor(DType.F32))
                .view();
    }
}

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/// What libtorch does with the shapes of ConvolutionSpeed.java: the forward pass, and both gradients
/// together. Times are the best of 21. An argument is the number of threads (1). Run it with the class path
/// of bench/pom.xml.
class ConvolutionPeer {
    record Case(String name, int batch, int in, int size, int out, int kernel, int stride, int padding, int groups) {}

    static final Case[] CASES = {
        new Case("1 to 32 channels, 28x28", 64, 1, 28, 32, 3, 1, 0, 1),
        new Case("32 to 64 channels, 26x26", 64, 32, 26, 64, 3, 1, 0, 1),
        new Case("16 to 16 channels, 32x32, padded", 64, 16, 32, 16, 3, 1, 1, 1),
        new Case("32 to 32 channels, 16x16, padded", 64, 32, 16, 32, 3, 1, 1, 1),
        new Case("64 to 64 channels, 8x8, padded", 64, 64, 8, 64, 3, 1, 1, 1),
        new Case("64 channels each its own, 28x28, padded", 32, 64, 28, 64, 3, 1, 1, 64),
        new Case("64 to 128 channels, 16x16, stride 2", 32, 64, 16, 128, 3, 2, 1, 1),
        new Case("64 to 64 channels, 28x28, 1x1", 32, 64, 28, 64, 1, 1, 0, 1)
    };

    static final BoolPointer MASK = new BoolPointer(3).put(0, true).put(1, true).put(2, false);

    static double milliseconds(Supplier<Tensor[]> work) {
        for (int i = 0; i < 10; i++) {
            close(work.get());
        }
        double[] times = new double[21];
        for (int i = 0; i < times.length; i++) {
            long t = System.nanoTime();
            Tensor[] made = work.get();
            times[i] = (System.nanoTime() - t) / 1e6;
            close(made);
        }
        return Arrays.stream(times).min().orElseThrow();
    }

    static void close(Tensor[] made) {
        for (Tensor t : made) {
            t.close();
        }
    }

    public static void main(String[] arguments) {
        torch.set_num_threads(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1);
        Tensor a = torch.randn(512, 512);
        Tensor b = torch.randn(512, 512);
        double peak = 2e-6 * 512 * 512 * 512 / milliseconds(() -> new Tensor[] {a.matmul(b)});
        System.out.printf(Locale.ROOT, "{\"peer\":\"libtorch\",\"threads\":%d,\"matmul_gflops\":%.1f}%n", torch.get_num_threads(), peak);
        for (Case c : CASES) {
            Tensor x = torch.randn(c.batch, c.in, c.size, c.size);
            Tensor w = torch.randn(c.out, c.in / c.groups, c.kernel, c.kernel);
            long[] stride = {c.stride, c.stride}, padding = {c.padding, c.padding}, dilation = {1, 1};
            Supplier<Tensor> conv = () -> torch.conv2d(x, w, new TensorOptional(), stride, padding, dilation, c.groups);
            Tensor y = conv.get();
            Tensor seed = torch.randn_like(y);
            double flops = 2e-6 * y.numel() * (c.in / c.groups) * c.kernel * c.kernel;
            double forward = milliseconds(() -> new Tensor[] {conv.get()});
            double both = milliseconds(() -> {
                var grads = torch.convolution_backward(seed, x, w, new LongArrayRefOptional(), stride, padding, dilation, false, new long[] {0, 0}, c.groups, MASK);
                return new Tensor[] {grads.get0(), grads.get1()};
            });
            System.out.printf(Locale.ROOT,
                    "{\"shape\":\"%s\",\"forward_ms\":%.3f,\"gradients_ms\":%.3f,\"forward_gflops\":%.1f,\"gradients_gflops\":%.1f}%n",
                    c.name, forward, both, flops / forward, 2 * flops / both);
        }
    }
}

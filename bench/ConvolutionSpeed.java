// How fast convolutions and their gradients are, beside a 512 x 512 x 512 matrix product of the same process. Prints a JSON
// line a shape: the best of 21 in milliseconds, and GFLOP/s. An argument is the number of threads (1).
// Run it:  ./cajal run -J=--add-modules=jdk.incubator.vector bench/ConvolutionSpeed.java 2
// ConvolutionPeer.java measures libtorch on the same shapes.
import module cajal;

record Case(String name, int batch, int in, int size, int out, int kernel, int stride, int padding, int groups) {}

static final List<Case> CASES = List.of(
        new Case("1 to 32 channels, 28x28", 64, 1, 28, 32, 3, 1, 0, 1),
        new Case("32 to 64 channels, 26x26", 64, 32, 26, 64, 3, 1, 0, 1),
        new Case("16 to 16 channels, 32x32, padded", 64, 16, 32, 16, 3, 1, 1, 1),
        new Case("32 to 32 channels, 16x16, padded", 64, 32, 16, 32, 3, 1, 1, 1),
        new Case("64 to 64 channels, 8x8, padded", 64, 64, 8, 64, 3, 1, 1, 1),
        new Case("64 channels each its own, 28x28, padded", 32, 64, 28, 64, 3, 1, 1, 64),
        new Case("64 to 128 channels, 16x16, stride 2", 32, 64, 16, 128, 3, 2, 1, 1),
        new Case("64 to 64 channels, 28x28, 1x1", 32, 64, 28, 64, 1, 1, 0, 1));

static double sink;

static double milliseconds(Supplier<Tensor> work) {
    long end = System.nanoTime() + 1_500_000_000L;
    while (System.nanoTime() < end) { // until the compiler is done
        sink += work.get().view().at(0);
    }
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 21; i++) {
        long t = System.nanoTime();
        sink += work.get().view().at(0);
        best = Math.min(best, (System.nanoTime() - t) / 1e6);
    }
    return best;
}

static Tensor normal(int seed, long... dims) {
    return Tensor.normal(RandomKey.of(seed), dims);
}

void main(String[] arguments) {
    Workers.threads(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1);
    var a = normal(1, 512, 512);
    var b = normal(2, 512, 512);
    double peak = 2e-6 * 512 * 512 * 512 / milliseconds(() -> a.matmul(b));
    IO.println(String.format(Locale.ROOT, "{\"kernels\":\"%s\",\"threads\":%d,\"matmul_gflops\":%.1f}",
            Backends.names().getFirst(), Workers.threads(), peak));
    for (Case c : CASES) {
        var how = Convolving.over(2).stride(c.stride).padding(c.padding).groups(c.groups);
        var x = normal(3, c.batch, c.in, c.size, c.size);
        var w = normal(4, c.out, c.in / c.groups, c.kernel, c.kernel);
        var y = x.conv(w, how);
        long over = (y.dim(-1) - 1) * c.stride + c.kernel - c.padding - c.size; // the padding behind that nothing is left over
        var exact = how.padding(new long[] {c.padding}, new long[] {over});
        var weight = Ops.of("convolutionWeight", Map.of("stride", exact.stride(), "before", exact.before(), "after", exact.after(),
                "dilation", exact.dilation(), "groups", exact.groups(), "kernel", new long[] {c.kernel, c.kernel}));
        double flops = 2e-6 * y.size() * (c.in / c.groups) * c.kernel * c.kernel;
        double forward = milliseconds(() -> x.conv(w, how));
        double input = milliseconds(() -> y.convTranspose(w, exact));
        double weights = milliseconds(() -> Engine.one(weight, x, y));
        IO.println(String.format(Locale.ROOT,
                "{\"shape\":\"%s\",\"forward_ms\":%.3f,\"input_ms\":%.3f,\"weight_ms\":%.3f,"
                        + "\"forward_gflops\":%.1f,\"input_gflops\":%.1f,\"weight_gflops\":%.1f,\"of_matmul\":[%.2f,%.2f,%.2f]}",
                c.name, forward, input, weights, flops / forward, flops / input, flops / weights,
                flops / forward / peak, flops / input / peak, flops / weights / peak));
    }
    if (!Double.isFinite(sink)) {
        IO.println("{\"failed\":\"the sums are not finite\"}");
    }
}

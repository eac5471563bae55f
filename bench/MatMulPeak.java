// How fast a 512 x 512 x 512 matrix product is on one thread, beside what the processor can do at most: a loop of fused
// multiply-adds that never leaves the registers. Both in turns, in one process; prints medians.
// Run it:  ./cajal run -J=--add-modules=jdk.incubator.vector bench/MatMulPeak.java
import module cajal;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

static final VectorSpecies<Float> V = FloatVector.SPECIES_PREFERRED;
static final int PEAK_ROUNDS = 2_000_000;

/// 16 chains, so that the latency of one instruction hides behind the others.
float peak(float x) {
    var a = FloatVector.broadcast(V, x);
    var b = FloatVector.broadcast(V, 0.999f);
    var c0 = a; var c1 = a; var c2 = a; var c3 = a; var c4 = a; var c5 = a; var c6 = a; var c7 = a;
    var c8 = a; var c9 = a; var ca = a; var cb = a; var cc = a; var cd = a; var ce = a; var cf = a;
    for (int i = 0; i < PEAK_ROUNDS; i++) {
        c0 = c0.fma(b, a); c1 = c1.fma(b, a); c2 = c2.fma(b, a); c3 = c3.fma(b, a);
        c4 = c4.fma(b, a); c5 = c5.fma(b, a); c6 = c6.fma(b, a); c7 = c7.fma(b, a);
        c8 = c8.fma(b, a); c9 = c9.fma(b, a); ca = ca.fma(b, a); cb = cb.fma(b, a);
        cc = cc.fma(b, a); cd = cd.fma(b, a); ce = ce.fma(b, a); cf = cf.fma(b, a);
    }
    return c0.add(c1).add(c2).add(c3).add(c4).add(c5).add(c6).add(c7)
            .add(c8).add(c9).add(ca).add(cb).add(cc).add(cd).add(ce).add(cf).lane(0);
}

void main() {
    Workers.threads(1);
    int n = 512;
    var a = Tensor.normal(RandomKey.of(1), n, n);
    var b = Tensor.normal(RandomKey.of(2), n, n);
    double sink = 0;
    for (int i = 0; i < 120; i++) { // until the compiler is done
        sink += a.matmul(b).get(0, 0) + (i % 20 == 0 ? peak(i) : 0);
    }
    var products = new double[15];
    var peaks = new double[15];
    for (int turn = 0; turn < 15; turn++) {
        long t0 = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            sink += a.matmul(b).get(0, 0);
        }
        long t1 = System.nanoTime();
        sink += peak(turn);
        long t2 = System.nanoTime();
        products[turn] = 10 * 2.0 * n * n * n / (t1 - t0);
        peaks[turn] = 16.0 * 2 * V.length() * PEAK_ROUNDS / (t2 - t1);
    }
    Arrays.sort(products);
    Arrays.sort(peaks);
    IO.println(String.format(Locale.ROOT, "{\"kernels\":\"%s\",\"matmul_gflops\":%.1f,\"peak_gflops\":%.1f,\"share\":%.3f,\"check\":%b}",
            Backends.names().getFirst(), products[7], peaks[7], products[7] / peaks[7], Double.isFinite(sink)));
}

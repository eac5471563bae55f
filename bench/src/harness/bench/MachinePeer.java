package bench;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.DoubleSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The machine's own limits, measured like everything else: how many fused multiply-adds it does in registers,
/// and how fast it moves memory.
public final class MachinePeer implements Peer {
    private static final VectorSpecies<Float> V = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;

    @Override
    public String version() {
        return "vectors of " + V.vectorBitSize() + " bits";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        return switch (task) {
            case Task.Peak _ -> Optional.of(spread(threads, () -> peak(1.1f, (int) (Task.Peak.FLOPS / (2 * CHAINS * V.length()) / threads))));
            case Task.Triad t -> {
                float[][] arrays = new float[3 * threads][t.length() / threads];
                int[] next = {0};
                yield Optional.of(spread(threads, () -> {
                    int i;
                    synchronized (next) {
                        i = next[0]++ % threads;
                    }
                    return triad(arrays[3 * i], arrays[3 * i + 1], arrays[3 * i + 2], 0.5f);
                }));
            }
            default -> Optional.empty();
        };
    }

    private static Work spread(int threads, DoubleSupplier each) {
        return _ -> {
            var done = new CountDownLatch(threads - 1);
            for (int i = 1; i < threads; i++) {
                Thread.ofPlatform().daemon().start(() -> {
                    each.getAsDouble();
                    done.countDown();
                });
            }
            double value = each.getAsDouble();
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return value;
        };
    }

    /// 12 chains, so that the latency of one instruction hides behind the others, and 16 registers hold them. Each
    /// adds to itself, as the sums of a product do: as a factor it took a copy of the addend each time.
    private static float peak(float x, int rounds) {
        var a = FloatVector.broadcast(V, x);
        var b = FloatVector.broadcast(V, 0.999f);
        var c0 = a; var c1 = a; var c2 = a; var c3 = a; var c4 = a; var c5 = a;
        var c6 = a; var c7 = a; var c8 = a; var c9 = a; var ca = a; var cb = a;
        for (int i = 0; i < rounds; i++) {
            c0 = a.fma(b, c0); c1 = a.fma(b, c1); c2 = a.fma(b, c2); c3 = a.fma(b, c3);
            c4 = a.fma(b, c4); c5 = a.fma(b, c5); c6 = a.fma(b, c6); c7 = a.fma(b, c7);
            c8 = a.fma(b, c8); c9 = a.fma(b, c9); ca = a.fma(b, ca); cb = a.fma(b, cb);
        }
        return c0.add(c1).add(c2).add(c3).add(c4).add(c5).add(c6).add(c7)
                .add(c8).add(c9).add(ca).add(cb).lane(0);
    }

    private static float triad(float[] a, float[] b, float[] c, float s) {
        for (int i = 0; i < a.length; i++) {
            a[i] = b[i] + s * c[i];
        }
        return a[a.length - 1];
    }
}

package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Random chains of views against the same chains on plain arrays.
class ViewTest {
    private static final long SEED = 31_415;

    @Test
    void anyChainOfViewsShowsTheElementsThatPlainLoopsShow() {
        SplittableRandom random = new SplittableRandom(SEED);
        int copies = 0;
        for (int round = 0; round < 4000; round++) {
            long[] dims = new long[random.nextInt(1, 5)];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = random.nextInt(10) == 0 ? 0 : random.nextInt(1, 5);
            }
            int[] counter = {0};
            Values expected = Values.fill(dims, _ -> counter[0]++);
            Tensor actual = expected.tensor(DType.F32);
            StringBuilder chain = new StringBuilder("seed " + SEED + ", round " + round + ": " + actual.shape());
            for (int step = 0; step < 5; step++) {
                switch (random.nextInt(5)) {
                    case 0 -> {
                        int a = random.nextInt(actual.rank());
                        int b = random.nextInt(actual.rank());
                        chain.append(" transpose ").append(a).append(b);
                        actual = actual.transpose(a, b);
                        expected = transposed(expected, a, b);
                    }
                    case 1 -> {
                        int a = random.nextInt(actual.rank());
                        chain.append(" flip ").append(a);
                        actual = actual.flip(a);
                        Values before = expected;
                        expected = Values.fill(expected.dims(), i -> {
                            long[] from = i.clone();
                            from[a] = before.dim(a) - 1 - i[a];
                            return before.at(from);
                        });
                    }
                    case 2 -> {
                        int a = random.nextInt(actual.rank());
                        long n = actual.dim(a);
                        long start = random.nextLong(n + 1);
                        long stride = random.nextLong(1, 3);
                        chain.append(" slice ")
                                .append(a)
                                .append(" from ")
                                .append(start)
                                .append(" by ")
                                .append(stride);
                        actual = actual.slice(a, start, n, stride);
                        long[] to = expected.dims().clone();
                        to[a] = (n - start + stride - 1) / stride;
                        Values before = expected;
                        expected = Values.fill(to, i -> {
                            long[] from = i.clone();
                            from[a] = start + i[a] * stride;
                            return before.at(from);
                        });
                    }
                    case 3 -> {
                        long[] to = otherShape(expected.dims(), random);
                        chain.append(" reshape ").append(Shape.of(to));
                        Tensor before = actual;
                        actual = actual.reshape(Shape.of(to));
                        copies += before.view().storage().equals(actual.view().storage()) ? 0 : 1;
                        expected = new Values(expected.data(), to);
                    }
                    default -> {
                        int times = random.nextInt(1, 4);
                        chain.append(" expand by ").append(times);
                        long[] to = new long[actual.rank() + 1];
                        to[0] = times;
                        System.arraycopy(expected.dims(), 0, to, 1, to.length - 1);
                        actual = actual.expand(Shape.of(to));
                        expected = Values.fill(to, expected::stretched);
                    }
                }
            }
            assertThat(Values.of(actual).deviation(expected, 1))
                    .as("%s: %s instead of %s", chain, actual, expected)
                    .isZero();
            assertThat(actual.view().isDense()).as(chain.toString()).isEqualTo(dense(actual.view()));
        }
        assertThat(copies).isPositive();
    }

    private static boolean dense(View v) {
        for (long i = 0; i < v.size(); i++) {
            long at = v.offset();
            long rest = i;
            for (int axis = v.rank() - 1; axis >= 0; axis--) {
                at += rest % v.shape().dim(axis) * v.stride(axis);
                rest /= v.shape().dim(axis);
            }
            if (at != v.offset() + i) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aReshapeOfAStridedViewCopiesOnlyWhereNoStridesWouldDo() {
        View v = View.of(new HostStorage.Floats(new float[60]), Shape.of(3, 4, 5)); // 3 x 4 rows of 5
        View columns = v.slice(new long[] {0, 0, 0}, Shape.of(3, 4, 2), new long[] {1, 1, 2});
        assertThat(columns.reshape(Shape.of(12, 2))).isPresent();
        assertThat(columns.reshape(Shape.of(3, 1, 4, 2, 1))).isPresent();
        assertThat(columns.reshape(Shape.of(24))).isEmpty();
        assertThat(v.permute(1, 0, 2).reshape(Shape.of(12, 5))).isEmpty();
        assertThat(v.permute(1, 0, 2).reshape(Shape.of(4, 3, 5, 1))).isPresent();
        assertThat(v.permute(1, 0, 2).reshape(Shape.of(2, 2, 3, 5))).isPresent();
    }

    private static Values transposed(Values v, int a, int b) {
        long[] to = v.dims().clone();
        to[a] = v.dims()[b];
        to[b] = v.dims()[a];
        return Values.fill(to, i -> {
            long[] from = i.clone();
            from[a] = i[b];
            from[b] = i[a];
            return v.at(from);
        });
    }

    /// The factors of the lengths in another grouping, with axes of length 1 in between.
    private static long[] otherShape(long[] dims, SplittableRandom random) {
        List<Long> factors = new ArrayList<>();
        for (long d : dims) {
            if (d == 4) {
                factors.add(2L);
                factors.add(2L);
            } else {
                factors.add(d);
            }
        }
        List<Long> to = new ArrayList<>();
        long open = 1;
        for (long f : factors) {
            open *= f;
            if (random.nextBoolean()) {
                to.add(open);
                open = 1;
                if (random.nextInt(4) == 0) {
                    to.add(1L);
                }
            }
        }
        to.add(open);
        return to.stream().mapToLong(l -> l).toArray();
    }
}

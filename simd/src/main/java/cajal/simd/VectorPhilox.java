package cajal.simd;

import static cajal.simd.Lanes.F;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import cajal.kernel.Philox;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The uniform numbers of [Philox#uniform], a vector of blocks at a time: each of a block's four words is the lower
/// half of a lane of 64 bits.
///
/// Products are of two words, which the processor multiplies in one instruction; the compiler sees that by `and(LOW)`
/// on either side of `mul`, constants too, in the same turn of the loop: the products are what is carried from turn to
/// turn, as otherwise their operands would come from a loop's beginning, where the compiler looks no further.
final class VectorPhilox {
    private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());
    private static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(F.vectorBitSize() / 2));
    private static final LongVector COUNT = (LongVector) LongVector.zero(L).addIndex(1);

    /// Numbers of a vector.
    static final int LANES = L.length();

    private static final long LOW = 0xffffffffL;
    private static final long EXPONENT = 0x4330000000000000L; // of 2^52: the fraction is what goes beyond it

    // So many are made one by one before: until the compiler is done with the vectors, 230,000 numbers, a small
    // network's initial weights, took a quarter of a second.
    private static final int SOONER = 1 << 24;
    private static long made; // of them, about, by all threads

    private VectorPhilox() {}

    /// As [Philox#uniform].
    static void uniform(long key, int first, float[] out, int at, int n) {
        if (n >= LANES && made >= SOONER) {
            vectors(key, first, out, at, n);
        } else {
            if (made < SOONER) made += n;
            Philox.uniform(key, first, out, at, n);
        }
    }

    /// The same by vectors, for no fewer than [#LANES] numbers.
    static void vectors(long key, int first, float[] out, int at, int n) {
        for (int v = 0; v * LANES < n; v++) {
            int i = Math.min(v * LANES, n - LANES); // the last ones again, some of them for the second time
            LongVector k0 = LongVector.broadcast(L, key), k1 = LongVector.broadcast(L, key >>> 32);
            LongVector c0 = COUNT.add(first + i), c1 = LongVector.zero(L), c3 = c1;
            LongVector p0 = c0.and(LOW).mul(LongVector.broadcast(L, Philox.M0).and(LOW)), p1 = c1;
            for (int round = 1; round < 10; round++) {
                c0 = c1.lanewise(XOR, k0).lanewise(XOR, p1.lanewise(LSHR, 32));
                LongVector c2 = c3.lanewise(XOR, k1).lanewise(XOR, p0.lanewise(LSHR, 32));
                c1 = p1;
                c3 = p0;
                p0 = c0.and(LOW).mul(LongVector.broadcast(L, Philox.M0).and(LOW));
                p1 = c2.and(LOW).mul(LongVector.broadcast(L, Philox.M1).and(LOW));
                k0 = k0.add(Philox.W0);
                k1 = k1.add(Philox.W1);
            }
            c0 = c1.lanewise(XOR, k0).lanewise(XOR, p1.lanewise(LSHR, 32));
            // the upper 53 bits of p1 and c0, 32 and 21 of them, each of which is exact as a double
            DoubleVector upper = p1.and(LOW).or(EXPONENT).reinterpretAsDoubles().sub(0x1p52);
            DoubleVector lower = c0.and(LOW)
                    .lanewise(LSHR, 11)
                    .or(EXPONENT)
                    .reinterpretAsDoubles()
                    .sub(0x1p52);
            DoubleVector unit = upper.fma(DoubleVector.broadcast(D, 0x1p-32), lower.mul(0x1p-53));
            FloatVector x = unit.convertShape(D2F, HALF, 0).reinterpretAsFloats();
            x.min(1 - 0x1p-24f).intoArray(out, at + i);
        }
    }
}

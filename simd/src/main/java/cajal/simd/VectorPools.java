package cajal.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The largest of windows of 2 by 2, eight windows at a time, for processors that choose elements from two vectors
/// by one instruction. Rows are often shorter than 16 windows, so that wider vectors would be filled by few.
final class VectorPools {
    private static final VectorSpecies<Float> F8 = FloatVector.SPECIES_256;
    private static final VectorSpecies<Integer> I8 = IntVector.SPECIES_256;
    private static final int WINDOWS = F8.length();
    private static final FloatVector EVEN = FloatVector.zero(F8).addIndex(2), ODD = EVEN.add(1);
    private static final IntVector STEPS = IntVector.zero(I8).addIndex(2);

    private VectorPools() {}

    /// Whether so many windows can be computed here.
    static boolean fits(int count) {
        return Lanes.VL == 16 && count >= WINDOWS;
    }

    /// As [cajal.kernel.FloatPrimitives#maxOfPairs].
    static boolean max(float[] x, int plane, int at, int w, float[] y, int y0, int[] p, int p0, int count) {
        FloatVector finite = FloatVector.zero(F8); // not a mask, which would be an object
        for (int v = 0; v * WINDOWS < count; v++) {
            int j = Math.min(v * WINDOWS, count - WINDOWS); // the last ones again, some of them for the second time
            int i = plane + at + 2 * j;
            FloatVector u = load(x, i), u1 = load(x, i + WINDOWS), l = load(x, i + w), l1 = load(x, i + w + WINDOWS);
            FloatVector a = EVEN.selectFrom(u, u1), b = ODD.selectFrom(u, u1);
            FloatVector c = EVEN.selectFrom(l, l1), d = ODD.selectFrom(l, l1);
            FloatVector upper = a.max(b), lower = c.max(d), most = upper.max(lower);
            IntVector place = STEPS.add(at + 2 * j);
            IntVector above = place.add(1, b.compare(VectorOperators.GT, a).cast(I8));
            IntVector below =
                    place.add(w).add(1, d.compare(VectorOperators.GT, c).cast(I8));
            most.intoArray(y, y0 + j);
            above.blend(below, lower.compare(VectorOperators.GT, upper).cast(I8))
                    .intoArray(p, p0 + j);
            finite = finite.add(most.sub(most)); // 0, or NaN also for what is infinite
        }
        return finite.compare(VectorOperators.NE, finite).anyTrue();
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F8, x, i);
    }
}

package cajal.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The vector width of this process: the widest that the processor has, 512 bits at most, or what the system
/// property `cajal.simd.bits` says (128, 256 or 512). No result of this package depends on it, only its speed.
final class Lanes {
    /// Float vectors of that width.
    static final VectorSpecies<Float> F = species();

    /// Int vectors of the same width.
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

    /// `SAME.mul(x)` is `x`, bit for bit. The class of a vector that a loop carries depends on itself in a
    /// circle: the compiler knows it from its profile at best, and of a method that was not compiled before it
    /// may have none. Each vector of the loop is an object then, and the loop many times slower. But what is
    /// handed to a vector whose class is known has been compared with it: so a sum is not asked to store
    /// itself after its loop, but is handed to this one first.
    static final FloatVector SAME = FloatVector.broadcast(F, 1);

    /// The number of floats in a vector.
    static final int VL = F.length();

    /// Whether there are 32 vector registers, as with AVX-512 and on ARM, and not 16, as with AVX2: its
    /// width tells.
    static final boolean MANY = VL != 8;

    private Lanes() {}

    private static VectorSpecies<Float> species() {
        String wanted = System.getProperty("cajal.simd.bits", "").strip();
        int bits = switch (wanted) {
            case "" -> Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512);
            case "128", "256", "512" -> Integer.parseInt(wanted);
            default ->
                throw new IllegalArgumentException("The system property cajal.simd.bits is '" + wanted
                        + "'\n  rule: 128, 256 or 512\n" + "  fix:  leave it out to use the processor's own width");
        };
        return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }
}

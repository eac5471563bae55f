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

    /// The class of those float vectors: `CLASS.cast(x)` is `x`, of a class that the compiler knows. That of a
    /// vector that a loop carries depends on itself in a circle; a profile of the calls made on it tells at
    /// best, and of a method that was not compiled before there may be none. Each vector of the loop is an
    /// object then, and the loop many times slower. So it is cast before it is asked for anything, to store
    /// itself for instance.
    static final Class<? extends FloatVector> CLASS = F.vectorType().asSubclass(FloatVector.class);

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

package cajal.simd;

import static cajal.simd.Lanes.F;

import cajal.kernel.Coefficients;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// The constants of [VectorMath], spread over vectors once.
///
/// As constants they cost the compiler a single node; spreading them where they are used would bring the
/// longer functions past its inlining limit (`NodeCountInliningCutoff`), behind which vectors are boxed and
/// everything is fifty times slower.
final class VectorCoefficients {
    static final FloatVector MINUS_HALF_PI_1 = all(-Coefficients.HALF_PI_1);
    static final FloatVector MINUS_HALF_PI_3 = all(-Coefficients.HALF_PI_3);
    static final FloatVector COS_0 = all(Coefficients.COS_0);
    static final FloatVector COS_1 = all(Coefficients.COS_1);
    static final FloatVector COS_2 = all(Coefficients.COS_2);
    static final FloatVector HALF_PI_2 = all(Coefficients.HALF_PI_2);
    static final FloatVector LN2_HIGH = all(Coefficients.LN2_HIGH);
    static final FloatVector LN2_LOW = all(Coefficients.LN2_LOW);
    static final FloatVector LOG_0 = all(Coefficients.LOG_0);
    static final FloatVector LOG_1 = all(Coefficients.LOG_1);
    static final FloatVector LOG_2 = all(Coefficients.LOG_2);
    static final FloatVector LOG_3 = all(Coefficients.LOG_3);
    static final FloatVector LOG_4 = all(Coefficients.LOG_4);
    static final FloatVector LOG_5 = all(Coefficients.LOG_5);
    static final FloatVector LOG_6 = all(Coefficients.LOG_6);
    static final FloatVector LOG_7 = all(Coefficients.LOG_7);
    static final FloatVector ROUNDER = all(0x1.8p23f);
    static final FloatVector SIN_0 = all(Coefficients.SIN_0);
    static final FloatVector SIN_1 = all(Coefficients.SIN_1);
    static final FloatVector SIN_2 = all(Coefficients.SIN_2);
    static final FloatVector TANH_0 = all(Coefficients.TANH_0);
    static final FloatVector TANH_1 = all(Coefficients.TANH_1);
    static final FloatVector TANH_2 = all(Coefficients.TANH_2);
    static final FloatVector TANH_3 = all(Coefficients.TANH_3);
    static final FloatVector TANH_4 = all(Coefficients.TANH_4);
    static final FloatVector TWO_OVER_PI = all(Coefficients.TWO_OVER_PI);
    static final FloatVector EXPM1_LEAST = all(-18);
    static final FloatVector TANH_MOST = all(10);
    static final FloatVector TANH_NEAR = all(0.6f);
    static final FloatVector MIN_NORMAL = all(Float.MIN_NORMAL);
    static final FloatVector INFINITY = all(Float.POSITIVE_INFINITY);
    static final FloatVector MINUS_INFINITY = all(Float.NEGATIVE_INFINITY);
    static final FloatVector TWO_23 = all(0x1p23f);
    static final FloatVector TWO_24 = all(0x1p24f);
    static final FloatVector EXPONENT_23 = all(23);
    static final IntVector ONE_BITS = allInts(0x3f800000);
    static final IntVector ROUNDER_BITS = allInts(0x4b400000);
    static final IntVector LOG_BITS = allInts(0x3f2aaaab);
    static final IntVector SIGN = allInts(1 << 31);
    static final FloatVector NAN = all(Float.NaN);
    static final FloatVector ZERO = all(0);
    static final FloatVector ONE = all(1);
    static final FloatVector TWO = all(2);
    static final FloatVector MINUS_HALF = all(-0.5f);

    private VectorCoefficients() {}

    /// The bits of those that the exponential functions use, in vectors of ints. In a loop that stores floats,
    /// vectors of floats are read from memory again each time, as for all that the compiler knows they may have
    /// changed: 13 reads for an exponential, most across two lines of the cache at 512 bits. Ints stay in
    /// registers. To take them for floats is a call more to the compiler.
    static final class Bits {
        static final IntVector ERF_0 = bits(Coefficients.ERF_0);
        static final IntVector ERF_1 = bits(Coefficients.ERF_1);
        static final IntVector ERF_2 = bits(Coefficients.ERF_2);
        static final IntVector ERF_3 = bits(Coefficients.ERF_3);
        static final IntVector ERF_4 = bits(Coefficients.ERF_4);
        static final IntVector ERF_5 = bits(Coefficients.ERF_5);
        static final IntVector ERF_6 = bits(Coefficients.ERF_6);
        static final IntVector ERFC_0 = bits(Coefficients.ERFC_0);
        static final IntVector ERFC_1 = bits(Coefficients.ERFC_1);
        static final IntVector ERFC_2 = bits(Coefficients.ERFC_2);
        static final IntVector ERFC_3 = bits(Coefficients.ERFC_3);
        static final IntVector ERFC_4 = bits(Coefficients.ERFC_4);
        static final IntVector ERFC_5 = bits(Coefficients.ERFC_5);
        static final IntVector ERFC_6 = bits(Coefficients.ERFC_6);
        static final IntVector ERF_MOST = bits(4);
        static final IntVector ERF_NEAR = bits(0.925f);
        static final IntVector EXP_0 = bits(Coefficients.EXP_0);
        static final IntVector EXP_1 = bits(Coefficients.EXP_1);
        static final IntVector EXP_2 = bits(Coefficients.EXP_2);
        static final IntVector EXP_3 = bits(Coefficients.EXP_3);
        static final IntVector EXP_4 = bits(Coefficients.EXP_4);
        static final IntVector EXP_5 = bits(Coefficients.EXP_5);
        static final IntVector LOG2_E = bits(Coefficients.LOG2_E);
        static final IntVector MINUS_LN2_HIGH = bits(-Coefficients.LN2_HIGH);
        static final IntVector MINUS_LN2_LOW = bits(-Coefficients.LN2_LOW);
        static final IntVector ROUNDER = bits(0x1.8p23f);
        static final IntVector EXP_LEAST = bits(-104);
        static final IntVector EXP_MOST = bits(89);
        static final IntVector ONE = bits(1);

        private Bits() {}

        private static IntVector bits(float value) {
            return all(value).reinterpretAsInts();
        }
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(F, value);
    }

    private static IntVector allInts(int value) {
        return (IntVector) F.withLanes(int.class).broadcast(value);
    }
}

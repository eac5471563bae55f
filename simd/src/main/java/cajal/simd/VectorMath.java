package cajal.simd;

import static cajal.simd.Lanes.F;
import static cajal.simd.VectorCoefficients.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The functions of [FloatMath] on vectors, with the same bits in every lane.
///
/// Every step of the scalar form has its counterpart here: the same polynomials by the same fused
/// multiply-adds in the same order. Where a step is exact (a choice between two values, a power of two, a
/// sign) the vector form may take a shorter way to the same value. The Vector API's own `EXP`, `TANH` and
/// kin are not used: they give different last bits in the interpreter and in compiled code.
final class VectorMath {
    private static final int ROUNDER_BITS = 0x4b400000;
    private static final int ONE_BITS = 0x3f800000;
    private static final int SIGN = 1 << 31;

    private VectorMath() {}

    // Exponentials ----------------------------------------------------------------------------------------------------

    /// `e^x`
    static FloatVector exp(FloatVector x) {
        FloatVector c = clamp(x, -104);
        FloatVector t = c.fma(LOG2_E, ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, c));
        FloatVector p = expTail(r).fma(r.mul(r), r).add(1);
        // the two halves of 2^n; of the rounder's bits none are left in the exponent
        IntVector k = t.reinterpretAsInts();
        IntVector h = k.lanewise(VectorOperators.ASHR, 1);
        return p.mul(power(h)).mul(power(k.sub(h)));
    }

    /// `e^x - 1`
    static FloatVector expm1(FloatVector x) {
        FloatVector c = clamp(x, -18);
        FloatVector t = c.fma(LOG2_E, ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, c));
        IntVector k = t.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector over = k.sub(127).max(0);
        FloatVector s = power(k.sub(over));
        FloatVector y = s.fma(expTail(r).mul(r.mul(r)), s.fma(r, s.sub(1))).mul(power(over));
        return withSign(y, x);
    }

    /// `x` between `least` and 89. The Vector API's own `min` and `max` also order zeros and let NaN win, at the cost
    /// of more instructions.
    private static FloatVector clamp(FloatVector x, float least) {
        FloatVector c = x.blend(least, x.compare(VectorOperators.LT, least));
        return c.blend(89, x.compare(VectorOperators.GT, 89));
    }

    /// `|x|`, but at most `most`.
    private static FloatVector size(FloatVector x, float most) {
        FloatVector t = x.abs();
        return t.blend(most, t.compare(VectorOperators.GT, most));
    }

    /// `1 / (1 + e^-x)`
    static FloatVector sigmoid(FloatVector x) {
        FloatVector z = exp(x.abs().neg());
        return z.blend(1, x.compare(VectorOperators.GT, 0)).div(z.add(1));
    }

    /// `(e^2x - 1) / (e^2x + 1)`
    static FloatVector tanh(FloatVector x) {
        FloatVector t = size(x, 10);
        FloatVector s = t.mul(t);
        FloatVector p = TANH_4.fma(s, TANH_3);
        p = p.fma(s, TANH_2);
        p = p.fma(s, TANH_1);
        p = p.fma(s, TANH_0);
        FloatVector near = p.fma(s.mul(t), t);
        FloatVector far = ONE.sub(TWO.div(shortExp(t.add(t)).add(1)));
        return withSign(far.blend(near, t.compare(VectorOperators.LE, 0.6f)), x);
    }

    /// `e^x` for `-20 <= x <= 20`: the bits of [#exp], in fewer steps.
    private static FloatVector shortExp(FloatVector x) {
        FloatVector t = x.fma(LOG2_E, ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        return expTail(r).fma(r.mul(r), r).add(1).mul(power(t.reinterpretAsInts()));
    }

    private static FloatVector expTail(FloatVector r) {
        FloatVector p = EXP_5.fma(r, EXP_4);
        p = p.fma(r, EXP_3);
        p = p.fma(r, EXP_2);
        p = p.fma(r, EXP_1);
        return p.fma(r, EXP_0);
    }

    /// `2^n` for `-126 <= n <= 127`
    private static FloatVector power(IntVector n) {
        return n.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
    }

    // Logarithms ------------------------------------------------------------------------------------------------------

    /// `ln x`
    static FloatVector log(FloatVector x) {
        VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector bits = x.mul(ONE.blend(0x1p23f, small)).reinterpretAsInts();
        IntVector e = bits.sub(0x3f2aaaab).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(e.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1);
        FloatVector n = toFloats(e).sub(ZERO.blend(23, small));
        FloatVector edge = NAN.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
        return logOnePlus(f, ZERO, n)
                .blend(edge, x.compare(VectorOperators.LE, 0))
                .blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
    }

    /// `ln(1 + x)` for `-1 < x < ∞`
    static FloatVector log1p(FloatVector x) {
        FloatVector u = x.add(1);
        IntVector bits = u.reinterpretAsInts();
        IntVector e = bits.sub(0x3f2aaaab).lanewise(VectorOperators.ASHR, 23);
        IntVector back = e.lanewise(VectorOperators.LSHL, 23);
        VectorMask<Float> small = x.compare(VectorOperators.LT, 0x1p24f);
        FloatVector s = back.neg().add(ONE_BITS).reinterpretAsFloats();
        FloatVector s1 = s.sub(1);
        FloatVector f = bits.sub(back).reinterpretAsFloats().sub(1).blend(x.fma(s, s1), small);
        FloatVector low = ZERO.blend(x.fma(s, s1.sub(f)), small.and(x.compare(VectorOperators.GT, 0)));
        return withSign(logOnePlus(f, low.mul(ONE.sub(f)), toFloats(e)), x);
    }

    private static FloatVector logOnePlus(FloatVector f, FloatVector low, FloatVector n) {
        FloatVector p = LOG_7.fma(f, LOG_6);
        p = p.fma(f, LOG_5);
        p = p.fma(f, LOG_4);
        p = p.fma(f, LOG_3);
        p = p.fma(f, LOG_2);
        p = p.fma(f, LOG_1);
        p = p.fma(f, LOG_0);
        FloatVector tail = n.fma(LN2_LOW, p.fma(f, MINUS_HALF).fma(f.mul(f), low));
        return n.fma(LN2_HIGH, f.add(tail));
    }

    // Trigonometry ----------------------------------------------------------------------------------------------------

    /// `sin x` for `|x| <= TRIG_LIMIT`
    static FloatVector sinInRange(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector shifted = t.fma(TWO_OVER_PI, ROUNDER);
        IntVector quadrant = shifted.reinterpretAsInts();
        FloatVector y = quarterWave(t, shifted.sub(ROUNDER), quadrant);
        return y.reinterpretAsInts()
                .lanewise(VectorOperators.XOR, x.reinterpretAsInts().and(SIGN))
                .reinterpretAsFloats();
    }

    /// `cos x` for `|x| <= TRIG_LIMIT`
    static FloatVector cosInRange(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector shifted = t.fma(TWO_OVER_PI, ROUNDER);
        return quarterWave(t, shifted.sub(ROUNDER), shifted.reinterpretAsInts().add(1));
    }

    /// Only the two lowest bits of `quadrant` count.
    private static FloatVector quarterWave(FloatVector t, FloatVector n, IntVector quadrant) {
        FloatVector exact = n.fma(MINUS_HALF_PI_1, t);
        FloatVector w = n.mul(HALF_PI_2);
        FloatVector r = exact.sub(w);
        FloatVector low = n.fma(MINUS_HALF_PI_3, exact.sub(r).sub(w).sub(n.fma(HALF_PI_2, w.neg())));
        FloatVector s = r.mul(r);
        FloatVector sine = SIN_2.fma(s, SIN_1).fma(s, SIN_0).fma(s.mul(r), low).add(r);
        FloatVector half = s.mul(0.5f);
        FloatVector top = ONE.sub(half);
        FloatVector rest = r.neg().fma(low, ONE.sub(top).sub(half));
        FloatVector cosine =
                COS_2.fma(s, COS_1).fma(s, COS_0).fma(s.mul(s), rest).add(top);
        VectorMask<Float> odd = quadrant.and(1).compare(VectorOperators.NE, 0).cast(F);
        return sine.blend(cosine, odd)
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, quadrant.and(2).lanewise(VectorOperators.LSHL, 30))
                .reinterpretAsFloats();
    }

    // The error function ----------------------------------------------------------------------------------------------

    /// `erf x`
    static FloatVector erf(FloatVector x) {
        FloatVector t = size(x, 4);
        FloatVector s = t.mul(t);
        FloatVector p = ERF_6.fma(s, ERF_5);
        p = p.fma(s, ERF_4);
        p = p.fma(s, ERF_3);
        p = p.fma(s, ERF_2);
        p = p.fma(s, ERF_1);
        p = p.fma(s, ERF_0);
        FloatVector near = p.fma(t, t);
        FloatVector q = ERFC_6.fma(t, ERFC_5);
        q = q.fma(t, ERFC_4);
        q = q.fma(t, ERFC_3);
        q = q.fma(t, ERFC_2);
        q = q.fma(t, ERFC_1);
        q = q.fma(t, ERFC_0);
        FloatVector far = ONE.sub(shortExp(q.neg()));
        return withSign(far.blend(near, t.compare(VectorOperators.LE, 0.925f)), x);
    }

    // Rounding and signs ----------------------------------------------------------------------------------------------

    /// The nearest integer, halves to the even one; keeps the sign of zero.
    static FloatVector round(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector whole = t.add(0x1p23f).sub(0x1p23f);
        return withSign(t.blend(whole, t.compare(VectorOperators.LT, 0x1p23f)), x);
    }

    /// The largest integer not above; keeps the sign of zero.
    static FloatVector floor(FloatVector x) {
        FloatVector r = round(x);
        return r.sub(ZERO.blend(1, r.compare(VectorOperators.GT, x)));
    }

    /// -1, 0 or 1; keeps the sign of zero.
    static FloatVector sign(FloatVector x) {
        VectorMask<Float> number = x.compare(VectorOperators.NE, 0).and(x.compare(VectorOperators.EQ, x));
        return x.blend(withSign(ONE, x), number);
    }

    /// `y` with the sign bit of `x` set as well: `y` with the sign of `x`, where `y` is not negative or both
    /// are.
    private static FloatVector withSign(FloatVector y, FloatVector x) {
        return y.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }

    private static FloatVector toFloats(IntVector v) {
        return (FloatVector) v.convertShape(VectorOperators.I2F, F, 0);
    }
}

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
///
/// Exponentials, logarithms and the error function are written out, with no call but to the Vector API. Where one
/// method holds
/// two of them, C2 is past its limit of nodes at the second: what the JDK marks to be inlined still is, but
/// functions of ours would be called, with their vectors in objects. An LSTM, which needs [#sigmoid] and
/// [#tanh], took a third longer in some processes so.
///
/// The exponential functions take their constants as ints: see [VectorCoefficients.Bits].
///
/// Numbers are kept within limits by a comparison and a choice: the API's own `min` and `max` also order zeros and
/// let NaN win, at the cost of more instructions.
final class VectorMath {
    private VectorMath() {}

    // Exponentials ----------------------------------------------------------------------------------------------------

    /// `e^x`
    static FloatVector exp(FloatVector x) {
        FloatVector c = x.blend(Bits.EXP_LEAST.reinterpretAsFloats(), x.lt(Bits.EXP_LEAST.reinterpretAsFloats()));
        c = c.blend(
                Bits.EXP_MOST.reinterpretAsFloats(),
                Bits.EXP_MOST.reinterpretAsFloats().lt(c));
        FloatVector t = c.fma(Bits.LOG2_E.reinterpretAsFloats(), Bits.ROUNDER.reinterpretAsFloats());
        FloatVector n = t.sub(Bits.ROUNDER.reinterpretAsFloats());
        FloatVector r =
                n.fma(Bits.MINUS_LN2_LOW.reinterpretAsFloats(), n.fma(Bits.MINUS_LN2_HIGH.reinterpretAsFloats(), c));
        FloatVector p = Bits.EXP_5
                .reinterpretAsFloats()
                .fma(r, Bits.EXP_4.reinterpretAsFloats())
                .fma(r, Bits.EXP_3.reinterpretAsFloats())
                .fma(r, Bits.EXP_2.reinterpretAsFloats())
                .fma(r, Bits.EXP_1.reinterpretAsFloats());
        p = p.fma(r, Bits.EXP_0.reinterpretAsFloats()).fma(r.mul(r), r).add(Bits.ONE.reinterpretAsFloats());
        // the two halves of 2^n; of the rounder's bits none are left in the exponent
        IntVector k = t.reinterpretAsInts();
        IntVector h = k.lanewise(VectorOperators.ASHR, 1);
        p = p.mul(h.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats());
        k = k.sub(h);
        return p.mul(k.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats());
    }

    /// `e^x - 1`
    static FloatVector expm1(FloatVector x) {
        FloatVector c = x.blend(EXPM1_LEAST, x.lt(EXPM1_LEAST));
        c = c.blend(
                Bits.EXP_MOST.reinterpretAsFloats(),
                Bits.EXP_MOST.reinterpretAsFloats().lt(c));
        FloatVector t = c.fma(Bits.LOG2_E.reinterpretAsFloats(), Bits.ROUNDER.reinterpretAsFloats());
        FloatVector n = t.sub(Bits.ROUNDER.reinterpretAsFloats());
        FloatVector r =
                n.fma(Bits.MINUS_LN2_LOW.reinterpretAsFloats(), n.fma(Bits.MINUS_LN2_HIGH.reinterpretAsFloats(), c));
        FloatVector p = Bits.EXP_5
                .reinterpretAsFloats()
                .fma(r, Bits.EXP_4.reinterpretAsFloats())
                .fma(r, Bits.EXP_3.reinterpretAsFloats())
                .fma(r, Bits.EXP_2.reinterpretAsFloats())
                .fma(r, Bits.EXP_1.reinterpretAsFloats());
        p = p.fma(r, Bits.EXP_0.reinterpretAsFloats()).mul(r.mul(r));
        IntVector k = t.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector over = k.sub(127).max(0);
        k = k.sub(over);
        FloatVector s = k.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
        FloatVector more = over.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
        FloatVector y =
                s.fma(p, s.fma(r, s.sub(Bits.ONE.reinterpretAsFloats()))).mul(more);
        return y.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }

    /// `1 / (1 + e^-x)`; the exponential is that of [#exp], of no number above 0.
    static FloatVector sigmoid(FloatVector x) {
        FloatVector c = x.abs().neg();
        c = c.blend(Bits.EXP_LEAST.reinterpretAsFloats(), c.lt(Bits.EXP_LEAST.reinterpretAsFloats()));
        FloatVector t = c.fma(Bits.LOG2_E.reinterpretAsFloats(), Bits.ROUNDER.reinterpretAsFloats());
        FloatVector n = t.sub(Bits.ROUNDER.reinterpretAsFloats());
        FloatVector r =
                n.fma(Bits.MINUS_LN2_LOW.reinterpretAsFloats(), n.fma(Bits.MINUS_LN2_HIGH.reinterpretAsFloats(), c));
        FloatVector p = Bits.EXP_5
                .reinterpretAsFloats()
                .fma(r, Bits.EXP_4.reinterpretAsFloats())
                .fma(r, Bits.EXP_3.reinterpretAsFloats())
                .fma(r, Bits.EXP_2.reinterpretAsFloats())
                .fma(r, Bits.EXP_1.reinterpretAsFloats());
        p = p.fma(r, Bits.EXP_0.reinterpretAsFloats()).fma(r.mul(r), r).add(Bits.ONE.reinterpretAsFloats());
        IntVector k = t.reinterpretAsInts();
        IntVector h = k.lanewise(VectorOperators.ASHR, 1);
        p = p.mul(h.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats());
        k = k.sub(h);
        p = p.mul(k.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats());
        return p.blend(Bits.ONE.reinterpretAsFloats(), ZERO.lt(x)).div(p.add(Bits.ONE.reinterpretAsFloats()));
    }

    /// `(e^2x - 1) / (e^2x + 1)`; up to 20 the bits of [#exp] take fewer steps.
    static FloatVector tanh(FloatVector x) {
        FloatVector t = x.abs();
        t = t.blend(TANH_MOST, TANH_MOST.lt(t));
        FloatVector s = t.mul(t);
        FloatVector p = TANH_4.fma(s, TANH_3).fma(s, TANH_2).fma(s, TANH_1).fma(s, TANH_0);
        FloatVector near = p.fma(s.mul(t), t);
        FloatVector c = t.add(t);
        FloatVector k = c.fma(Bits.LOG2_E.reinterpretAsFloats(), Bits.ROUNDER.reinterpretAsFloats());
        FloatVector n = k.sub(Bits.ROUNDER.reinterpretAsFloats());
        FloatVector r =
                n.fma(Bits.MINUS_LN2_LOW.reinterpretAsFloats(), n.fma(Bits.MINUS_LN2_HIGH.reinterpretAsFloats(), c));
        FloatVector e = Bits.EXP_5
                .reinterpretAsFloats()
                .fma(r, Bits.EXP_4.reinterpretAsFloats())
                .fma(r, Bits.EXP_3.reinterpretAsFloats())
                .fma(r, Bits.EXP_2.reinterpretAsFloats())
                .fma(r, Bits.EXP_1.reinterpretAsFloats());
        e = e.fma(r, Bits.EXP_0.reinterpretAsFloats()).fma(r.mul(r), r).add(Bits.ONE.reinterpretAsFloats());
        IntVector bits = k.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        e = e.mul(bits.add(ONE_BITS).reinterpretAsFloats());
        FloatVector y = Bits.ONE
                .reinterpretAsFloats()
                .sub(TWO.div(e.add(Bits.ONE.reinterpretAsFloats())))
                .blend(near, t.compare(VectorOperators.LE, TANH_NEAR));
        return y.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }

    // Logarithms ------------------------------------------------------------------------------------------------------

    /// `ln x`
    static FloatVector log(FloatVector x) {
        VectorMask<Float> small = x.lt(MIN_NORMAL);
        IntVector bits = x.mul(ONE.blend(TWO_23, small)).reinterpretAsInts();
        IntVector e = bits.sub(LOG_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(e.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(ONE);
        FloatVector n = ((FloatVector) e.convertShape(VectorOperators.I2F, F, 0)).sub(ZERO.blend(EXPONENT_23, small));
        FloatVector p = LOG_7.fma(f, LOG_6).fma(f, LOG_5).fma(f, LOG_4).fma(f, LOG_3);
        p = p.fma(f, LOG_2).fma(f, LOG_1).fma(f, LOG_0);
        FloatVector tail = n.fma(LN2_LOW, p.fma(f, MINUS_HALF).fma(f.mul(f), ZERO));
        FloatVector y = n.fma(LN2_HIGH, f.add(tail));
        FloatVector edge = NAN.blend(MINUS_INFINITY, x.eq(ZERO));
        return y.blend(edge, x.compare(VectorOperators.LE, ZERO))
                .blend(x, x.lt(INFINITY).not());
    }

    /// `ln(1 + x)` for `-1 < x < ∞`
    static FloatVector log1p(FloatVector x) {
        FloatVector u = x.add(ONE);
        IntVector bits = u.reinterpretAsInts();
        IntVector e = bits.sub(LOG_BITS).lanewise(VectorOperators.ASHR, 23);
        IntVector back = e.lanewise(VectorOperators.LSHL, 23);
        VectorMask<Float> small = x.lt(TWO_24);
        FloatVector s = back.neg().add(ONE_BITS).reinterpretAsFloats();
        FloatVector s1 = s.sub(ONE);
        FloatVector f = bits.sub(back).reinterpretAsFloats().sub(ONE).blend(x.fma(s, s1), small);
        FloatVector low = ZERO.blend(x.fma(s, s1.sub(f)), small.and(ZERO.lt(x))).mul(ONE.sub(f));
        FloatVector n = (FloatVector) e.convertShape(VectorOperators.I2F, F, 0);
        FloatVector p = LOG_7.fma(f, LOG_6).fma(f, LOG_5).fma(f, LOG_4).fma(f, LOG_3);
        p = p.fma(f, LOG_2).fma(f, LOG_1).fma(f, LOG_0);
        FloatVector tail = n.fma(LN2_LOW, p.fma(f, MINUS_HALF).fma(f.mul(f), low));
        FloatVector y = n.fma(LN2_HIGH, f.add(tail));
        return y.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
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

    /// `1 - erf |x|`, as far as [#erf] uses it: what it takes in constants leaves no registers for the rest.
    static FloatVector erfc(FloatVector x) {
        FloatVector t = x.abs();
        t = t.blend(
                Bits.ERF_MOST.reinterpretAsFloats(),
                Bits.ERF_MOST.reinterpretAsFloats().lt(t));
        FloatVector q = Bits.ERFC_6
                .reinterpretAsFloats()
                .fma(t, Bits.ERFC_5.reinterpretAsFloats())
                .fma(t, Bits.ERFC_4.reinterpretAsFloats())
                .fma(t, Bits.ERFC_3.reinterpretAsFloats());
        FloatVector c = q.fma(t, Bits.ERFC_2.reinterpretAsFloats())
                .fma(t, Bits.ERFC_1.reinterpretAsFloats())
                .fma(t, Bits.ERFC_0.reinterpretAsFloats())
                .neg();
        FloatVector k = c.fma(Bits.LOG2_E.reinterpretAsFloats(), Bits.ROUNDER.reinterpretAsFloats());
        FloatVector n = k.sub(Bits.ROUNDER.reinterpretAsFloats());
        FloatVector r =
                n.fma(Bits.MINUS_LN2_LOW.reinterpretAsFloats(), n.fma(Bits.MINUS_LN2_HIGH.reinterpretAsFloats(), c));
        FloatVector e = Bits.EXP_5
                .reinterpretAsFloats()
                .fma(r, Bits.EXP_4.reinterpretAsFloats())
                .fma(r, Bits.EXP_3.reinterpretAsFloats())
                .fma(r, Bits.EXP_2.reinterpretAsFloats())
                .fma(r, Bits.EXP_1.reinterpretAsFloats());
        e = e.fma(r, Bits.EXP_0.reinterpretAsFloats()).fma(r.mul(r), r).add(Bits.ONE.reinterpretAsFloats());
        IntVector bits = k.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return e.mul(bits.add(ONE_BITS).reinterpretAsFloats());
    }

    /// `erf x`, given `z` = [#erfc]: `1 - z`, or a polynomial where that would cancel.
    static FloatVector erf(FloatVector x, FloatVector z) {
        FloatVector t = x.abs();
        t = t.blend(
                Bits.ERF_MOST.reinterpretAsFloats(),
                Bits.ERF_MOST.reinterpretAsFloats().lt(t));
        FloatVector s = t.mul(t);
        FloatVector p = Bits.ERF_6
                .reinterpretAsFloats()
                .fma(s, Bits.ERF_5.reinterpretAsFloats())
                .fma(s, Bits.ERF_4.reinterpretAsFloats())
                .fma(s, Bits.ERF_3.reinterpretAsFloats())
                .fma(s, Bits.ERF_2.reinterpretAsFloats())
                .fma(s, Bits.ERF_1.reinterpretAsFloats())
                .fma(s, Bits.ERF_0.reinterpretAsFloats());
        FloatVector near = p.fma(t, t);
        FloatVector y = Bits.ONE
                .reinterpretAsFloats()
                .sub(z)
                .blend(near, t.compare(VectorOperators.LE, Bits.ERF_NEAR.reinterpretAsFloats()));
        return y.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
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
}

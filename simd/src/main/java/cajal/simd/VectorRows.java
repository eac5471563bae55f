package cajal.simd;

import static cajal.kernel.RowTransform.FAR;
import static cajal.kernel.RowTransform.FAR_2;
import static cajal.kernel.RowTransform.FAR_3;
import static cajal.kernel.RowTransform.NEAR;
import static cajal.kernel.RowTransform.NEAR_2;
import static cajal.kernel.RowTransform.NEAR_3;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.RowTransform;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// The transforms of [RowTransform], a vector of places at a time; the formulas are explained there.
final class VectorRows {
    private static final float[] ZEROS = new float[VL]; // a row outside of the picture

    private VectorRows() {}

    static void transform(
            RowTransform which,
            float[] from,
            int at,
            int step,
            int first,
            int end,
            float offset,
            float[] to,
            int start,
            int apart,
            int n,
            int times,
            int on,
            int into) {
        int many = times; // that are computed in vectors, the others one by one
        if (which == RowTransform.GRADIENT) {
            if (first > 0 || end < 4) many = 0;
            gradients(from, at, step, to, start, apart, n, many, on, into);
        } else {
            if (which == RowTransform.OUTPUT && (first > 0 || end < 1)) many = 0;
            int reach = Math.max(0, 5 * step) + VL; // flipped views have negative steps
            while (n < VL && many > 0 && at + Math.max(0, (many - 1) * on) + reach > from.length) many--;
            if (which == RowTransform.INPUT) {
                if (n < VL) fewInputs(from, at, step, first, end, to, start, apart, n, many, on, into);
                else inputs(from, at, step, first, end, to, start, apart, n, many, on, into);
            } else if (n < VL) {
                fewOutputs(from, at, step, end, offset, to, start, apart, n, many, on, into);
            } else {
                outputs(from, at, step, end, offset, to, start, apart, n, many, on, into);
            }
        }
        for (int t = many; t < times; t++) {
            which.apply(from, at + t * on, step, first, end, offset, to, start + t * into, apart, n);
        }
    }

    private static FloatVector load(float[] a, int i) {
        return FloatVector.fromArray(F, a, i);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(F, value);
    }

    private static void inputs(
            float[] from,
            int at,
            int step,
            int first,
            int end,
            float[] to,
            int start,
            int apart,
            int n,
            int times,
            int on,
            int into) {
        FloatVector near = all(NEAR), minusNear = all(-NEAR), far = all(FAR), minusFar = all(-FAR);
        FloatVector minusNear2 = all(-NEAR_2), minusFar2 = all(-FAR_2);
        FloatVector product = all(NEAR_2 * FAR_2), minusSum = all(-NEAR_2 - FAR_2);
        float[] a0 = first <= 0 && 0 < end ? from : ZEROS, a1 = first <= 1 && 1 < end ? from : ZEROS;
        float[] a2 = first <= 2 && 2 < end ? from : ZEROS, a3 = first <= 3 && 3 < end ? from : ZEROS;
        float[] a4 = first <= 4 && 4 < end ? from : ZEROS, a5 = first <= 5 && 5 < end ? from : ZEROS;
        for (int t = 0; t < times; t++, at += on, start += into) {
            for (int v = 0; v * VL < n; v++) {
                int i = Math.min(v * VL, n - VL); // the last ones again, some of them for the second time
                FloatVector d0 = load(a0, a0 == from ? at + 0 * step + i : 0);
                FloatVector d1 = load(a1, a1 == from ? at + 1 * step + i : 0);
                FloatVector d2 = load(a2, a2 == from ? at + 2 * step + i : 0);
                FloatVector d3 = load(a3, a3 == from ? at + 3 * step + i : 0);
                FloatVector d4 = load(a4, a4 == from ? at + 4 * step + i : 0);
                FloatVector d5 = load(a5, a5 == from ? at + 5 * step + i : 0);
                FloatVector even = d2.fma(minusFar2, d4), odd = d1.fma(minusFar2, d3);
                FloatVector evenFar = d2.fma(minusNear2, d4), oddFar = d1.fma(minusNear2, d3);
                d0.fma(product, d2.fma(minusSum, d4)).intoArray(to, start + 0 * apart + i);
                odd.fma(near, even).intoArray(to, start + 1 * apart + i);
                odd.fma(minusNear, even).intoArray(to, start + 2 * apart + i);
                oddFar.fma(far, evenFar).intoArray(to, start + 3 * apart + i);
                oddFar.fma(minusFar, evenFar).intoArray(to, start + 4 * apart + i);
                d1.fma(product, d3.fma(minusSum, d5)).intoArray(to, start + 5 * apart + i);
            }
        }
    }

    /// Fewer places than a vector has: it reads whole vectors, and writes what it was asked for. With masked reads,
    /// too, the compiler gave up in about half of all processes, and made an object of each vector.
    private static void fewInputs(
            float[] from,
            int at,
            int step,
            int first,
            int end,
            float[] to,
            int start,
            int apart,
            int n,
            int times,
            int on,
            int into) {
        VectorMask<Float> few = F.indexInRange(0, n);
        FloatVector near = all(NEAR), minusNear = all(-NEAR), far = all(FAR), minusFar = all(-FAR);
        FloatVector minusNear2 = all(-NEAR_2), minusFar2 = all(-FAR_2);
        FloatVector product = all(NEAR_2 * FAR_2), minusSum = all(-NEAR_2 - FAR_2);
        float[] a0 = first <= 0 && 0 < end ? from : ZEROS, a1 = first <= 1 && 1 < end ? from : ZEROS;
        float[] a2 = first <= 2 && 2 < end ? from : ZEROS, a3 = first <= 3 && 3 < end ? from : ZEROS;
        float[] a4 = first <= 4 && 4 < end ? from : ZEROS, a5 = first <= 5 && 5 < end ? from : ZEROS;
        for (int t = 0; t < times; t++, at += on, start += into) {
            FloatVector d0 = load(a0, a0 == from ? at + 0 * step : 0);
            FloatVector d1 = load(a1, a1 == from ? at + 1 * step : 0);
            FloatVector d2 = load(a2, a2 == from ? at + 2 * step : 0);
            FloatVector d3 = load(a3, a3 == from ? at + 3 * step : 0);
            FloatVector d4 = load(a4, a4 == from ? at + 4 * step : 0);
            FloatVector d5 = load(a5, a5 == from ? at + 5 * step : 0);
            FloatVector even = d2.fma(minusFar2, d4), odd = d1.fma(minusFar2, d3);
            FloatVector evenFar = d2.fma(minusNear2, d4), oddFar = d1.fma(minusNear2, d3);
            d0.fma(product, d2.fma(minusSum, d4)).intoArray(to, start + 0 * apart, few);
            odd.fma(near, even).intoArray(to, start + 1 * apart, few);
            odd.fma(minusNear, even).intoArray(to, start + 2 * apart, few);
            oddFar.fma(far, evenFar).intoArray(to, start + 3 * apart, few);
            oddFar.fma(minusFar, evenFar).intoArray(to, start + 4 * apart, few);
            d1.fma(product, d3.fma(minusSum, d5)).intoArray(to, start + 5 * apart, few);
        }
    }

    private static void outputs(
            float[] from,
            int at,
            int step,
            int end,
            float offset,
            float[] to,
            int start,
            int apart,
            int n,
            int times,
            int on,
            int into) {
        FloatVector near = all(NEAR), near2 = all(NEAR_2), near3 = all(NEAR_3), plus = all(offset);
        FloatVector far = all(FAR), far2 = all(FAR_2), far3 = all(FAR_3);
        for (int t = 0; t < times; t++, at += on, start += into) {
            for (int v = 0; v * VL < n; v++) {
                int i = Math.min(v * VL, n - VL); // the last ones again, some of them for the second time
                FloatVector p1 = load(from, at + 1 * step + i),
                        p2 = load(from, at + 2 * step + i),
                        p3 = load(from, at + 3 * step + i),
                        p4 = load(from, at + 4 * step + i);
                FloatVector even = p1.add(p2), odd = p1.sub(p2), evenFar = p3.add(p4), oddFar = p3.sub(p4);
                load(from, at + 0 * step + i).add(even).add(evenFar).add(plus).intoArray(to, start + 0 * apart + i);
                if (end > 1) odd.fma(near, oddFar.fma(far, plus)).intoArray(to, start + 1 * apart + i);
                if (end > 2) even.fma(near2, evenFar.fma(far2, plus)).intoArray(to, start + 2 * apart + i);
                if (end > 3)
                    odd.fma(
                                    near3,
                                    oddFar.fma(
                                            far3, load(from, at + 5 * step + i).add(plus)))
                            .intoArray(to, start + 3 * apart + i);
            }
        }
    }

    private static void fewOutputs(
            float[] from,
            int at,
            int step,
            int end,
            float offset,
            float[] to,
            int start,
            int apart,
            int n,
            int times,
            int on,
            int into) {
        VectorMask<Float> few = F.indexInRange(0, n);
        FloatVector near = all(NEAR), near2 = all(NEAR_2), near3 = all(NEAR_3), plus = all(offset);
        FloatVector far = all(FAR), far2 = all(FAR_2), far3 = all(FAR_3);
        for (int t = 0; t < times; t++, at += on, start += into) {
            FloatVector p1 = load(from, at + 1 * step),
                    p2 = load(from, at + 2 * step),
                    p3 = load(from, at + 3 * step),
                    p4 = load(from, at + 4 * step);
            FloatVector even = p1.add(p2), odd = p1.sub(p2), evenFar = p3.add(p4), oddFar = p3.sub(p4);
            load(from, at + 0 * step).add(even).add(evenFar).add(plus).intoArray(to, start + 0 * apart, few);
            if (end > 1) odd.fma(near, oddFar.fma(far, plus)).intoArray(to, start + 1 * apart, few);
            if (end > 2) even.fma(near2, evenFar.fma(far2, plus)).intoArray(to, start + 2 * apart, few);
            if (end > 3)
                odd.fma(near3, oddFar.fma(far3, load(from, at + 5 * step).add(plus)))
                        .intoArray(to, start + 3 * apart, few);
        }
    }

    /// In place, too, so that nothing may be done twice.
    private static void gradients(
            float[] from, int at, int step, float[] to, int start, int apart, int n, int times, int on, int into) {
        int whole = n - n % VL;
        for (int t = 0; t < times; t++, at += on, start += into) {
            gradient(from, at, step, to, start, apart, whole);
            RowTransform.GRADIENT.apply(from, at + whole, step, 0, 4, 0, to, start + whole, apart, n - whole);
        }
    }

    private static void gradient(float[] from, int at, int step, float[] to, int start, int apart, int n) {
        FloatVector near = all(NEAR), minusNear = all(-NEAR), far = all(FAR), minusFar = all(-FAR);
        FloatVector near2 = all(NEAR_2), far2 = all(FAR_2);
        for (int i = 0; i < n; i += VL) {
            int f = at + i, t = start + i;
            FloatVector e0 = load(from, f), e1 = load(from, f + step);
            FloatVector e2 = load(from, f + 2 * step), e3 = load(from, f + 3 * step);
            FloatVector even = e2.fma(near2, e0), odd = e3.fma(near2, e1);
            FloatVector evenFar = e2.fma(far2, e0), oddFar = e3.fma(far2, e1);
            e0.intoArray(to, t);
            odd.fma(near, even).intoArray(to, t + apart);
            odd.fma(minusNear, even).intoArray(to, t + 2 * apart);
            oddFar.fma(far, evenFar).intoArray(to, t + 3 * apart);
            oddFar.fma(minusFar, evenFar).intoArray(to, t + 4 * apart);
            e3.intoArray(to, t + 5 * apart);
        }
    }
}

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

/// The transforms of [RowTransform], a vector of places at a time; the formulas are explained there.
final class VectorRows {
    private VectorRows() {}

    static void transform(RowTransform which, float[] a, int at, int step, float offset, int n) {
        int whole = n - n % VL;
        switch (which) {
            case INPUT -> input(a, at, step, whole);
            case OUTPUT -> output(a, at, step, offset, whole);
            case GRADIENT -> gradient(a, at, step, whole);
        }
        if (whole < n) {
            which.apply(a, at + whole, step, offset, n - whole);
        }
    }

    private static FloatVector load(float[] a, int i) {
        return FloatVector.fromArray(F, a, i);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(F, value);
    }

    private static void input(float[] a, int at, int step, int n) {
        FloatVector near = all(NEAR), minusNear = all(-NEAR), far = all(FAR), minusFar = all(-FAR);
        FloatVector minusNear2 = all(-NEAR_2), minusFar2 = all(-FAR_2);
        FloatVector product = all(NEAR_2 * FAR_2), minusSum = all(-NEAR_2 - FAR_2);
        for (int i = at; i < at + n; i += VL) {
            int i1 = i + step, i2 = i1 + step, i3 = i2 + step, i4 = i3 + step, i5 = i4 + step;
            FloatVector d0 = load(a, i), d1 = load(a, i1), d2 = load(a, i2);
            FloatVector d3 = load(a, i3), d4 = load(a, i4), d5 = load(a, i5);
            FloatVector even = d2.fma(minusFar2, d4), odd = d1.fma(minusFar2, d3);
            FloatVector evenFar = d2.fma(minusNear2, d4), oddFar = d1.fma(minusNear2, d3);
            d0.fma(product, d2.fma(minusSum, d4)).intoArray(a, i);
            odd.fma(near, even).intoArray(a, i1);
            odd.fma(minusNear, even).intoArray(a, i2);
            oddFar.fma(far, evenFar).intoArray(a, i3);
            oddFar.fma(minusFar, evenFar).intoArray(a, i4);
            d1.fma(product, d3.fma(minusSum, d5)).intoArray(a, i5);
        }
    }

    private static void output(float[] a, int at, int step, float offset, int n) {
        FloatVector near = all(NEAR), near2 = all(NEAR_2), near3 = all(NEAR_3), plus = all(offset);
        FloatVector far = all(FAR), far2 = all(FAR_2), far3 = all(FAR_3);
        for (int i = at; i < at + n; i += VL) {
            int i1 = i + step, i2 = i1 + step, i3 = i2 + step, i4 = i3 + step;
            FloatVector p1 = load(a, i1), p2 = load(a, i2), p3 = load(a, i3), p4 = load(a, i4);
            FloatVector even = p1.add(p2), odd = p1.sub(p2), evenFar = p3.add(p4), oddFar = p3.sub(p4);
            load(a, i).add(even).add(evenFar).add(plus).intoArray(a, i);
            odd.fma(near, oddFar.fma(far, plus)).intoArray(a, i1);
            even.fma(near2, evenFar.fma(far2, plus)).intoArray(a, i2);
            odd.fma(near3, oddFar.fma(far3, load(a, i4 + step).add(plus))).intoArray(a, i3);
        }
    }

    private static void gradient(float[] a, int at, int step, int n) {
        FloatVector near = all(NEAR), minusNear = all(-NEAR), far = all(FAR), minusFar = all(-FAR);
        FloatVector near2 = all(NEAR_2), far2 = all(FAR_2);
        for (int i = at; i < at + n; i += VL) {
            int i1 = i + step, i2 = i1 + step, i3 = i2 + step, i4 = i3 + step;
            FloatVector e0 = load(a, i), e1 = load(a, i1), e2 = load(a, i2), e3 = load(a, i3);
            FloatVector even = e2.fma(near2, e0), odd = e3.fma(near2, e1);
            FloatVector evenFar = e2.fma(far2, e0), oddFar = e3.fma(far2, e1);
            odd.fma(near, even).intoArray(a, i1);
            odd.fma(minusNear, even).intoArray(a, i2);
            oddFar.fma(far, evenFar).intoArray(a, i3);
            oddFar.fma(minusFar, evenFar).intoArray(a, i4);
            e3.intoArray(a, i4 + step);
        }
    }
}

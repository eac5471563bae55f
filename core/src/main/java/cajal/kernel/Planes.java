package cajal.kernel;

import java.util.Arrays;

/// How a plane (line, picture or volume) is laid out so that a convolution moves over it one element at a
/// time: with zeros around, and cut into phases, so that element `q` of phase `r` of an axis is element
/// `q·stride + r - shift` of the plane.
///
/// In that layout a kernel's element is the same distance away from every output, and a convolution is a
/// sum of matrix products on neighbouring elements. What lies behind the last output of a row belongs to no
/// output: it is computed, and left out on the way back.
///
/// @param dims the plane's lengths
/// @param stride how many elements of an axis make one step; as many phases may there be
/// @param shift how many zeros stand before the first element; a negative number leaves elements out
/// @param phases how many phases are laid out
/// @param length how many elements each phase has along an axis
@SuppressWarnings("ArrayRecordComponent") // never compared or hashed
record Planes(int[] dims, int[] stride, int[] shift, int[] phases, int[] length) {
    private static final int OUTSIDE = Integer.MIN_VALUE;

    /// The elements of one phase.
    int phaseSize() {
        return product(length);
    }

    /// The elements of all phases.
    int size() {
        return product(phases) * phaseSize();
    }

    /// Whether the layout is the plane itself.
    boolean isPlain() {
        for (int s : shift) {
            if (s != 0) {
                return false;
            }
        }
        return Arrays.equals(dims, length) && product(phases) == 1;
    }

    static int product(int[] lengths) {
        int product = 1;
        for (int n : lengths) {
            product = Math.multiplyExact(product, n);
        }
        return product;
    }

    /// The step to the next element along each axis of a phase.
    int[] steps() {
        return steps(length);
    }

    private static int[] steps(int[] lengths) {
        int[] steps = new int[lengths.length];
        int step = 1;
        for (int i = steps.length - 1; i >= 0; i--) {
            steps[i] = step;
            step *= lengths[i];
        }
        return steps;
    }

    /// The rows of the layout, for planes whose axes have the given strides.
    PlaneRows rows(int[] strides) {
        int last = dims.length - 1;
        int n = length[last];
        int rows = phaseSize() / n;
        int[] start = new int[product(phases) * rows];
        int[] first = new int[start.length];
        int[] end = new int[start.length];
        for (int row = 0; row < start.length; row++) {
            int phase = row / rows;
            int base = rowStart(strides, phase, row % rows);
            if (base != OUTSIDE) {
                int r = phase % phases[last] - shift[last];
                first[row] = first(last, r, n);
                end[row] = end(last, r, n, first[row]);
                start[row] = base + (first[row] * stride[last] + r) * strides[last];
            }
        }
        return new PlaneRows(n, rows, stride[last] * strides[last], start, first, end);
    }

    /// The rows of the layout, for planes without gaps.
    PlaneRows rows() {
        return rows(steps(dims));
    }

    /// Where a row of a phase begins in the plane, but for the last axis; [#OUTSIDE] if it does not.
    private int rowStart(int[] strides, int phase, int row) {
        int base = 0;
        phase /= phases[phases.length - 1];
        for (int i = dims.length - 2; i >= 0; i--) {
            int u = row % length[i] * stride[i] + phase % phases[i] - shift[i];
            if (u < 0 || u >= dims[i]) {
                return OUTSIDE;
            }
            base += u * strides[i];
            row /= length[i];
            phase /= phases[i];
        }
        return base;
    }

    /// The first of `n` elements that lies in the plane.
    private int first(int axis, int r, int n) {
        return r >= 0 ? 0 : Math.min(n, (-r + stride[axis] - 1) / stride[axis]);
    }

    /// One behind the last of `n` elements that lies in the plane.
    private int end(int axis, int r, int n, int first) {
        return Math.clamp(Math.floorDiv(dims[axis] - 1 - r, stride[axis]) + 1, first, n);
    }
}

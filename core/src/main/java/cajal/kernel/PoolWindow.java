package cajal.kernel;

/// How the windows of pooling lie along one axis: window `o` looks at the positions `o·stride - padding +
/// t·dilation` for `t = 0 .. size-1`, of which those outside `0 .. n-1` are padding.
///
/// @param size the number of positions that a window looks at
/// @param stride the distance between windows
/// @param padding how many positions are thought before the first element and behind the last
/// @param dilation the distance between the positions of a window
/// @param ceil whether a last window that only begins inside counts too
public record PoolWindow(int size, int stride, int padding, int dilation, boolean ceil) {
    /// The window that leaves an axis as it is.
    public static final PoolWindow NONE = new PoolWindow(1, 1, 0, 1, false);

    /// Checks the constants.
    ///
    /// **Throws** [ShapeException] unless size, stride and dilation are at least 1 and the padding is at
    /// most half of what a window spans.
    public PoolWindow {
        if (size < 1 || stride < 1 || dilation < 1) {
            throw new ShapeException("Pooling with kernel " + size + ", stride " + stride + ", dilation " + dilation
                    + "\n  rule: each is at least 1");
        }
        if (padding < 0 || padding > size / 2) {
            throw new ShapeException("Pooling with kernel " + size + " and padding " + padding
                    + "\n  rule: 0 <= padding <= kernel / 2, so that no window holds padding alone");
        }
    }

    /// Windows side by side: the stride is the size.
    public static PoolWindow of(int size) {
        return new PoolWindow(size, size, 0, 1, false);
    }

    /// The number of windows along an axis of `n` elements; not positive if not even one fits.
    public long count(long n) {
        long room = n + 2L * padding - span();
        long count = Math.floorDiv(room + (ceil ? stride - 1 : 0), stride) + 1;
        return ceil && (count - 1) * stride >= n + padding ? count - 1 : count; // none begins in the padding behind
    }

    /// The number of positions from a window's first to its last.
    public long span() {
        return (size - 1L) * dilation + 1;
    }

    /// The first position of window `o` that is an element.
    int first(int o) {
        int at = o * stride - padding;
        return at >= 0 ? at : at + (-at + dilation - 1) / dilation * dilation;
    }

    /// The position behind the last one of window `o` that may be an element.
    int end(int o, int n) {
        return (int) Math.min(n, o * (long) stride - padding + span());
    }

    /// Position `t` of window `o`.
    int position(int o, int t) {
        return o * stride - padding + t * dilation;
    }

    /// The first window whose position `t` is not before the first element.
    int firstWith(int t) {
        int before = padding - t * dilation;
        return before <= 0 ? 0 : (before + stride - 1) / stride;
    }

    /// The window behind the last one of `count` whose position `t` is not behind the last element.
    int endWith(int t, int n, int count) {
        return Math.clamp(Math.floorDiv(n - 1 + padding - t * dilation, stride) + 1, 0, count);
    }

    /// The number of positions of window `o`, those in the padding included, those past it not.
    int positions(int o, int n) {
        int start = o * stride - padding;
        return (int) Math.min(start + span(), (long) n + padding) - start;
    }

    /// The number of elements in window `o` (of a window without dilation).
    int elements(int o, int n) {
        return end(o, n) - first(o);
    }

    /// Whether every window of `n` elements holds at least one of them.
    public boolean holdsElements(long n) {
        for (int o = 0; o < count(n); o++) {
            if (first(o) >= end(o, (int) n)) {
                return false;
            }
        }
        return true;
    }
}

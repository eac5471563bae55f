package cajal.kernel;

/// The counter-based random number generator Philox4x32-10: 128 random bits as a pure function of a 64-bit key
/// and a 128-bit counter, so that any element of any random tensor can be made alone, in any order, on any
/// thread.
///
/// **Source:** Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3.
public final class Philox {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9; // golden ratio
    private static final int W1 = 0xBB67AE85; // sqrt(3) - 1

    private Philox() {}

    /// Fills `out[0..3]` with the 128 bits that belong to the key and the counter `(lo, hi)`.
    public static void block(long key, long lo, long hi, int[] out) {
        int c0 = (int) lo;
        int c1 = (int) (lo >>> 32);
        int c2 = (int) hi;
        int c3 = (int) (hi >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xffffffffL) * (c0 & 0xffffffffL);
            long p1 = (M1 & 0xffffffffL) * (c2 & 0xffffffffL);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /// 64 random bits for the key and the counter.
    public static long bits(long key, long counter) {
        int[] out = new int[4];
        block(key, counter, 0, out);
        return ((long) out[1] << 32) | (out[0] & 0xffffffffL);
    }

    /// A double in [0, 1) made of the upper 53 of 64 bits.
    public static double unit(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }
}

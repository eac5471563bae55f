package cajal.kernel;

/// The counter-based random number generator Philox4x32-10: 128 random bits as a pure function of a 64-bit key
/// and a 128-bit counter, so that any element of any random tensor can be made alone, in any order, on any
/// thread.
///
/// **Source:** Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3.
public final class Philox {
    /// What a round multiplies the first word by.
    public static final int M0 = 0xD2511F53;

    /// What a round multiplies the third word by.
    public static final int M1 = 0xCD9E8D57;

    /// What is added to the key's lower half after a round: the golden ratio.
    public static final int W0 = 0x9E3779B9;

    /// What is added to the key's upper half after a round: the root of 3, less 1.
    public static final int W1 = 0xBB67AE85;

    private static final long LOW = 0xffffffffL;
    private static final int BLOCKS = 64;

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

    /// Fills `out[at … at + n - 1]` with uniform numbers in [0, 1), each of the first 64 bits of its block: those of
    /// the counters from `first` on, which may not reach 2³².
    ///
    /// Each round runs over many blocks, so that the compiler turns it into vector instructions: several
    /// times as fast as block by block.
    public static void uniform(long key, int first, float[] out, int at, int n) {
        long[] c0 = new long[BLOCKS], c1 = new long[BLOCKS], c2 = new long[BLOCKS], c3 = new long[BLOCKS];
        for (int i = 0; i < n; i += BLOCKS) {
            int count = Math.min(BLOCKS, n - i);
            for (int j = 0; j < BLOCKS; j++) {
                c0[j] = first + i + j;
                c1[j] = 0;
                c2[j] = 0;
                c3[j] = 0;
            }
            int k0 = (int) key, k1 = (int) (key >>> 32);
            for (int round = 0; round < 10; round++) {
                round(k0 & LOW, k1 & LOW, c0, c1, c2, c3);
                k0 += W0;
                k1 += W1;
            }
            for (int j = 0; j < count; j++) {
                out[at + i + j] = Math.min((float) unit(c1[j] << 32 | c0[j]), 1 - 0x1p-24f);
            }
        }
    }

    private static void round(long k0, long k1, long[] c0, long[] c1, long[] c2, long[] c3) {
        for (int j = 0; j < BLOCKS; j++) {
            long p0 = (M0 & LOW) * c0[j], p1 = (M1 & LOW) * c2[j];
            c0[j] = p1 >>> 32 ^ c1[j] ^ k0;
            c2[j] = p0 >>> 32 ^ c3[j] ^ k1;
            c1[j] = p1 & LOW;
            c3[j] = p0 & LOW;
        }
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

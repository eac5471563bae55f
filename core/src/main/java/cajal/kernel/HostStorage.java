package cajal.kernel;

import org.jspecify.annotations.Nullable;

/// Elements in one Java array on the heap.
///
/// Plain loops over arrays are what the JIT compiler turns into vector code, so kernels take the array
/// itself out of the subclass; [#at] and [#put] are the slow, readable door of the reference kernels.
public abstract sealed class HostStorage extends Storage {
    private int place = -1; // among what its recycler has lent; below 0: none of that
    private boolean lent; // whether a recycler ever lent it
    private int holders;

    private HostStorage(DType dtype, long size) {
        super(dtype, size);
    }

    /// The element at `i` as a double.
    public abstract double at(long i);

    /// Stores `value` at `i`, rounded to the element type; for integers truncated towards zero and, past the
    /// range, clamped to it; for booleans `value != 0`.
    public abstract void put(long i, double value);

    /// The Java array that holds the elements.
    ///
    /// **Throws** [RecycledException] if it was given to another storage.
    public abstract Object array();

    @Override
    public abstract boolean isGone();

    /// Gives the array away.
    abstract Object surrender();

    /// A storage of `size` zeros.
    ///
    /// **Throws** [ShapeException] for more than 2^31 - 9 elements: one Java array holds no more.
    public static HostStorage zeros(DType dtype, long size) {
        if (size > Integer.MAX_VALUE - 8) {
            throw new ShapeException("A tensor of " + size + " elements does not fit one Java array\n  rule: at most "
                    + (Integer.MAX_VALUE - 8) + " elements a tensor on the CPU\n  fix:  split it along its first axis");
        }
        int n = (int) size;
        return switch (dtype) {
            case F32 -> new Floats(new float[n]);
            case F64 -> new Doubles(new double[n]);
            case I64 -> new Longs(new long[n]);
            case I32 -> new Ints(new int[n]);
            case F16, BF16 -> new Halves(dtype, new short[n]);
            case BOOL, U8, I8 -> new Bytes(dtype, new byte[n]);
        };
    }

    /// A storage on an array of the kind that holds a type.
    static HostStorage on(DType dtype, Object array) {
        return switch (dtype) {
            case F32 -> new Floats((float[]) array);
            case F64 -> new Doubles((double[]) array);
            case I64 -> new Longs((long[]) array);
            case I32 -> new Ints((int[]) array);
            case F16, BF16 -> new Halves(dtype, (short[]) array);
            case BOOL, U8, I8 -> new Bytes(dtype, (byte[]) array);
        };
    }

    /// One type for all that are held by the same kind of array.
    static DType kind(DType dtype) {
        return switch (dtype) {
            case F16, BF16 -> DType.F16;
            case BOOL, U8, I8 -> DType.I8;
            default -> dtype;
        };
    }

    final int place() {
        return place;
    }

    /// Notes its place among what a recycler has lent; below 0 when its step is over.
    final void taken(int at) {
        place = at;
        lent = true;
    }

    /// Counts those that hold it up or down.
    final void holders(int more) {
        holders += more;
    }

    final boolean isHeld() {
        return holders > 0;
    }

    /// Whether it outlived its step because it was held, and is not held any more.
    final boolean isLeftOver() {
        return lent && place < 0 && holders == 0 && !isGone();
    }

    private static RecycledException gone() {
        return new RecycledException("The elements of this view were given to other tensors, because their step is over"
                + "\n  rule: what is computed inside Memory.step() lives until the scope is closed; the Trainer closes"
                + " one after each step\n  fix:  inside the step, keep() makes a copy that lasts");
    }

    /// `F32` elements.
    public static final class Floats extends HostStorage {
        private float @Nullable [] a;

        /// Wraps the array; it is not copied.
        public Floats(float[] a) {
            super(DType.F32, a.length);
            this.a = a;
        }

        @Override
        public float[] array() {
            float[] now = a;
            if (now == null) {
                throw gone();
            }
            return now;
        }

        @Override
        float[] surrender() {
            float[] last = array();
            a = null;
            return last;
        }

        @Override
        public boolean isGone() {
            return a == null;
        }

        @Override
        public double at(long i) {
            return array()[(int) i];
        }

        @Override
        public void put(long i, double value) {
            array()[(int) i] = (float) value;
        }
    }

    /// `F64` elements.
    public static final class Doubles extends HostStorage {
        private double @Nullable [] a;

        /// Wraps the array; it is not copied.
        public Doubles(double[] a) {
            super(DType.F64, a.length);
            this.a = a;
        }

        @Override
        public double[] array() {
            double[] now = a;
            if (now == null) {
                throw gone();
            }
            return now;
        }

        @Override
        double[] surrender() {
            double[] last = array();
            a = null;
            return last;
        }

        @Override
        public boolean isGone() {
            return a == null;
        }

        @Override
        public double at(long i) {
            return array()[(int) i];
        }

        @Override
        public void put(long i, double value) {
            array()[(int) i] = value;
        }
    }

    /// `I64` elements.
    public static final class Longs extends HostStorage {
        private long @Nullable [] a;

        /// Wraps the array; it is not copied.
        public Longs(long[] a) {
            super(DType.I64, a.length);
            this.a = a;
        }

        @Override
        public long[] array() {
            long[] now = a;
            if (now == null) {
                throw gone();
            }
            return now;
        }

        @Override
        long[] surrender() {
            long[] last = array();
            a = null;
            return last;
        }

        @Override
        public boolean isGone() {
            return a == null;
        }

        @Override
        public double at(long i) {
            return array()[(int) i];
        }

        @Override
        public void put(long i, double value) {
            array()[(int) i] = (long) value;
        }
    }

    /// `I32` elements.
    public static final class Ints extends HostStorage {
        private int @Nullable [] a;

        /// Wraps the array; it is not copied.
        public Ints(int[] a) {
            super(DType.I32, a.length);
            this.a = a;
        }

        @Override
        public int[] array() {
            int[] now = a;
            if (now == null) {
                throw gone();
            }
            return now;
        }

        @Override
        int[] surrender() {
            int[] last = array();
            a = null;
            return last;
        }

        @Override
        public boolean isGone() {
            return a == null;
        }

        @Override
        public double at(long i) {
            return array()[(int) i];
        }

        @Override
        public void put(long i, double value) {
            array()[(int) i] = (int) value;
        }
    }

    /// `F16` or `BF16` elements.
    public static final class Halves extends HostStorage {
        private short @Nullable [] a;

        /// Wraps the array of bit patterns; it is not copied.
        public Halves(DType dtype, short[] a) {
            super(dtype, a.length);
            this.a = a;
        }

        @Override
        public short[] array() {
            short[] now = a;
            if (now == null) {
                throw gone();
            }
            return now;
        }

        @Override
        short[] surrender() {
            short[] last = array();
            a = null;
            return last;
        }

        @Override
        public boolean isGone() {
            return a == null;
        }

        @Override
        public double at(long i) {
            short bits = array()[(int) i];
            return dtype() == DType.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
        }

        @Override
        public void put(long i, double value) {
            array()[(int) i] = dtype() == DType.F16 ? Float.floatToFloat16((float) value) : toBfloat16((float) value);
        }

        private static short toBfloat16(float x) {
            if (Float.isNaN(x)) {
                return 0x7fc0;
            }
            int bits = Float.floatToRawIntBits(x);
            return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16); // round half to even
        }
    }

    /// `BOOL`, `U8` or `I8` elements.
    public static final class Bytes extends HostStorage {
        private byte @Nullable [] a;

        /// Wraps the array; it is not copied.
        public Bytes(DType dtype, byte[] a) {
            super(dtype, a.length);
            this.a = a;
        }

        @Override
        public byte[] array() {
            byte[] now = a;
            if (now == null) {
                throw gone();
            }
            return now;
        }

        @Override
        byte[] surrender() {
            byte[] last = array();
            a = null;
            return last;
        }

        @Override
        public boolean isGone() {
            return a == null;
        }

        @Override
        public double at(long i) {
            byte b = array()[(int) i];
            return dtype() == DType.U8 ? b & 0xff : b;
        }

        @Override
        public void put(long i, double value) {
            array()[(int) i] = switch (dtype()) {
                case BOOL -> (byte) (value != 0 ? 1 : 0);
                case U8 -> (byte) Math.clamp((long) value, 0, 255);
                default -> (byte) Math.clamp((long) value, -128, 127);
            };
        }
    }
}

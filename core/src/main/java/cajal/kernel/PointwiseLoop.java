package cajal.kernel;

import java.util.Arrays;

/// Runs a program over all elements in blocks that fit the first-level cache: each instruction is one loop
/// over a block.
///
/// Axes that lie one behind the other in every operand are joined first. A block is some rows of the last two
/// joined axes; an operand whose block lies in one run is used where it is, others are copied (repeated,
/// converted) into a register.
final class PointwiseLoop {
    private static final int BLOCK = 512;
    private static final boolean[] NONE = {};

    private final FloatPrimitives primitives;
    private final Program program;
    private final View[] views; // inputs, then outputs
    private final int inputs;
    private final boolean[] copied; // inputs that are results as they are, beside others: targets may lie in them
    private final long[] dims; // joined
    private final int axes; // how many are left, at least two
    private final long[] strides; // of each view along the joined axes, with room for as many as dims
    private final int columns;
    private final int rows;
    private final int columnBlocks;
    private final int rowBlocks;
    private final int blocks;

    static boolean handles(View[] in, View[] out) {
        for (View v : out) {
            boolean known = v.dtype() == DType.F32 || v.dtype() == DType.BOOL;
            if (!known || !(v.storage() instanceof HostStorage)) {
                return false;
            }
        }
        for (View v : in) {
            boolean known = v.dtype() == DType.F32 || v.dtype() == DType.BOOL || isOneNumber(v);
            if (!known || !(v.storage() instanceof HostStorage)) {
                return false;
            }
        }
        return true;
    }

    /// Whether all elements of a view are one element of its storage.
    static boolean isOneNumber(View v) {
        if (v.size() == 1) {
            return true;
        }
        for (int i = 0; i < v.rank(); i++) {
            if (v.stride(i) != 0 && v.shape().dim(i) != 1) {
                return false;
            }
        }
        return true;
    }

    PointwiseLoop(FloatPrimitives primitives, Program program, View[] in, View[] out) {
        this.primitives = primitives;
        this.program = program;
        this.inputs = in.length;
        this.views = Arrays.copyOf(in, in.length + out.length);
        System.arraycopy(out, 0, views, in.length, out.length);
        this.copied = out.length > 1 ? new boolean[in.length] : NONE;
        for (int i = 0; i < out.length && out.length > 1; i++) {
            if (program.result(i) < in.length) {
                copied[program.result(i)] = true;
            }
        }
        int room = out[0].rank() + 2;
        this.dims = new long[room];
        this.strides = new long[views.length * room];
        int n = join(out[0].shape());
        while (n < 2) { // a leading axis of length 1
            System.arraycopy(dims, 0, dims, 1, n);
            dims[0] = 1;
            for (int v = 0; v < strides.length; v += room) {
                System.arraycopy(strides, v, strides, v + 1, n);
                strides[v] = 0;
            }
            n++;
        }
        this.axes = n;
        this.columns = (int) Math.min(BLOCK, dims[n - 1]);
        this.rows = (int) Math.min(dims[n - 2], Math.max(1, BLOCK / columns));
        this.columnBlocks = (int) ((dims[n - 1] + columns - 1) / columns);
        this.rowBlocks = (int) ((dims[n - 2] + rows - 1) / rows);
        long outer = 1;
        for (int i = 0; i < n - 2; i++) {
            outer *= dims[i];
        }
        this.blocks = Math.toIntExact(outer * rowBlocks * columnBlocks);
    }

    /// Joins neighbouring axes that are one run in every view; answers how many are left.
    private int join(Shape shape) {
        int n = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            long length = shape.dim(axis);
            if (length == 1) {
                continue;
            }
            boolean joins = n > 0;
            for (int v = 0; v < views.length && joins; v++) {
                joins = stride(v, n - 1) == views[v].stride(axis) * length;
            }
            if (joins) {
                dims[n - 1] *= length;
            } else {
                dims[n++] = length;
            }
            for (int v = 0; v < views.length; v++) {
                strides[v * dims.length + n - 1] = views[v].stride(axis);
            }
        }
        return n;
    }

    /// The step of a view along a joined axis.
    private long stride(int view, int axis) {
        return strides[view * dims.length + axis];
    }

    /// What a thread works with: where the operands and results of a block are.
    private final class Registers {
        final float[][] own = new float[program.registers()][]; // scratch
        final float[][] array = new float[own.length][];
        final int[] offset = new int[own.length];

        Registers() {
            for (int i = 0; i < program.constants(); i++) {
                int r = program.arguments() + i;
                own[r] = Scratch.shared().take(BLOCK);
                Arrays.fill(own[r], 0, Math.min(BLOCK, own[r].length), (float) program.constant(i));
                array[r] = own[r];
            }
        }

        void close() {
            for (float[] r : own) {
                if (r != null) {
                    Scratch.shared().give(r);
                }
            }
        }
    }

    /// Runs the program over all blocks, so many elements to a part.
    void run(int grain) {
        Spaces<Registers> spaces = new Spaces<>(Registers::new);
        Workers.ranges(blocks, Math.max(1, grain / (rows * columns)), (from, to) -> {
            Registers registers = spaces.take();
            for (int block = from; block < to; block++) {
                runBlock(block, registers.own, registers.array, registers.offset);
            }
            spaces.give(registers);
        });
        spaces.close(Registers::close);
    }

    private void runBlock(int block, float[][] own, float[][] array, int[] offset) {
        int n = axes;
        int columnBlock = block % columnBlocks;
        int rowBlock = block / columnBlocks % rowBlocks;
        long outer = block / columnBlocks / rowBlocks;
        int firstRow = rowBlock * rows;
        int firstColumn = columnBlock * columns;
        int height = (int) Math.min(rows, dims[n - 2] - firstRow);
        int width = (int) Math.min(columns, dims[n - 1] - firstColumn);
        int count = height * width;
        for (int i = 0; i < inputs; i++) {
            load(i, position(i, outer, firstRow, firstColumn), height, width, own, array, offset);
        }
        int last = program.length() - 1;
        int target = views.length - inputs == 1 && primitives.anywhere() ? inputs : -1;
        boolean direct = false;
        for (int k = 0; k <= last; k++) {
            Program.Instruction step = program.instruction(k);
            int to = step.to();
            if (k == last && target >= 0 && isRun(target, height, width) && views[target].dtype() == DType.F32) {
                int at = position(target, outer, firstRow, firstColumn);
                apply(step, array, offset, views[target].floats(), at, count);
                direct = true;
            } else {
                if (own[to] == null) {
                    own[to] = Scratch.shared().take(BLOCK);
                }
                apply(step, array, offset, own[to], 0, count);
                array[to] = own[to];
                offset[to] = 0;
            }
        }
        for (int i = inputs; i < views.length && !direct; i++) {
            int r = program.result(i - inputs);
            store(i, position(i, outer, firstRow, firstColumn), height, width, array[r], offset[r]);
        }
    }

    private void apply(Program.Instruction s, float[][] array, int[] offset, float[] to, int at, int count) {
        primitives.apply(
                s.fn(),
                array[s.a()],
                offset[s.a()],
                array[s.b()],
                offset[s.b()],
                array[s.c()],
                offset[s.c()],
                to,
                at,
                count);
    }

    private int position(int view, long outer, int row, int column) {
        int n = axes;
        long at = views[view].offset() + row * stride(view, n - 2) + column * stride(view, n - 1);
        for (int axis = n - 3; axis >= 0; axis--) {
            at += outer % dims[axis] * stride(view, axis);
            outer /= dims[axis];
        }
        return (int) at;
    }

    private boolean isRun(int view, int height, int width) {
        int n = axes;
        return (width == 1 || stride(view, n - 1) == 1) && (height == 1 || stride(view, n - 2) == width);
    }

    private void load(int view, int at, int height, int width, float[][] own, float[][] array, int[] offset) {
        boolean isFloat = views[view].dtype() == DType.F32;
        if (isFloat && primitives.anywhere() && !(copied.length > 0 && copied[view]) && isRun(view, height, width)) {
            array[view] = views[view].floats();
            offset[view] = at;
            return;
        }
        float[] r = own[view];
        if (r == null) {
            r = Scratch.shared().take(BLOCK);
            own[view] = r;
        }
        array[view] = r;
        offset[view] = 0;
        int n = axes;
        int step = (int) stride(view, n - 1);
        int down = (int) stride(view, n - 2);
        for (int i = 0; i < height; i++) {
            int from = at + i * down;
            int to = i * width;
            if (step == 0) {
                Arrays.fill(r, to, to + width, (float) views[view].host().at(from));
            } else if (isFloat) {
                copyIn(views[view].floats(), from, step, r, to, width);
            } else {
                byte[] bytes = ((HostStorage.Bytes) views[view].storage()).array();
                for (int j = 0; j < width; j++) {
                    r[to + j] = bytes[from + j * step];
                }
            }
        }
    }

    private static void copyIn(float[] source, int from, int step, float[] r, int to, int width) {
        if (step == 1) {
            System.arraycopy(source, from, r, to, width);
        } else {
            for (int j = 0; j < width; j++) {
                r[to + j] = source[from + j * step];
            }
        }
    }

    private void store(int view, int at, int height, int width, float[] r, int ro) {
        int n = axes;
        int step = (int) stride(view, n - 1);
        int down = (int) stride(view, n - 2);
        for (int i = 0; i < height; i++) {
            int to = at + i * down;
            int from = ro + i * width;
            if (views[view].dtype() == DType.F32) {
                float[] y = views[view].floats();
                if (step == 1) {
                    System.arraycopy(r, from, y, to, width);
                } else {
                    for (int j = 0; j < width; j++) {
                        y[to + j * step] = r[from + j];
                    }
                }
            } else {
                byte[] y = ((HostStorage.Bytes) views[view].storage()).array();
                for (int j = 0; j < width; j++) {
                    y[to + j * step] = r[from + j] != 0 ? (byte) 1 : 0;
                }
            }
        }
    }
}

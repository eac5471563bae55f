package cajal.simd;

import static cajal.simd.Gemm.NONE;
import static cajal.simd.Gemm.SERIAL;
import static cajal.simd.GemmKernels.FEW;
import static cajal.simd.GemmKernels.MR;
import static cajal.simd.GemmKernels.NR;
import static cajal.simd.GemmKernels.ONE;
import static cajal.simd.GemmKernels.TALL;
import static cajal.simd.GemmKernels.across;
import static cajal.simd.Lanes.VL;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Product;
import cajal.kernel.RightSide;
import cajal.kernel.Scratch;
import cajal.kernel.Workers;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The products of [Gemm] that are computed in tiles, with the bits that are said there.
///
/// C is cut into tiles of 8 rows by 3 vectors, or of 4 where there are 16 registers, each computed by a kernel of
/// [TallKernels] or [GemmKernels] for some hundred columns of A at a time. A is read where it lies, by its strides,
/// or copied into panels if its columns are runs far from each other. B is read where it lies if its columns are
/// neighbours and few rows use it, and otherwise packed into panels of a tile's width, transposed on the way if
/// need be. Tiles at the edge, and those of a C whose columns aren't neighbours, go through a small block of scratch.
///
/// The rows of a tile are multiplied with one panel after the other: they stay in the first-level cache, and
/// C is written along its rows. Where the columns of A are far from each other and not copied, each panel is
/// multiplied with all rows instead.
///
/// An object is a product, or some columns of one, and itself what the pool runs: panels to pack, by their
/// range, and parts to compute, by their number. Lambdas would be further objects in each product; where A is
/// copied there is one.
///
/// **Source**: the blocking follows K. Goto and R. van de Geijn, Anatomy of High-Performance Matrix
/// Multiplication (2008).
final class TiledGemm implements Product, IntConsumer, Workers.RangeBody {
    private static final int DEPTH = Lanes.MANY ? 600 : 300; // columns of A to a block, about
    private static final int WIDTH = 4096; // columns of B to a block
    private static final int PART_ROWS = 64; // of C to a part of the work, at most
    private static final int PART_COLUMNS = Integer.highestOneBit(256 / NR) * NR; // about 256
    private static final int PARTS = 8; // so many at least,
    private static final int PART = 1 << 17; // but not of fewer multiply-adds
    // A B that is used up to FEW_ROWS times is not packed. With 16 registers C2 runs short of them for a step from row
    // to row, and 3 vectors lie in more lines of the cache.
    private static final int FEW_ROWS = Lanes.MANY ? 64 : 30;
    private static final int HIGH = Math.max(MR, VL); // rows of a panel of A
    private static final int CLOSE = Lanes.MANY ? 1 << 12 : 0; // elements that the columns of a block of A span
    private static final int OWN_COLUMNS = 128; // from so many and
    private static final int OWN_ROWS = 512; // up to so many rows each thread packs what it multiplies
    private static final long OWN = 1 << 22; // multiply-adds below which an object for each would be many
    private static final int FRESH = 32; // columns of A up to which clearing C first costs more than it saves
    private static final int PACK_GRAIN = 1 << 14; // elements packed by one part

    private final FloatMatrix a, b, c;
    private int begin, end; // the columns of B and C to compute
    private final boolean accumulate;
    private final float[] row; // what each row of C begins with, from `at` on, unless it is empty
    private final int at;
    private final Scratch scratch;
    private final boolean inPlace;
    private final int deepest; // columns of A to a block: all blocks as deep, but the last
    private float[] panels = NONE; // of B, where it is not read in place
    private boolean ready; // they hold all blocks of B, from before
    private int partRows;
    private int partColumns;
    private int ai, bi, ci; // how far behind A, B and C those lie that are multiplied

    // the block at hand
    private int p0, depth; // columns of A
    private float[] left = NONE; // its array,
    private int ra, ca; // its strides,
    private boolean copied; // and whether that is a copy in panels of HIGH rows
    private int j0, width; // columns of B
    private int packedFrom; // the first column that is packed
    private int base; // where its panel begins
    private boolean fresh; // the kernels begin at 0, not with what C holds
    private boolean byTiles; // each tile is begun where it is computed

    private TiledGemm(
            FloatMatrix a,
            FloatMatrix b,
            FloatMatrix c,
            int begin,
            int end,
            boolean accumulate,
            float[] row,
            int at,
            boolean inPlace,
            Scratch scratch) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.accumulate = accumulate;
        this.row = row;
        this.at = at;
        this.scratch = scratch;
        this.inPlace = inPlace;
        int blocks = Math.max(1, (b.rows() + DEPTH / 2) / DEPTH);
        deepest = parts(b.rows(), blocks);
        columns(begin, end);
    }

    private TiledGemm columns(int from, int to) {
        begin = from;
        end = to;
        cut();
        return this;
    }

    /// `C = A·B`, or `C += A·B`, or `C = A·B` with rows that begin with `row` from `at` on, unless it is empty.
    /// Few rows and a B that has to be packed are shared among threads by columns, so that each packs what it
    /// multiplies: panels that one core wrote and another reads cost up to half of a product's speed. Not where
    /// A may be copied, which is done once for all columns then.
    static void multiply(
            FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, float[] row, int at, Scratch scratch) {
        int m = a.rows(), k = a.columns(), n = c.columns();
        boolean inPlace = isInPlace(a, b);
        if (inPlace || m > OWN_ROWS || n < OWN_COLUMNS || a.columnStride() != 1 || (long) m * n * k < OWN) {
            new TiledGemm(a, b, c, 0, n, accumulate, row, at, inPlace, scratch).run();
        } else {
            boolean many = n >= PARTS * NR; // or as many parts as threads
            int wide = Math.min(PART_COLUMNS, many ? n / (PARTS * NR) * NR : up(parts(n, Workers.threads()), 2 * VL));
            var free = new AtomicReference<@Nullable TiledGemm>(); // one that no thread works with
            Workers.ranges(n, wide, (from, to) -> {
                TiledGemm mine = free.getAndSet(null);
                mine = mine != null
                        ? mine.columns(from, to)
                        : new TiledGemm(a, b, c, from, to, accumulate, row, at, false, scratch);
                mine.run();
                free.set(mine);
            });
        }
    }

    /// As [cajal.kernel.FloatPrimitives#product].
    static Product product(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, Scratch scratch) {
        return new TiledGemm(a, b, c, 0, c.columns(), accumulate, NONE, 0, isInPlace(a, b), scratch);
    }

    /// Computes it for matrices further on.
    @Override
    public void compute(int a, int b, int c) {
        ai = a;
        bi = b;
        ci = c;
        run();
    }

    /// Whether B is used so few times that packing it does not pay.
    private static boolean isInPlace(FloatMatrix a, FloatMatrix b) {
        return b.columnStride() == 1 && b.rowStride() != 0 && a.rows() <= FEW_ROWS;
    }

    /// Makes the parts smaller until there are enough of them; by the shape alone.
    private void cut() {
        int m = a.rows(), columns = Math.min(end - begin, WIDTH);
        partRows = PART_ROWS;
        partColumns = PART_COLUMNS;
        while (parts(m, partRows) * parts(columns, partColumns) < PARTS) {
            if ((long) Math.min(m, partRows) * Math.min(columns, partColumns) * deepest < 2 * PART) return;
            if (partColumns > Math.max(partRows, NR)) partColumns /= 2;
            else partRows /= 2;
        }
    }

    private static int parts(int length, int of) {
        return (length + of - 1) / of;
    }

    private static int up(int length, int of) {
        return parts(length, of) * of;
    }

    private void run() {
        int k = a.columns();
        int most = (Math.min(end - begin, WIDTH) + NR - 1) / NR;
        if (!ready) panels = scratch.take((inPlace ? 1 : most) * NR * deepest);
        for (j0 = begin; j0 < end; j0 += WIDTH) {
            width = Math.min(WIDTH, end - j0);
            packedFrom = inPlace ? inWholeTiles() : 0;
            p0 = 0;
            do { // once for k = 0 too, which clears C
                depth = Math.min(deepest, k - p0);
                fresh = k <= FRESH && !accumulate && row.length == 0;
                left();
                byTiles = p0 == 0 && !accumulate && !fresh && !isRow() && depth > 0;
                base = ready ? most * NR * p0 : 0;
                if (!ready) pack();
                parts();
                if (copied) scratch.give(left);
                p0 += depth;
            } while (p0 < k);
        }
        if (!ready) scratch.give(panels);
    }

    private void pack() {
        int count = parts(width - packedFrom, NR);
        if (count > 0) Workers.ranges(count, Math.max(1, PACK_GRAIN / (Math.max(1, depth) * NR)), this);
    }

    /// Whether a product with A packs all of B into panels.
    static boolean packs(FloatMatrix a, FloatMatrix b) {
        return isInPanels(b) && !isInPlace(a, b);
    }

    /// Whether [#rightSide] has B in panels: it has more columns than a vector, and not more than a block.
    static boolean isInPanels(FloatMatrix b) {
        return b.columns() > VL && b.columns() <= WIDTH && b.rows() > 0;
    }

    /// The length of B in panels.
    static int length(FloatMatrix b) {
        return up(b.columns(), NR) * b.rows();
    }

    /// All of B in panels.
    static void copyPanels(FloatMatrix b, float[] to, Scratch scratch) {
        new TiledGemm(b.transposed(), b, b, 0, b.columns(), false, NONE, 0, false, scratch).packAll(to);
    }

    /// The right side that reads what [#copyPanels] wrote.
    static RightSide rightSide(FloatMatrix b, float[] panels, Scratch scratch) {
        return new RightSide() {
            @Override
            public Product product(FloatMatrix a, FloatMatrix c, boolean accumulate) {
                return of(a, NONE, 0, c, accumulate);
            }

            @Override
            public Product affine(FloatMatrix a, float[] row, int at, FloatMatrix c) {
                return of(a, row, at, c, false);
            }

            private Product of(FloatMatrix a, float[] row, int at, FloatMatrix c, boolean accumulate) {
                Gemm.check(a, b, c);
                TiledGemm product = new TiledGemm(a, b, c, 0, b.columns(), accumulate, row, at, false, scratch);
                product.panels = panels;
                product.ready = true;
                return product;
            }
        };
    }

    private void packAll(float[] to) {
        int k = b.rows(), most = parts(width = end, NR);
        panels = to;
        for (; p0 < k; p0 += depth) {
            depth = Math.min(deepest, k - p0);
            base = most * NR * p0;
            pack();
        }
    }

    /// Columns of A that lie as runs, as those of a gradient for weights do, are copied into panels: read in
    /// place, each of them is on another page.
    private void left() {
        int m = a.rows(), step = a.columnStride();
        copied = a.rowStride() == 1
                && step != 1
                && m >= PART_ROWS
                && partRows % HIGH == 0
                && width >= 4 * NR
                && depth >= NR
                && !isClose();
        left = copied ? scratch.take(parts(m, HIGH) * HIGH * depth) : a.data();
        ra = a.rowStride();
        ca = copied ? HIGH : step;
        if (!copied) return;
        int from = atA(0, p0), rows = depth, whole = m & -HIGH;
        float[] to = left;
        Workers.ranges(parts(m, PART_ROWS), 1, (first, last) -> {
            for (int g = first; g < last; g++) {
                int end = Math.min(m, (g + 1) * PART_ROWS), i = g * PART_ROWS;
                GemmKernels.copyRuns(a.data(), from, step, rows, i, Math.min(end, whole), HIGH, to);
                for (int r = Math.max(i, whole); r < end; r++) {
                    for (int p = 0; p < rows; p++)
                        to[whole * rows + p * HIGH + r - whole] = a.data()[from + p * step + r];
                }
            }
        });
    }

    /// Whether the columns of the block's A lie so near each other that they are read fast where they lie.
    private boolean isClose() {
        return (long) depth * Math.abs(a.columnStride()) <= CLOSE;
    }

    private int atA(int i, int p) {
        return ai + a.at(i, p);
    }

    private int atB(int p, int j) {
        return bi + b.at(p, j);
    }

    private int atC(int i, int j) {
        return ci + c.at(i, j);
    }

    /// Where row `i` of the block begins.
    private int place(int i) {
        return copied ? (i & -HIGH) * depth + i % HIGH : atA(i, p0);
    }

    /// How many columns of the block lie in tiles that do not reach beyond it.
    private int inWholeTiles() {
        int j = 0;
        for (int tile; j + (tile = across(width - j)) <= width; ) j += tile;
        return j;
    }

    private void parts() {
        int count = parts(a.rows(), partRows) * parts(width, partColumns);
        if ((long) a.rows() * width * depth <= SERIAL) {
            for (int part = 0; part < count; part++) accept(part);
        } else {
            Workers.parallel(count, this);
        }
    }

    /// Computes a part of the block.
    @Override
    public void accept(int part) {
        int m = a.rows(), down = parts(m, partRows);
        int i0 = part % down * partRows;
        int i1 = Math.min(i0 + partRows, m);
        int from = part / down * partColumns;
        int to = Math.min(from + partColumns, width);
        if (from > 0 && width - from <= FEW) return; // they belong to the part before
        if (width - to <= FEW) to = width;
        boolean alone = isRow(), later = fresh && !alone && depth > 0 || byTiles;
        if (p0 == 0 && !accumulate && !later) start(i0, i1, j0 + from, to - from);
        if (depth == 0) return;
        float[] edge = scratch.take(MR * NR);
        int j = from;
        if (alone) {
            for (int end = Math.min(to, packedFrom); j + 2 * NR <= end && isTwice(width - j); j += 2 * NR) {
                GemmKernels.wideRow(
                        depth,
                        a.data(),
                        atA(0, p0),
                        a.columnStride(),
                        b.data(),
                        atB(p0, j0 + j),
                        b.rowStride(),
                        c.data(),
                        atC(0, j0 + j));
            }
        }
        if (isRegular() && !alone) j = wholeTiles(i0, i1, j, to, edge);
        tiles(i0, i1, j, to, edge);
        scratch.give(edge);
    }

    private void tiles(int i0, int i1, int from, int to, float[] edge) {
        int last = isAgain(i0, i1, MR, isAnew()) ? i1 - MR : i1; // the last rows again, some of them a second time
        if (a.columnStride() == 1) {
            for (int i = i0; i < i1; i += MR) {
                int first = Math.min(i, last);
                for (int j = from, wide; j < to; j += wide) {
                    wide = across(width - j);
                    tile(first, Math.min(MR, i1 - first), j, wide, edge);
                }
            }
        } else {
            for (int j = from, wide; j < to; j += wide) {
                wide = across(width - j);
                for (int i = i0; i < i1; i += MR) {
                    int first = Math.min(i, last);
                    tile(first, Math.min(MR, i1 - first), j, wide, edge);
                }
            }
        }
    }

    /// Whether the sums begin at 0 in the kernels.
    private boolean isAnew() {
        return fresh || byTiles && row.length == 0;
    }

    /// Whether the last `tall` rows may be computed although some of them were: they begin anew, and lie in one panel.
    private boolean isAgain(int i0, int i1, int tall, boolean anew) {
        return anew && i1 - i0 >= tall && !(copied && i1 % HIGH > 0 && i1 % HIGH < tall);
    }

    /// Computes the tiles of [GemmKernels#NR] columns that the columns `from … to - 1` begin with; returns the column
    /// behind them. For rows of a whole tile the loop has nothing to decide, which took up to 20 ns a tile.
    private int wholeTiles(int i0, int i1, int from, int to, float[] edge) {
        int end = from;
        while (end < to && width - end >= NR && across(width - end) == NR) end += NR;
        boolean anew = fresh || byTiles, withRow = anew && row.length > 0;
        float[] sums = c.data(), begin = !anew ? sums : withRow ? row : GemmKernels.ZEROS;
        int down = c.rowStride(), rf = anew ? 0 : down, nf = anew && !withRow ? 0 : NR;
        float[] right = inPlace ? b.data() : panels;
        int r0 = inPlace ? atB(p0, j0 + from) : base + from * depth;
        int rb = inPlace ? b.rowStride() : NR, size = inPlace ? NR : NR * depth;
        boolean again = isAgain(i0, i1, TALL, anew);
        int i = i0;
        for (; i < i1; i += TALL) {
            if (i > i1 - TALL && !again) break;
            i = Math.min(i, i1 - TALL); // the last rows again, some of them for the second time
            int l = place(i), t = atC(i, j0 + from), f = !anew ? t : withRow ? at + j0 + from : 0;
            for (int j = from, r = r0; j < end; j += NR, r += size, t += NR, f += nf) {
                tall(l, right, r, rb, begin, f, rf, sums, t, down, true);
            }
        }
        if (i < i1) tiles(i, i1, from, end, edge);
        return end;
    }

    /// A tile of [GemmKernels#TALL] rows, those of A from `l` on, and 3 vectors, or of 8 and 2.
    private void tall(
            int l, float[] right, int r, int rb, float[] from, int f, int rf, float[] to, int t, int rt, boolean wide) {
        if (!Lanes.MANY) {
            four(l, right, r, rb, from, f, rf, to, t, rt);
        } else if (ra == 1) {
            if (wide) TallKernels.panel(depth, left, l, ca, right, r, rb, from, f, rf, to, t, rt);
            else TallKernels.panelNarrow(depth, left, l, ca, right, r, rb, from, f, rf, to, t, rt);
        } else if (ca == 1 && right == panels) {
            if (wide) TallKernels.packed(depth, left, l, ra, right, r, from, f, rf, to, t, rt);
            else TallKernels.packedNarrow(depth, left, l, ra, right, r, from, f, rf, to, t, rt);
        } else {
            if (wide) TallKernels.strided(depth, left, l, ra, ca, right, r, rb, from, f, rf, to, t, rt);
            else TallKernels.stridedNarrow(depth, left, l, ra, ca, right, r, rb, from, f, rf, to, t, rt);
        }
    }

    private void four(int l, float[] right, int r, int rb, float[] from, int f, int rf, float[] to, int t, int rt) {
        if (right == panels) GemmKernels.rows4Packed(depth, left, l, ra, ca, right, r, from, f, rf, to, t, rt);
        else GemmKernels.rows4Runs(0, 1, ONE, depth, left, l, ra, ca, right, r, rb, from, f, rf, to, t, rt);
    }

    /// Whether tiles may be computed by [#wholeTiles].
    private boolean isRegular() {
        return c.columnStride() == 1 && (!Lanes.MANY || a.columnStride() == 1 || copied || isClose());
    }

    /// Whether two tiles of [GemmKernels#NR] come next where `left` columns are left.
    private static boolean isTwice(int left) {
        return across(left) == NR && across(left - NR) == NR;
    }

    private boolean isRow() {
        return a.rows() == 1 && c.columnStride() == 1;
    }

    private void start(int i0, int i1, int j, int count) {
        for (int i = i0; i < i1; i++) {
            int to = atC(i, j);
            if (row.length > 0) System.arraycopy(row, at + j, c.data(), to, count);
            else if (c.columnStride() == 1) Arrays.fill(c.data(), to, to + count, 0);
            else for (int q = 0; q < count; q++) c.data()[to + q * c.columnStride()] = 0;
        }
    }

    // Tiles -----------------------------------------------------------------------------------------------------------

    /// Computes `rows` rows from `i` and up to `wide` columns from `j` of the block.
    private void tile(int i, int rows, int j, int wide, float[] edge) {
        boolean packed = j >= packedFrom;
        float[] right = packed ? panels : b.data();
        int at = packed ? base + (j - packedFrom) * depth : atB(p0, j0 + j);
        int step = packed ? wide : b.rowStride();
        int columns = Math.min(wide, width - j);
        boolean direct = columns == wide && c.columnStride() == 1;
        boolean anew = isAnew();
        if (byTiles && !anew && !(direct && wide > 2 * VL)) start(i, i + rows, j0 + j, columns);
        if (direct && wide > 2 * VL) {
            wideKernels(i, rows, j, right, at, step, c.data(), atC(i, j0 + j), c.rowStride(), fresh || byTiles);
        } else if (direct) {
            kernels(i, rows, right, at, step, c.data(), atC(i, j0 + j), c.rowStride(), anew);
        } else {
            if (!anew) copyTile(i, rows, j, columns, edge, true);
            if (wide > 2 * VL) wideKernels(i, rows, j, right, at, step, edge, 0, NR, anew);
            else kernels(i, rows, right, at, step, edge, 0, NR, anew);
            copyTile(i, rows, j, columns, edge, false);
        }
    }

    private void kernels(int i, int rows, float[] right, int at, int step, float[] to, int t, int rt, boolean anew) {
        int l = place(i);
        if (rows == MR && Lanes.MANY) {
            float[] from = anew ? GemmKernels.ZEROS : to;
            tall(l, right, at, step, from, anew ? 0 : t, anew ? 0 : rt, to, t, rt, false);
            return;
        }
        boolean again = anew && rows > 4; // the last four rows: some of them a second time, and the same
        for (; rows >= 4; rows -= 4, l += 4 * ra, t += 4 * rt) {
            if (anew) GemmKernels.rows4Fresh(depth, left, l, ra, ca, right, at, step, to, t, rt);
            else GemmKernels.rows4(depth, left, l, ra, ca, right, at, step, to, t, rt);
        }
        if (again && rows > 0) {
            int back = 4 - rows;
            GemmKernels.rows4Fresh(depth, left, l - back * ra, ra, ca, right, at, step, to, t - back * rt, rt);
            return;
        }
        for (; rows >= 2 && !anew; rows -= 2, l += 2 * ra, t += 2 * rt) {
            GemmKernels.rows2(depth, left, l, ra, ca, right, at, step, to, t, rt);
        }
        for (; rows > 0; rows--, l += ra, t += rt) {
            if (anew) GemmKernels.rowFresh(depth, left, l, ca, right, at, step, to, t);
            else GemmKernels.row(depth, left, l, ca, right, at, step, to, t);
        }
    }

    /// Tiles of 3 vectors; where they begin anew, with 0 or the first row, and not with what is there.
    private void wideKernels(
            int i0, int rows, int j, float[] right, int at, int step, float[] to, int t, int rt, boolean anew) {
        float[] from = !anew ? to : row.length > 0 ? row : GemmKernels.ZEROS;
        int l = place(i0);
        int f = !anew ? t : row.length > 0 ? this.at + j0 + j : 0, rf = anew ? 0 : rt;
        int whole = rows & -4, back = anew && whole > 0 ? -rows & 3 : 0; // rows a second time, as in kernels
        for (int i = 0, next; i < whole || i < rows && back > 0; i += next) {
            next = whole - i >= TALL ? TALL : 4;
            if (i == whole) i -= back;
            int il = l + i * ra, it = t + i * rt, is = f + i * rf;
            if (next == TALL) tall(il, right, at, step, from, is, rf, to, it, rt, true);
            else four(il, right, at, step, from, is, rf, to, it, rt);
        }
        for (int i = whole; i < rows && back == 0; i++) {
            int il = l + i * ra, it = t + i * rt, is = f + i * rf;
            GemmKernels.rowRuns(0, 1, ONE, depth, left, il, ca, right, at, step, from, is, to, it);
        }
    }

    private void copyTile(int i, int rows, int j, int columns, float[] edge, boolean in) {
        float[] data = c.data();
        int step = c.columnStride();
        for (int r = 0; r < rows; r++) {
            int at = atC(i + r, j0 + j), e = r * NR;
            if (step == 1 && in) System.arraycopy(data, at, edge, e, columns);
            else if (step == 1) System.arraycopy(edge, e, data, at, columns);
            else if (in) for (int q = 0; q < columns; q++) edge[e + q] = data[at + q * step];
            else for (int q = 0; q < columns; q++) data[at + q * step] = edge[e + q];
        }
    }

    // Packing ---------------------------------------------------------------------------------------------------------

    /// Packs the columns of the panels `from … to - 1`, each of [GemmKernels#NR] columns, counted from the first
    /// that is packed; missing columns become 0.
    @Override
    public void accept(int from, int to) {
        int begin = packedFrom + from * NR, end = Math.min(width, packedFrom + to * NR);
        if (begin > packedFrom && width - begin <= FEW) return; // they belong to the panel before
        if (width - end <= FEW) end = width;
        for (int j = begin, wide; j < end; j += wide) {
            wide = across(width - j);
            int columns = Math.min(wide, width - j);
            int at = base + (j - packedFrom) * depth;
            if (columns < wide) Arrays.fill(panels, at, at + depth * wide, 0);
            int source = atB(p0, j0 + j);
            if (b.columnStride() == 1 && columns == wide) {
                GemmKernels.copy(b.data(), source, b.rowStride(), depth, wide, panels, at);
            } else {
                Transposition.toPanel(
                        b.data(), source, b.rowStride(), b.columnStride(), depth, columns, panels, at, wide);
            }
        }
    }
}

package cajal.kernel;

/// A matrix in an array: element `(i, j)` lies at `offset + i·rowStride + j·columnStride`.
///
/// @param data the array
/// @param offset the position of element `(0, 0)`
/// @param rows the number of rows
/// @param columns the number of columns
/// @param rowStride the step from one row to the next, in elements; it may be 0 or negative
/// @param columnStride the step from one column to the next, in elements; it may be 0 or negative
public record FloatMatrix(float[] data, int offset, int rows, int columns, int rowStride, int columnStride) {
    /// **Throws** [IndexOutOfBoundsException] if an element would lie outside the array.
    public FloatMatrix {
        if (rows < 0 || columns < 0) {
            throw new IllegalArgumentException("A matrix cannot have " + rows + " rows and " + columns + " columns");
        }
        if (rows > 0 && columns > 0) {
            long down = (rows - 1L) * rowStride, right = (columns - 1L) * columnStride;
            long first = offset + Math.min(down, 0) + Math.min(right, 0);
            long last = offset + Math.max(down, 0) + Math.max(right, 0);
            if (first < 0 || last >= data.length) {
                throw new IndexOutOfBoundsException(
                        "A matrix of " + rows + " x " + columns + " with strides " + rowStride + " and "
                                + columnStride + " from offset " + offset + " reaches from " + first + " to " + last
                                + ", outside its array of " + data.length);
            }
        }
    }

    /// A row-major matrix over the beginning of `data`, without gaps.
    public static FloatMatrix of(float[] data, int rows, int columns) {
        return new FloatMatrix(data, 0, rows, columns, columns, 1);
    }

    /// The same elements with rows and columns exchanged.
    public FloatMatrix transposed() {
        return new FloatMatrix(data, offset, columns, rows, columnStride, rowStride);
    }

    /// A matrix of the same shape `n` elements further on.
    public FloatMatrix behind(int n) {
        return n == 0 ? this : new FloatMatrix(data, offset + n, rows, columns, rowStride, columnStride);
    }

    /// Whether `this · b` is computed as dot products of runs of neighbouring elements, each summed in the
    /// order of a reduction: for a few rows (or columns) whose elements of one sum are neighbours in both
    /// matrices. Otherwise every element of a product is one chain of fused multiply-adds in ascending order.
    /// All kernels go by this, and so give the same bits.
    public boolean multipliesByDots(FloatMatrix b) {
        int few = Math.min(rows, b.columns);
        return columnStride == 1 && b.rowStride == 1 && (columns >= 32 && few <= 8 || columns >= 256 && few <= 16);
    }

    /// Makes every row `row[at], row[at + 1], …`; the columns are neighbours.
    public void setRows(float[] row, int at) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(row, at, data, at(i, 0), columns);
        }
    }

    /// The position of element `(i, j)`.
    public int at(int i, int j) {
        return offset + i * rowStride + j * columnStride;
    }
}

package cajal.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/// The tokens of a long text, one after another.
public interface Corpus {
    /// The number of tokens.
    long size();

    /// The token at a position.
    long at(long position);

    /// The tokens from one position up to another one; nothing is copied.
    ///
    /// **Throws** [IndexOutOfBoundsException] unless `0 <= from <= to <= size()`.
    default Corpus part(long from, long to) {
        Objects.checkFromToIndex(from, to, size());
        Corpus whole = this;
        return new Corpus() {
            @Override
            public long size() {
                return to - from;
            }

            @Override
            public long at(long position) {
                return whole.at(from + Objects.checkIndex(position, to - from));
            }
        };
    }

    /// Tokens in memory, four bytes each.
    ///
    /// **Throws** [IllegalArgumentException] for a token that is negative or above 2^31 - 1.
    static Corpus of(long... tokens) {
        int[] all = new int[tokens.length];
        for (int i = 0; i < all.length; i++) {
            if (tokens[i] < 0 || tokens[i] > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "Token " + i + " is " + tokens[i] + "\n  rule: tokens are 0 .. 2^31 - 1");
            }
            all[i] = (int) tokens[i];
        }
        return new Corpus() {
            @Override
            public long size() {
                return all.length;
            }

            @Override
            public long at(long position) {
                return all[Math.toIntExact(position)];
            }
        };
    }

    /// Tokens in a file, two bytes each, little-endian and without a sign: the form that GPT training
    /// programs write (`train.bin`). The file may be larger than the memory: the system reads the pages
    /// that are touched.
    ///
    /// **Throws** [DataException] if the file cannot be read or has an odd number of bytes.
    static Corpus map(Path file) {
        ValueLayout.OfShort layout = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment bytes = MappedFile.open(file);
        if (bytes.byteSize() % 2 != 0) {
            throw new DataException(file + " has " + bytes.byteSize() + " bytes\n  rule: two bytes a token");
        }
        return new Corpus() {
            @Override
            public long size() {
                return bytes.byteSize() / 2;
            }

            @Override
            public long at(long position) {
                return bytes.getAtIndex(layout, position) & 0xffff;
            }
        };
    }
}

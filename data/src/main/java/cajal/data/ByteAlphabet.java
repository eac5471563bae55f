package cajal.data;

/// The alphabet in which byte-level vocabularies write bytes: each of the 256 is one printable character.
///
/// Printable characters of Latin-1 stand for themselves; the other 68 bytes are, in order, the characters from
/// U+0100 on, so that a space is `Ġ` and a line feed `Ċ`.
///
/// **Source** the vocabulary files of Radford et al., "Language models are unsupervised multitask
/// learners", 2019.
final class ByteAlphabet {
    private static final char[] CHARACTERS = new char[256];
    private static final int[] BYTES = new int[256 + 68];
    /// The bytes in the order in which such vocabularies begin: the printable ones first.
    private static final int[] ORDER = new int[256];

    static {
        java.util.Arrays.fill(BYTES, -1);
        int printable = 0;
        for (int b = 0; b < 256; b++) {
            if (isPrintable(b)) {
                CHARACTERS[b] = (char) b;
                ORDER[printable++] = b;
            }
        }
        int other = 0;
        for (int b = 0; b < 256; b++) {
            if (!isPrintable(b)) {
                CHARACTERS[b] = (char) (256 + other);
                ORDER[printable + other++] = b;
            }
        }
        for (int b = 0; b < 256; b++) {
            BYTES[CHARACTERS[b]] = b;
        }
    }

    private ByteAlphabet() {}

    private static boolean isPrintable(int b) {
        return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
    }

    /// The character of a byte.
    static char character(byte b) {
        return CHARACTERS[b & 0xff];
    }

    /// The byte of a character, or -1 if it stands for none.
    static int value(char c) {
        return c < BYTES.length ? BYTES[c] : -1;
    }

    /// The byte that comes `i`-th in the vocabularies' order.
    static int ordered(int i) {
        return ORDER[i];
    }
}

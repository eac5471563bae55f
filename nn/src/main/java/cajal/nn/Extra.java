package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Convolving;
import java.util.Arrays;

/// The output padding of a transposed convolution.
final class Extra {
    private Extra() {}

    static long[] checked(long[] extra, int axes) {
        if (extra.length != 1 && extra.length != axes || Arrays.stream(extra).anyMatch(e -> e < 0)) {
            throw new ShapeException(
                    "outputPadding" + Arrays.toString(extra) + "\n  rule: not negative, one number or one an axis");
        }
        long[] all = new long[axes];
        for (int i = 0; i < axes; i++) {
            all[i] = extra[extra.length == 1 ? 0 : i];
        }
        return all;
    }

    /// The movement with less padding behind.
    static Convolving behind(Convolving how, long[] extra, String layer) {
        long[] after = how.after().clone();
        for (int i = 0; i < after.length; i++) {
            if (extra[i] > 0 && extra[i] >= Math.max(how.stride()[i], how.dilation()[i])) {
                throw new ShapeException(layer + " adds " + extra[i] + " along axis " + (i + 2)
                        + "\n  rule: the output padding is less than the stride or the dilation");
            }
            after[i] -= extra[i];
        }
        return how.padding(how.before(), after);
    }
}

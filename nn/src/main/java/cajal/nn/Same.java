package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Convolving;
import java.util.LinkedHashMap;
import java.util.Map;

/// Padding by which a convolution's output is as long as its input, divided by the stride.
final class Same {
    private Same() {}

    /// The movement with as many zeros as an input of that shape needs, half of them, rounded down, before it.
    static Convolving padded(Convolving how, Shape x, long[] kernel) {
        long[] before = new long[kernel.length];
        long[] after = new long[kernel.length];
        for (int i = 0; i < kernel.length; i++) {
            long n = x.dim(i + 2);
            long stride = how.stride()[i];
            long outputs = (n + stride - 1) / stride;
            long reach = (outputs - 1) * stride + how.dilation()[i] * (kernel[i] - 1) + 1;
            long zeros = Math.max(0, reach - n);
            before[i] = zeros / 2;
            after[i] = zeros - before[i];
        }
        return how.padding(before, after);
    }

    static Spec noted(Spec spec, boolean same) {
        Map<String, Object> constants = new LinkedHashMap<>(spec.constants());
        constants.put("same", same);
        return Spec.of(spec.type(), constants);
    }

    static boolean isNoted(Spec spec) {
        return spec.flag("same");
    }
}

package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Convolving;
import java.util.Arrays;
import java.util.Map;

/// What [Unfold] and [Fold] share.
final class Windows2d {
    private Windows2d() {}

    static long[] pair(String layer, long... lengths) {
        if (lengths.length < 1 || lengths.length > 2 || Arrays.stream(lengths).anyMatch(k -> k < 1)) {
            throw new ShapeException(
                    layer + Arrays.toString(lengths) + "\n  rule: one or two lengths, each at least 1");
        }
        return new long[] {lengths[0], lengths[lengths.length - 1]};
    }

    static void put(Map<String, Object> constants, Convolving how) {
        constants.put("stride", ConvLayer.list(how.stride()));
        constants.put("padding", ConvLayer.list(how.before()));
        constants.put("dilation", ConvLayer.list(how.dilation()));
    }

    static Convolving of(Spec spec) {
        return Convolving.over(2)
                .stride(ConvLayer.numbers(spec, "stride"))
                .padding(ConvLayer.numbers(spec, "padding"))
                .dilation(ConvLayer.numbers(spec, "dilation"));
    }

    static String text(Convolving how) {
        StringBuilder text = new StringBuilder();
        ConvLayer.option(text, "stride", how.stride(), 1);
        ConvLayer.option(text, "padding", how.before(), 0);
        ConvLayer.option(text, "dilation", how.dilation(), 1);
        return text.toString();
    }
}

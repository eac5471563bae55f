package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// How a kernel moves over an input: strides, padding and dilation of each axis, and groups of channels.
///
/// An axis of length `S`, under a kernel of length `K`, gives `(S + before + after - dilation·(K - 1) - 1)
/// / stride + 1` outputs, rounded down.
///
/// @param stride how far the kernel moves from one output to the next
/// @param before how many zeros stand before the first element
/// @param after how many stand behind the last; a negative number leaves elements out
/// @param dilation how far the kernel's elements lie apart
/// @param groups into how many groups the channels are cut, each with outputs of its own
public record Convolving(long[] stride, long[] before, long[] after, long[] dilation, long groups) {
    /// **Throws** [ShapeException] unless there is one number an axis, for 1 to 3 axes, strides, dilations
    /// and groups are at least 1, and the padding before is not negative.
    public Convolving {
        int axes = stride.length;
        boolean complete = before.length == axes && after.length == axes && dilation.length == axes;
        if (!complete || axes < 1 || axes > 3) {
            throw new ShapeException("A convolution with stride " + Arrays.toString(stride) + ", padding "
                    + Arrays.toString(before) + " and " + Arrays.toString(after) + ", dilation "
                    + Arrays.toString(dilation) + "\n  rule: one number an axis, for 1 to 3 axes");
        }
        boolean positive = groups >= 1 && Arrays.stream(stride).allMatch(s -> s >= 1);
        if (!positive
                || Arrays.stream(dilation).anyMatch(d -> d < 1)
                || Arrays.stream(before).anyMatch(b -> b < 0)) {
            throw new ShapeException("A convolution with stride " + Arrays.toString(stride) + ", padding "
                    + Arrays.toString(before) + ", dilation " + Arrays.toString(dilation) + ", groups " + groups
                    + "\n  rule: stride, dilation and groups are at least 1, padding at least 0");
        }
    }

    /// One step at a time over `axes` axes, without padding, dilation or groups.
    public static Convolving over(int axes) {
        return new Convolving(all(axes, 1), new long[axes], new long[axes], all(axes, 1), 1);
    }

    private static long[] all(int axes, long value) {
        long[] values = new long[axes];
        Arrays.fill(values, value);
        return values;
    }

    /// With strides: one number for all axes, or one an axis.
    public Convolving stride(long... stride) {
        return new Convolving(spread(stride), before, after, dilation, groups);
    }

    /// With as many zeros on both sides: one number for all axes, or one an axis.
    public Convolving padding(long... padding) {
        return new Convolving(stride, spread(padding), spread(padding), dilation, groups);
    }

    /// With zeros before and behind each axis.
    public Convolving padding(long[] before, long[] after) {
        return new Convolving(stride, spread(before), spread(after), dilation, groups);
    }

    /// With kernel elements that lie apart: one number for all axes, or one an axis.
    public Convolving dilation(long... dilation) {
        return new Convolving(stride, before, after, spread(dilation), groups);
    }

    /// With the channels cut into groups.
    public Convolving groups(long groups) {
        return new Convolving(stride, before, after, dilation, groups);
    }

    private long[] spread(long[] values) {
        return values.length == 1 ? all(stride.length, values[0]) : values.clone();
    }

    /// The number of axes.
    public int axes() {
        return stride.length;
    }

    /// From which element to which a dilated kernel reaches along an axis.
    private long reach(Shape weight, int axis) {
        return (weight.dim(axis + 2) - 1) * dilation[axis];
    }

    /// The outputs along an axis; less than 1 if the kernel does not fit.
    long outputs(Shape input, Shape weight, int axis) {
        long room = input.dim(axis + 2) + before[axis] + after[axis] - reach(weight, axis) - 1;
        return Math.floorDiv(room, stride[axis]) + 1;
    }

    /// The inputs along an axis that give these outputs, with no element left over.
    long inputs(Shape output, Shape weight, int axis) {
        return (output.dim(axis + 2) - 1) * stride[axis] + reach(weight, axis) + 1 - before[axis] - after[axis];
    }

    /// The same movement with the padding behind chosen so that no element of the input is left over: then
    /// each of the three shapes follows from the other two.
    Convolving exact(Shape input, Shape weight, Shape output) {
        long[] exact = new long[axes()];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = inputs(output, weight, i) + after[i] - input.dim(i + 2);
        }
        return new Convolving(stride, before, exact, dilation, groups);
    }

    Task.Convolution task(Task.Role wanted) {
        return new Task.Convolution(wanted, stride, before, dilation, groups);
    }

    Map<String, Object> attributes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("stride", stride);
        map.put("before", before);
        map.put("after", after);
        map.put("dilation", dilation);
        map.put("groups", groups);
        return map;
    }

    static Convolving of(Attributes a) {
        return new Convolving(
                a.longs("stride"), a.longs("before"), a.longs("after"), a.longs("dilation"), a.number("groups"));
    }

    /// As in `stride [2, 2], padding [1, 1]`; what is usual is left out.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("stride " + Arrays.toString(stride));
        if (!Arrays.equals(before, new long[axes()]) || !Arrays.equals(after, new long[axes()])) {
            text.append(", padding ").append(Arrays.toString(before));
            text.append(Arrays.equals(before, after) ? "" : " and " + Arrays.toString(after));
        }
        if (Arrays.stream(dilation).anyMatch(d -> d > 1)) {
            text.append(", dilation ").append(Arrays.toString(dilation));
        }
        return text + (groups > 1 ? ", " + groups + " groups" : "");
    }
}

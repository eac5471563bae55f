package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;

/// A batch of pictures in the making: inputs `(B, channels, height, width)` from 0 to 1, targets the class
/// indices `(B)`.
final class Rows {
    private static final float[] LEVELS = new float[256]; // v / 255, rounded once

    static {
        for (int v = 0; v < 256; v++) {
            LEVELS[v] = v / 255f;
        }
    }

    private final int channels;
    private final int height;
    private final int width;
    private final float[] inputs;
    private final long[] targets;

    Rows(int count, int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.inputs = new float[Math.multiplyExact(count, channels * height * width)];
        this.targets = new long[count];
    }

    void put(int row, byte[] pixels, int from, int label) {
        int area = channels * height * width;
        int to = row * area;
        for (int i = 0; i < area; i++) {
            inputs[to + i] = LEVELS[pixels[from + i] & 0xff];
        }
        targets[row] = label;
    }

    Batch batch() {
        return new Batch(
                Tensor.wrap(new HostStorage.Floats(inputs), Shape.of(targets.length, channels, height, width)),
                Tensor.wrap(new HostStorage.Longs(targets), Shape.of(targets.length)));
    }
}

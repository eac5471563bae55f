package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Pictures kept as bytes, channel after channel; a batch gets them as numbers from 0 to 1.
record Pictures(byte[] pixels, byte[] labels, int channels, int height, int width, List<String> classes)
        implements Dataset {
    /// Pictures and labels as IDX files hold them.
    static Pictures of(Tensor pictures, Tensor labels, List<String> classes) {
        byte[] pixels = ((HostStorage.Bytes) pictures.view().storage()).array();
        byte[] digits = ((HostStorage.Bytes) labels.view().storage()).array();
        return new Pictures(pixels, digits, 1, (int) pictures.dim(1), (int) pictures.dim(2), classes);
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(channels, height, width);
    }

    @Override
    public Batch batch(long... samples) {
        Rows rows = new Rows(samples.length, channels, height, width);
        for (int i = 0; i < samples.length; i++) {
            copy(Math.toIntExact(samples[i]), rows, i);
        }
        return rows.batch();
    }

    @Override
    public Tensor targets(long... samples) {
        return Tensor.indices(Arrays.stream(samples)
                .map(s -> labels[Math.toIntExact(s)] & 0xff)
                .toArray());
    }

    /// Puts a sample into a row.
    void copy(int sample, Rows rows, int row) {
        rows.put(row, pixels, sample * channels * height * width, labels[sample] & 0xff);
    }
}

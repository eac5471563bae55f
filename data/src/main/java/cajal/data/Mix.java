package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Mixes the samples of a batch with each other, and their targets alike: class indices `(B)` become
/// probabilities `(B, classes)`, which a cross entropy takes as well.
@FunctionalInterface
public interface Mix {
    /// The mixed batch.
    ///
    /// @param batch the batch, which is not written to
    /// @param classes the number of classes, or 0 if the targets are values
    /// @param random where all that is random comes from
    Batch apply(Batch batch, int classes, RandomGenerator random);

    /// `share·t_i + (1 - share)·t_partner(i)` for the targets `t`, class indices as probabilities.
    ///
    /// @param targets class indices or values, one a row
    /// @param classes the number of classes, or 0 if the targets are values
    /// @param partners the row that each row is mixed with
    /// @param share the share of a row's own target
    static Tensor targets(Tensor targets, int classes, int[] partners, double share) {
        int rows = Math.toIntExact(targets.dim(0));
        boolean indices = classes > 0 && targets.rank() == 1;
        float[] all = indices ? oneHot(targets.toLongs(), classes) : targets.toFloats();
        int n = all.length / Math.max(1, rows);
        float[] out = new float[all.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (share * all[i] + (1 - share) * all[partners[i / n] * n + i % n]);
        }
        return Tensor.wrap(new HostStorage.Floats(out), indices ? Shape.of(rows, classes) : targets.shape());
    }

    private static float[] oneHot(long[] labels, int classes) {
        float[] out = new float[Math.multiplyExact(labels.length, classes)];
        for (int i = 0; i < labels.length; i++) {
            out[i * classes + (int) labels[i]] = 1;
        }
        return out;
    }
}

package cajal.studio;

import cajal.train.Evaluation;
import io.avaje.jsonb.Json;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Loss and score by step, at distances that grow with the run, so that there are never too many values.
final class PlaygroundCurves {
    private static final int MOST = 400;

    private final float[][] rows = new float[MOST][];
    private int count;
    private long stride = 1;

    /// Lines for a picture: numbers as [Numbers] writes them, NaN where there is none.
    @Json
    record Lines(String steps, String loss, String testLoss, String score, String testScore) {}

    /// Whether a value is still missing at a step.
    boolean wants(long step) {
        return step % stride == 0 && (count == 0 || rows[count - 1][0] < step);
    }

    void add(long step, Evaluation train, @Nullable Evaluation test) {
        if (count == MOST) {
            stride *= 2;
            float[][] kept =
                    Arrays.stream(rows).filter(r -> (long) r[0] % stride == 0).toArray(float[][]::new);
            Arrays.fill(rows, kept.length, MOST, new float[0]);
            System.arraycopy(kept, 0, rows, 0, kept.length);
            count = kept.length;
            if (step % stride != 0) {
                return;
            }
        }
        rows[count++] = new float[] {
            step,
            (float) train.loss(),
            test == null ? Float.NaN : (float) test.loss(),
            score(train),
            test == null ? Float.NaN : score(test)
        };
    }

    private static float score(Evaluation e) {
        return e.metrics().values().iterator().next().floatValue();
    }

    /// Forgets what lies after a step.
    void cut(long after) {
        while (count > 0 && rows[count - 1][0] > after) {
            count--;
        }
    }

    Lines lines() {
        return new Lines(column(0), column(1), column(2), column(3), column(4));
    }

    private String column(int c) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = rows[i][c];
        }
        return Numbers.of(values);
    }
}

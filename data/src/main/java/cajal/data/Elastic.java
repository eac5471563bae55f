package cajal.data;

import java.util.random.RandomGenerator;

/// Bends a picture: each pixel is taken from a place nearby, and neighbours from places near to each other.
///
/// The displacements along each axis are uniform random numbers from -1 to 1, smoothed by a Gaussian and
/// multiplied.
///
/// **Source** Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual
/// document analysis", ICDAR 2003, section 2.
///
/// @param strength what the smoothed displacements are multiplied by, in pixels
/// @param smoothness the standard deviation of the Gaussian, in pixels
public record Elastic(double strength, double smoothness) implements Transform {
    /// Checks the numbers.
    public Elastic {
        if (!(strength >= 0 && smoothness > 0 && strength + smoothness < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Elastic of strength " + strength + " and smoothness " + smoothness
                    + "\n  rule: finite, the strength 0 or more, the smoothness above 0");
        }
    }

    /// Strength and smoothness in pixels; 34 and 4 are the paper's for digits of 28 by 28.
    public static Elastic of(double strength, double smoothness) {
        return new Elastic(strength, smoothness);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        float[] x = field(picture, random);
        float[] y = field(picture, random);
        int w = picture.width();
        for (int i = 0; i < x.length; i++) {
            int row = i / w;
            x[i] += i % w;
            y[i] += row;
        }
        return picture.taken(x, y);
    }

    private float[] field(Picture picture, RandomGenerator random) {
        float[] field = new float[picture.area()];
        for (int i = 0; i < field.length; i++) {
            field[i] = (float) Chance.between(random, -1, 1);
        }
        float[] kernel = kernel();
        int w = picture.width();
        int h = picture.height();
        float[] across = smooth(field, kernel, h, w, w, 1);
        float[] both = smooth(across, kernel, w, h, 1, w);
        for (int i = 0; i < both.length; i++) {
            both[i] *= (float) strength;
        }
        return both;
    }

    private float[] kernel() {
        int reach = (int) Math.ceil(3 * smoothness);
        float[] kernel = new float[2 * reach + 1];
        double sum = 0;
        for (int k = -reach; k <= reach; k++) {
            sum += StrictMath.exp(-0.5 * k * k / (smoothness * smoothness));
        }
        for (int k = -reach; k <= reach; k++) {
            kernel[k + reach] = (float) (StrictMath.exp(-0.5 * k * k / (smoothness * smoothness)) / sum);
        }
        return kernel;
    }

    /// Each of `lines` lines of `n` values, smoothed; outside there is nothing.
    private static float[] smooth(float[] in, float[] kernel, int lines, int n, int lineStep, int step) {
        int reach = kernel.length / 2;
        float[] out = new float[in.length];
        for (int line = 0; line < lines; line++) {
            for (int i = 0; i < n; i++) {
                float sum = 0;
                for (int k = Math.max(-reach, -i); k <= Math.min(reach, n - 1 - i); k++) {
                    sum += kernel[k + reach] * in[line * lineStep + (i + k) * step];
                }
                out[line * lineStep + i * step] = sum;
            }
        }
        return out;
    }
}

package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import java.util.Optional;

/// The operations that bring groups of elements to mean 0 and variance 1; all of them are [Normalise] on
/// another view of the elements. Behind `epsilon` may follow weights, or weights and biases.
public sealed interface Normalising permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /// Each row, made of the last `axes` axes, with mean 0 and variance 1, times weights and plus biases of the
    /// shape of those axes.
    default Tensor layerNorm(int axes, double epsilon, Tensor... weights) {
        return new Normalise(true, epsilon, false).apply(self(), Normalise.rows(self().shape(), axes), flat(weights));
    }

    /// Each row, made of the last `axes` axes, with a mean square of 1, times weights of the shape of those
    /// axes.
    default Tensor rmsNorm(int axes, double epsilon, Tensor... weights) {
        return new Normalise(false, epsilon, false).apply(self(), Normalise.rows(self().shape(), axes), flat(weights));
    }

    private static Tensor[] flat(Tensor... weights) {
        Tensor[] all = weights.clone();
        for (int i = 0; i < all.length; i++) {
            all[i] = all[i].rank() == 1 ? all[i] : all[i].flatten(0);
        }
        return all;
    }

    /// Each channel, the second axis, with mean 0 and variance 1 over the whole batch, times a weight and
    /// plus a bias a channel; and what the mean and the variance were.
    default Normalised batchNorm(double epsilon, Tensor... weights) {
        return batchNorm(epsilon, Optional.empty(), weights);
    }

    /// As [#batchNorm(double, Tensor...)], and a function of the normalised elements, if there is one, in the same
    /// operation where its gradient follows from its value: see [Joined].
    default Normalised batchNorm(double epsilon, Optional<Elementwise> then, Tensor... weights) {
        Tensor[] out =
                new Normalise(true, epsilon, true).run(self(), Normalise.channels(self().shape()), then, weights);
        return new Normalised(out[0].reshape(self().shape()), out[1], out[2]);
    }

    /// The channels, the second axis, of each sample in `groups` groups, each with mean 0 and variance 1
    /// over its channels and places, times a weight and plus a bias a channel.
    ///
    /// **Throws** [ShapeException] if the channels cannot be split evenly.
    default Tensor groupNorm(long groups, double epsilon, Tensor... weights) {
        Shape s = Normalise.channels(self().shape()); // (B, C, places)
        long channels = s.dim(1);
        if (groups < 1 || channels % groups != 0) {
            throw new ShapeException("groupNorm of " + self().shape() + " in " + groups + " groups\n  rule: the "
                    + channels + " channels can be split evenly into groups");
        }
        if (groups == channels) {
            return instances(s, epsilon, weights).values();
        }
        Shape rows = Shape.of(1, s.dim(0) * groups, channels / groups * s.dim(2));
        Tensor y = new Normalise(true, epsilon, false).apply(self(), rows).reshape(s);
        y = weights.length > 0 ? y.mul(weights[0].unsqueeze(1)) : y;
        y = weights.length > 1 ? y.add(weights[1].unsqueeze(1)) : y;
        return y.reshape(self().shape());
    }

    /// Each channel, the second axis, of each sample with mean 0 and variance 1 over its places, times a
    /// weight and plus a bias a channel; and what the means and the variances were, `(B, C)`.
    default Normalised instanceNorm(double epsilon, Tensor... weights) {
        return instances(Normalise.channels(self().shape()), epsilon, weights);
    }

    private Normalised instances(Shape s, double epsilon, Tensor... weights) {
        Shape each = Shape.of(s.dim(0), s.dim(1));
        Tensor[] repeated = weights.clone();
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = repeated[i].expand(each).flatten(0); // (C) -> (B·C)
        }
        Tensor[] out = new Normalise(true, epsilon, true)
                .run(self(), Shape.of(1, s.dim(0) * s.dim(1), s.dim(2)), Optional.empty(), repeated);
        return new Normalised(out[0].reshape(self().shape()), out[1].reshape(each), out[2].reshape(each));
    }

    /// Normalised elements, and the statistics that they were normalised with.
    ///
    /// @param values the normalised elements
    /// @param mean the means; constants to autograd
    /// @param variance the variances of a population; constants to autograd
    record Normalised(Tensor values, Tensor mean, Tensor variance) {}
}

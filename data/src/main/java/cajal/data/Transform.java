package cajal.data;

import java.util.random.RandomGenerator;

/// Changes one picture at random: a training set looks larger that way.
///
/// A transform is a pure function of the picture and of the random numbers; it leaves the picture that it
/// gets as it is. Pictures of one size become pictures of one size.
@FunctionalInterface
public interface Transform {
    /// The changed picture.
    ///
    /// @param picture the picture, which is not written to
    /// @param random where all that is random comes from
    Picture apply(Picture picture, RandomGenerator random);
}

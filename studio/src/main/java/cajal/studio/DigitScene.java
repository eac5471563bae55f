package cajal.studio;

import cajal.nn.Block;
import cajal.tensor.Tensor;

/// What is looked at: a picture, a network, and the right answer.
///
/// @param net the network with all its moments
/// @param at the network at the moment that is looked at
/// @param picture what the network sees, `(1, 28, 28)`
/// @param x the same as its input, one in a batch
/// @param answer the right class
/// @param assumed whether nobody said it, so that the network's own answer is taken
record DigitScene(DigitNet net, Block at, Tensor picture, Tensor x, int answer, boolean assumed) {
    /// The loss of an output.
    Tensor loss(Tensor output) {
        return net.loss().of(output, Tensor.indices(answer));
    }
}

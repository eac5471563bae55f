package bench;

import bench.Task.Mlp;
import bench.Task.Rule;
import java.util.Arrays;
import java.util.Optional;
import smile.classification.MLP;
import smile.model.mlp.Layer;
import smile.model.mlp.LayerBuilder;
import smile.model.mlp.OutputFunction;
import smile.util.function.TimeFunction;

/// Smile's multilayer perceptron, in double precision as Smile has it.
public final class SmilePeer implements Peer {
    @Override
    public String version() {
        return "Smile 6.3.0";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        return switch (task) {
            case Mlp m when m.rule() == Rule.SGD || m.rule() == Rule.NONE -> Optional.of(mlp(m));
            case Task.Start s -> work(s.net(), threads);
            case Task.Many m -> work(m.net(), threads);
            default -> Optional.empty();
        };
    }

    /// With the weights in reach.
    private static final class Net extends MLP {
        Net(LayerBuilder... layers) {
            super(layers);
        }

        void fill() {
            for (int i = 1; i < net.length; i++) {
                fill(net[i], 2 * (i - 1));
            }
            fill(output, 2 * (net.length - 1));
        }

        private static void fill(Layer layer, int index) {
            int out = layer.getOutputSize();
            int in = layer.getInputSize();
            float[] w = Numbers.weights(index + ".weight", out, in);
            for (int i = 0; i < out; i++) {
                for (int j = 0; j < in; j++) {
                    layer.weight().set(i, j, w[i * in + j]);
                }
                layer.bias().set(i, 0);
            }
        }
    }

    private static Work mlp(Mlp m) {
        int[] sizes = m.sizes();
        int last = sizes.length - 1;
        LayerBuilder[] layers = new LayerBuilder[sizes.length];
        layers[0] = Layer.input(sizes[0]);
        for (int i = 1; i < last; i++) {
            layers[i] = m.sigmoid() ? Layer.sigmoid(sizes[i]) : Layer.rectifier(sizes[i]);
        }
        layers[last] = Layer.mle(sizes[last], OutputFunction.SOFTMAX);
        Net net = new Net(layers);
        net.fill();
        double[][][] inputs = new double[Numbers.BATCHES][m.batch()][sizes[0]];
        int[][] classes = new int[Numbers.BATCHES][m.batch()];
        for (int b = 0; b < Numbers.BATCHES; b++) {
            float[] x = Numbers.inputs(b, m.batch() * sizes[0]);
            long[] y = Numbers.classes("class", b, m.batch(), sizes[last]);
            for (int i = 0; i < m.batch(); i++) {
                for (int j = 0; j < sizes[0]; j++) {
                    inputs[b][i][j] = x[i * sizes[0] + j];
                }
                classes[b][i] = (int) y[i];
            }
        }
        net.setLearningRate(TimeFunction.constant(m.training() ? m.rate() : 1));
        double[] posteriori = new double[sizes[last]];
        int[] step = {0};
        if (!m.training()) {
            return _ -> {
                for (double[] x : inputs[step[0]++ % Numbers.BATCHES]) {
                    net.predict(x, posteriori);
                }
                return posteriori[0];
            };
        }
        return plain -> {
            int b = step[0]++ % Numbers.BATCHES;
            double loss = 0;
            if (plain) { // Smile does not say the loss: only the compared steps compute it
                for (int i = 0; i < m.batch(); i++) {
                    net.predict(inputs[b][i], posteriori);
                    loss -= Math.log(posteriori[classes[b][i]]) / m.batch();
                }
            }
            if (m.batch() == 1) {
                net.update(inputs[b][0], classes[b][0]);
            } else {
                net.update(inputs[b], classes[b]);
            }
            return loss;
        };
    }
}

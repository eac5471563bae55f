package bench;

import bench.Task.Cnn;
import bench.Task.Gemm;
import bench.Task.Mlp;
import bench.Task.Rule;
import java.util.Optional;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/// Deeplearning4j.
public final class Dl4jPeer implements Peer {
    @Override
    public String version() {
        return "DL4J 1.0.0-M2.1";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        return switch (task) {
            case Mlp m -> Optional.of(mlp(m));
            case Cnn c -> Optional.of(cnn(c));
            case Gemm g -> Optional.of(gemm(g));
            case Task.Start s -> work(s.net(), threads);
            default -> Optional.empty();
        };
    }

    private static NeuralNetConfiguration.ListBuilder builder(Rule rule, double rate) {
        IUpdater updater = switch (rule) {
            case SGD -> new Sgd(rate);
            case ADAM, ADAMW -> new Adam(rate);
            case NONE -> new NoOp();
        };
        return new NeuralNetConfiguration.Builder().updater(updater).list();
    }

    private static Layer last(int in, int out) {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT).nIn(in).nOut(out).activation(Activation.SOFTMAX).build();
    }

    private static Work mlp(Mlp m) {
        var list = builder(m.rule(), m.rate());
        int end = m.sizes().length - 1;
        for (int i = 1; i < end; i++) {
            list.layer(new DenseLayer.Builder().nIn(m.sizes()[i - 1]).nOut(m.sizes()[i])
                    .activation(m.sigmoid() ? Activation.SIGMOID : Activation.RELU).build());
        }
        list.layer(last(m.sizes()[end - 1], m.sizes()[end]));
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        for (int i = 0; i < end; i++) {
            fill(net, i, 2 * i + "", m.sizes()[i + 1], m.sizes()[i]);
        }
        return net(net, m.rule(), m.sizes()[end], m.batch(), m.sizes()[0]);
    }

    private static Work cnn(Cnn c) {
        var list = builder(c.rule(), c.rate())
                .layer(new ConvolutionLayer.Builder(3, 3).nIn(1).nOut(32).activation(Activation.RELU).build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(64).activation(Activation.RELU).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new DenseLayer.Builder().nOut(128).activation(Activation.RELU).build())
                .layer(last(128, 10))
                .setInputType(InputType.convolutional(28, 28, 1));
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        fill(net, 0, "0", 32, 1, 3, 3);
        fill(net, 1, "2", 64, 32, 3, 3);
        fill(net, 3, "7", 128, 9216);
        fill(net, 4, "10", 10, 128);
        return net(net, c.rule(), 10, c.batch(), 1, 28, 28);
    }

    private static void fill(MultiLayerNetwork net, int layer, String path, long... dims) {
        INDArray w = Nd4j.create(Numbers.weights(path + ".weight", dims), dims, 'c');
        net.getParam(layer + "_W").assign(dims.length == 2 ? w.transpose() : w);
        net.getParam(layer + "_b").assign(0);
    }

    private static Work net(MultiLayerNetwork net, Rule rule, int classes, int batch, int... shape) {
        int count = batch;
        long[] dims = new long[shape.length + 1];
        dims[0] = batch;
        for (int i = 0; i < shape.length; i++) {
            dims[i + 1] = shape[i];
            count *= shape[i];
        }
        INDArray[] inputs = new INDArray[Numbers.BATCHES];
        INDArray[] targets = new INDArray[Numbers.BATCHES];
        for (int b = 0; b < Numbers.BATCHES; b++) {
            inputs[b] = Nd4j.create(Numbers.inputs(b, count), dims, 'c');
            float[] ones = new float[batch * classes];
            long[] of = Numbers.classes("class", b, batch, classes);
            for (int i = 0; i < batch; i++) {
                ones[i * classes + (int) of[i]] = 1;
            }
            targets[b] = Nd4j.create(ones, new long[] {batch, classes}, 'c');
        }
        int[] step = {0};
        if (rule == Rule.NONE) {
            return _ -> net.output(inputs[step[0]++ % Numbers.BATCHES]).getDouble(0);
        }
        return _ -> {
            int b = step[0]++ % Numbers.BATCHES;
            net.fit(inputs[b], targets[b]);
            return net.score();
        };
    }

    private static INDArray numbers(String name, long... dims) {
        return Nd4j.create(Numbers.uniform(name, (int) (dims[0] * dims[1]), -1, 1), dims, 'c');
    }

    private static Work gemm(Gemm g) {
        INDArray a = g.acrossA() ? numbers("a", g.k(), g.m()).transpose() : numbers("a", g.m(), g.k());
        INDArray b = g.acrossB() ? numbers("b", g.n(), g.k()).transpose() : numbers("b", g.k(), g.n());
        return _ -> a.mmul(b).getDouble(0, 0);
    }
}

package bench;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.Sgd;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import bench.Task.Cnn;
import bench.Task.Gemm;
import bench.Task.Mlp;
import bench.Task.Rule;
import java.util.Optional;

/// PyTorch through DJL, with the binaries that PyTorch's makers build (Intel's MKL).
public final class DjlPeer implements Peer {
    private final NDManager manager = NDManager.newBaseManager();

    @Override
    public String version() {
        return "DJL 0.36.0 (PyTorch " + Engine.getInstance().getVersion() + ")";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        return switch (task) {
            case Mlp m -> Optional.of(mlp(m));
            case Cnn c -> Optional.of(cnn(c));
            case Gemm g -> Optional.of(gemm(g));
            case Task.Start s -> work(s.net(), threads);
            case Task.Many m -> work(m.net(), threads);
            default -> Optional.empty();
        };
    }

    private Work mlp(Mlp m) {
        SequentialBlock block = new SequentialBlock();
        for (int i = 1; i < m.sizes().length; i++) {
            block.add(Linear.builder().setUnits(m.sizes()[i]).build());
            if (i < m.sizes().length - 1) {
                block.add(m.sigmoid() ? Activation.sigmoidBlock() : Activation.reluBlock());
            }
        }
        return net(block, m.rule(), m.rate(), m.sizes()[m.sizes().length - 1], m.batch(), m.sizes()[0]);
    }

    private Work cnn(Cnn c) {
        SequentialBlock block = new SequentialBlock()
                .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(32).build()).add(Activation.reluBlock())
                .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(64).build()).add(Activation.reluBlock())
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2))).add(Dropout.builder().optRate(0.25f).build())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(128).build()).add(Activation.reluBlock()).add(Dropout.builder().optRate(0.5f).build())
                .add(Linear.builder().setUnits(10).build());
        return net(block, c.rule(), c.rate(), 10, c.batch(), 1, 28, 28);
    }

    private Work net(SequentialBlock block, Rule rule, double rate, int classes, int batch, int... shape) {
        int count = batch;
        long[] dims = new long[shape.length + 1];
        dims[0] = batch;
        for (int i = 0; i < shape.length; i++) {
            dims[i + 1] = shape[i];
            count *= shape[i];
        }
        NDArray[] inputs = new NDArray[Numbers.BATCHES];
        NDArray[] targets = new NDArray[Numbers.BATCHES];
        for (int b = 0; b < Numbers.BATCHES; b++) {
            inputs[b] = manager.create(Numbers.inputs(b, count), new Shape(dims));
            targets[b] = manager.create(Numbers.classes("class", b, batch, classes), new Shape(batch));
        }
        Model model = Model.newInstance("bench");
        model.setBlock(block);
        int[] step = {0};
        if (rule == Rule.NONE) {
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(dims));
            fill(block);
            Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
            return _ -> {
                try {
                    NDList out = predictor.predict(new NDList(inputs[step[0]++ % Numbers.BATCHES]));
                    float first = out.singletonOrThrow().toFloatArray()[0];
                    out.close();
                    return first;
                } catch (TranslateException e) {
                    throw new IllegalStateException(e);
                }
            };
        }
        Tracker tracker = Tracker.fixed((float) rate);
        Optimizer optimizer = rule == Rule.SGD
                ? Optimizer.sgd().setLearningRateTracker(tracker).build()
                : Optimizer.adam().optLearningRateTracker(tracker).build();
        Loss loss = Loss.softmaxCrossEntropyLoss();
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer));
        trainer.initialize(new Shape(dims));
        fill(block);
        ParameterStore store = new ParameterStore(model.getNDManager(), false);
        return plain -> {
            int b = step[0]++ % Numbers.BATCHES;
            try (NDManager sub = trainer.getManager().newSubManager(); GradientCollector collector = trainer.newGradientCollector()) {
                NDArray x = inputs[b].duplicate();
                x.attach(sub);
                NDArray y = targets[b].duplicate();
                y.attach(sub);
                NDList out = plain ? block.forward(store, new NDList(x), false) : trainer.forward(new NDList(x));
                NDArray value = loss.evaluate(new NDList(y), out);
                collector.backward(value);
                trainer.step();
                return value.getFloat();
            }
        };
    }

    /// Layers are numbered as in PyTorch's `Sequential`.
    private void fill(SequentialBlock block) {
        for (int i = 0; i < block.getChildren().size(); i++) {
            for (var pair : block.getChildren().get(i).getValue().getParameters()) {
                Parameter p = pair.getValue();
                p.getArray().set(Numbers.weights(i + "." + p.getName(), p.getShape().getShape()));
            }
        }
    }

    private NDArray numbers(String name, long... dims) {
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        return manager.create(Numbers.uniform(name, n, -1, 1), new Shape(dims));
    }

    private Work gemm(Gemm g) {
        NDArray a = g.acrossA() ? numbers("a", g.k(), g.m()).transpose() : numbers("a", g.m(), g.k());
        NDArray b = g.acrossB() ? numbers("b", g.n(), g.k()).transpose() : numbers("b", g.k(), g.n());
        long[] sink = {0};
        return _ -> {
            try (NDArray c = a.matMul(b)) {
                return sink[0] += c.getShape().dimension();
            }
        };
    }
}

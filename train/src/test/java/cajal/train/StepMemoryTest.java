package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.kernel.DType;
import cajal.kernel.RecycledException;
import cajal.kernel.Shape;
import cajal.nn.BatchNorm;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Dropout;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.MaxPool2d;
import cajal.nn.Sequential;
import cajal.tensor.Memory;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Scope;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What the recycling of storage must not change, and what it must save.
final class StepMemoryTest {
    private static Block net() {
        return Sequential.of(
                new Conv2d(1, 4, 3),
                new BatchNorm(4),
                Tensor::relu,
                new MaxPool2d(2),
                new Flatten(),
                new Dropout(0.2),
                new Linear(10));
    }

    private static Dataset pictures(int n) {
        Tensor x = Tensor.normal(RandomKey.of(7), n, 1, 8, 8);
        return Dataset.of(
                x,
                Tensor.arange(n)
                        .reshape(n)
                        .to(DType.F32)
                        .mul(0.37)
                        .floor()
                        .to(DType.I64)
                        .clamp(0, 9));
    }

    @Test
    void aRecycledStepHasTheBitsOfOneThatAllocates() {
        Dataset data = pictures(20);
        List<Map<String, Tensor>> results = new ArrayList<>();
        for (boolean recycled : new boolean[] {false, true}) {
            Block net = net();
            net.init(3, Shape.of(6, 1, 8, 8));
            Optimizer adam = new AdamW(0.01).ema(0.9).lookahead(2, 0.5);
            Batches batches = Batches.shuffled(data, 6, RandomKey.of(5)); // 6, 6, 6, 2: other lengths
            for (long step = 0; step < 12; step++) {
                try (Scope _ = recycled ? Memory.step() : () -> {};
                        var _ = Mode.training(RandomKey.of(1).fold(step))) {
                    Batch b = batches.at(step / batches.count(), step % batches.count());
                    net.parameters().values().forEach(Param::zeroGrad);
                    Loss.crossEntropy().of(net.apply(b.inputs()), b.targets()).backward();
                    Gradients.clipNorm(net.parameters(), 1);
                    adam.step(net.parameters());
                }
            }
            Map<String, Tensor> all = new TreeMap<>(adam.state());
            net.tensors().forEach((path, t) -> all.put(path, t.copy()));
            results.add(all);
        }
        results.get(0)
                .forEach((path, t) -> assertThat(results.get(1).get(path).toDoubles())
                        .as(path)
                        .containsExactly(t.toDoubles()));
    }

    @Test
    void aWatcherThatKeepsATensorOfAStepIsToldToCopyIt() {
        List<Tensor> kept = new ArrayList<>();
        List<Tensor> copied = new ArrayList<>();
        Block net = net();
        Objective objective = b -> {
            Tensor out = net.apply(b.inputs());
            kept.add(out);
            copied.add(out.keep());
            return Loss.crossEntropy().of(out, b.targets());
        };
        Trainer.of(net, objective, new SGD(0.1)).batch(10).fit(pictures(20));
        assertThatThrownBy(() -> kept.getFirst().toFloats())
                .isInstanceOf(RecycledException.class)
                .hasMessageContaining("the Trainer closes one after each step");
        assertThat(copied.getFirst().toFloats()).hasSize(100);
    }

    @Test
    void gradientsCanBeReadAfterTheStep() {
        Block net = net();
        List<Double> norms = new ArrayList<>();
        Trainer.of(net, Loss.crossEntropy(), new SGD(0.1))
                .onStep((_, _) -> norms.add(Gradients.norm(net.parameters())))
                .batch(10)
                .fit(pictures(30));
        assertThat(norms).hasSize(3).allSatisfy(n -> assertThat(n).isPositive());
    }
}

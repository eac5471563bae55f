package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.format.Json;
import cajal.format.Safetensors;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.BatchNorm;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Dropout;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Residual;
import cajal.nn.Sequential;
import cajal.nn.Specs;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the page of models shows is what the library says, whatever file it is given.
class ModelRoomTest {
    @TempDir
    private Path runs;

    private ModelRoom room;

    @BeforeEach
    void open() {
        room = new ModelRoom(runs);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private static Sequential net() {
        Sequential net = Sequential.of(
                new Conv2d(1, 4, 3),
                new BatchNorm(4),
                Activation.relu(),
                new Residual(new Conv2d(4, 4, 3).padding(1)),
                new Flatten(),
                new Dropout(0.5),
                new Linear(144, 3));
        net.init(1, Shape.of(1, 1, 8, 8));
        return net;
    }

    private Path save(Block net, String name) {
        Path file = runs.resolve(name);
        new SavedModel(net, Shape.of(1, 8, 8), List.of("a", "b", "c"), Map.of(), Map.of()).write(file);
        return file;
    }

    @Test
    void layersAndOperationsAreThoseOfTheNetwork() throws IOException {
        Files.createDirectories(runs.resolve("mine-1"));
        Sequential net = net();
        save(net, "mine-1/model.safetensors");
        assertThat(room.choices().models().getFirst().id()).isEqualTo("mine-1");
        ModelRoom.Scene scene = room.scene("mine-1");
        assertThat(scene.why()).isEmpty();
        assertThat(scene.classes()).containsExactly("a", "b", "c");
        assertThat(scene.layers()).extracting(ModelGraph.Layer::path).contains("", "0", "3", "3.body", "6");
        assertThat(scene.layers().stream()
                        .mapToLong(ModelGraph.Layer::parameters)
                        .sum())
                .isEqualTo(net.parameterCount());
        assertThat(scene.multiplyAdds())
                .isEqualTo(36 * 4 * 9 + 36 * 4 * 4 * 9 + 144 * 3)
                .isEqualTo(net.summary(1, 1, 8, 8).multiplyAdds());
        List<ModelGraph.Operation> ops = scene.operations();
        for (int i = 0; i < ops.size(); i++) {
            int here = i;
            assertThat(ops.get(i).inputs()).allMatch(from -> from >= -1 && from < here);
        }
        assertThat(ops.getFirst().inputs()).containsExactly(-1);
        assertThat(ops.getFirst().op()).isEqualTo("convolution");
        assertThat(ops.getFirst().reads()).containsExactly("0.weight", "0.bias");
        assertThat(ops.getFirst().output()).isEqualTo("(1, 4, 6, 6)");
        ModelGraph.Operation sum = ops.stream()
                .filter(o -> o.path().equals("3") && o.op().equals("add"))
                .findFirst()
                .orElseThrow();
        assertThat(sum.inputs()).as("the shortcut and the body").hasSize(2);
        assertThat(ops).as("a dropout hands its input on").anySatisfy(o -> {
            assertThat(o.path()).isEqualTo("5");
            assertThat(o.op()).isEqualTo(ModelGraph.NOTHING);
        });
    }

    @Test
    void theExamplesHaveTheirPublishedSizes() {
        assertThat(room.scene("example:resnet20").multiplyAdds()).isEqualTo(40_813_184);
        assertThat(room.scene("example:lenet").multiplyAdds()).isEqualTo(416_520);
        for (ModelRoom.Choice choice : room.choices().models()) {
            assertThat(room.scene(choice.id()).operations()).as(choice.label()).isNotEmpty();
        }
    }

    @Test
    void figuresAreTheTensorsOwn() {
        float[] values = Tensor.normal(RandomKey.of(1), 6, 5).toFloats();
        values[3] = 0;
        values[7] = 0;
        Tensor t = Tensor.of(values, 6, 5);
        WeightFigures f = WeightFigures.of("w", "F32", t, Shape.scalar());
        Tensor exact = t.to(DType.F64);
        assertThat(f.mean()).isCloseTo(exact.mean().item(), within(1e-12));
        assertThat(f.deviation()).isCloseTo(exact.variance(0).sqrt().item(), within(1e-12));
        assertThat(f.min()).isEqualTo(exact.min().item());
        assertThat(f.max()).isEqualTo(exact.max().item());
        assertThat(f.zeros()).isEqualTo(2 / 30.0);
        double all = 0;
        for (float n : Numbers.read(f.counts(), 48)) {
            all += n;
        }
        assertThat(all).isEqualTo(30);
        assertThat(Numbers.read(f.picture().values().getFirst(), 30)).isEqualTo(values);
    }

    @Test
    void kernelsAndPicturesAreTheWeights() {
        Tensor kernels = Tensor.normal(RandomKey.of(2), 3, 2, 4, 5);
        WeightFigures.Picture p =
                WeightFigures.of("k", "F32", kernels, Shape.scalar()).picture();
        assertThat(List.of(p.rows(), p.columns(), p.across())).containsExactly(4, 5, 6);
        assertThat(Numbers.read(p.values().getFirst(), 120)).isEqualTo(kernels.toFloats());
        Tensor rows = Tensor.normal(RandomKey.of(3), 7, 2 * 6 * 4);
        p = WeightFigures.of("r", "F32", rows, Shape.of(2, 6, 4)).picture();
        assertThat(List.of(p.rows(), p.columns(), p.across())).containsExactly(6, 4, 2);
        Tensor large = Tensor.normal(RandomKey.of(4), 512, 300);
        p = WeightFigures.of("l", "F32", large, Shape.scalar()).picture();
        assertThat(List.of(p.rows(), p.columns())).containsExactly(256, 150);
        assertThat(p.says()).contains("the mean of 2 by 2 weights");
        double mean = (large.get(0, 0) + large.get(0, 1) + large.get(1, 0) + large.get(1, 1)) / 4;
        assertThat((double) Numbers.read(p.values().getFirst(), 4096)[0]).isCloseTo(mean, within(1e-6));
    }

    @Test
    void whatIsNoNumberIsCountedApart() {
        Tensor t = Tensor.of(1, Float.NaN, 3, Float.POSITIVE_INFINITY);
        WeightFigures f = WeightFigures.of("w", "F32", t, Shape.scalar());
        assertThat(f.finite()).isEqualTo(2);
        assertThat(List.of(f.mean(), f.deviation(), f.min(), f.max())).containsExactly(2.0, 1.0, 1.0, 3.0);
        assertThat(WeightFigures.of("e", "F32", Tensor.zeros(0, 3), Shape.scalar())
                        .size())
                .isZero();
    }

    @Test
    void timesAreMeasuredForEveryOperationAndLeaveTheNetworkAsItWas() {
        Sequential net = net();
        Map<String, float[]> before = new LinkedHashMap<>();
        net.tensors().forEach((name, t) -> before.put(name, t.toFloats()));
        ModelGraph graph = ModelGraph.of(net, Shape.of(1, 1, 8, 8));
        ModelTimes times = ModelTimes.of(net, graph, Shape.of(8, 1, 8, 8));
        assertThat(times.forward()).hasSameSizeAs(graph.operations());
        for (int i = 0; i < graph.operations().size(); i++) {
            boolean nothing = graph.operations().get(i).op().equals(ModelGraph.NOTHING);
            assertThat(times.forward().get(i) == 0).isEqualTo(nothing);
        }
        assertThat(times.why()).isEmpty();
        assertThat(times.backwardPasses()).isPositive();
        assertThat(times.backward())
                .filteredOn(l -> List.of("0", "3.body", "6").contains(l.path()))
                .hasSize(3)
                .allMatch(l -> l.time() > 0);
        net.tensors().forEach((name, t) -> assertThat(t.toFloats()).as(name).isEqualTo(before.get(name)));
        assertThatThrownBy(() -> room.times("example:resnet20", 1024)).hasMessageContaining("fix:  a batch of at most");
    }

    @Test
    void aStrangersFileIsAListOfTensors() {
        Safetensors.write(runs.resolve("x.safetensors"), Map.of("w", Tensor.ones(2, 3)), Map.of("by", "somebody"));
        ModelRoom.Scene scene = room.scene("x.safetensors");
        assertThat(scene.why()).contains("does not say how a network uses them");
        assertThat(scene.tensors()).extracting(ModelRoom.Entry::name).containsExactly("w");
        assertThat(scene.told()).extracting(ModelRoom.Told::text).containsExactly("somebody");
        assertThat(room.figures("x.safetensors", "w").mean()).isEqualTo(1);
        assertThatThrownBy(() -> room.figures("x.safetensors", "v")).hasMessageContaining("There is no tensor 'v'");
        assertThatThrownBy(() -> room.times("x.safetensors", 1)).isInstanceOf(StudioException.class);
    }

    @Test
    void descriptionsThatLieAreToldAndNotBelieved() {
        Map<String, Object> wide = Specs.toMap(Specs.of(Sequential.of(new Linear(4, 3)), Shape.of(4)));
        Map<String, String> m = new LinkedHashMap<>();
        m.put("cajal.model", "1");
        m.put("architecture", Json.write(wide));
        m.put("inputShape", "[4]");
        Map<String, Tensor> other = Map.of("0.weight", Tensor.ones(9, 9), "0.bias", Tensor.ones(3));
        Safetensors.write(runs.resolve("other.safetensors"), other, m);
        assertThat(room.scene("other.safetensors").why()).contains("cannot be built");
        Map<String, Tensor> right = Map.of("0.weight", Tensor.ones(3, 4), "0.bias", Tensor.ones(3));
        for (String shape : List.of("[100000000000]", "[\"x\"]", "{", "[1,2,3,4,5,6,-7]", "[]")) {
            m.put("inputShape", shape);
            Safetensors.write(runs.resolve("shape.safetensors"), right, m);
            ModelRoom fresh = new ModelRoom(runs);
            assertSaid(() -> fresh.scene("shape.safetensors"));
            fresh.close();
        }
        m.put("inputShape", "[4]");
        m.put("architecture", "{\"type\":\"Runtime\"}");
        Safetensors.write(runs.resolve("type.safetensors"), right, m);
        assertThat(room.scene("type.safetensors").why()).contains("There is no layer type 'Runtime'");
    }

    /// Either a list of tensors with a reason, or a message for a person: never a failure.
    private static void assertSaid(java.util.function.Supplier<ModelRoom.Scene> asked) {
        try {
            ModelRoom.Scene scene = asked.get();
            assertThat(scene.why()).isNotEmpty();
        } catch (RuntimeException e) {
            assertThat(e.getClass().getName()).startsWith("cajal.");
        }
    }

    @Test
    void onlyWhatIsListedIsOpened() throws IOException {
        Path outside = runs.resolveSibling("outside.safetensors");
        Safetensors.write(outside, Map.of("w", Tensor.ones(1)));
        Files.write(runs.resolve("broken.safetensors"), new byte[] {1, 2, 3});
        for (String id :
                List.of("../outside.safetensors", outside.toString(), "upload:", "upload:0", "example:x", ".")) {
            assertThatThrownBy(() -> room.scene(id)).as(id).isInstanceOf(StudioException.class);
        }
        assertThatThrownBy(() -> room.scene("broken.safetensors")).isInstanceOf(StudioException.class);
    }

    @Test
    void aFileArrivesPieceByPieceWithinBounds() throws IOException {
        byte[] all = Files.readAllBytes(save(net(), "m.safetensors"));
        try (ModelFiles files = new ModelFiles(runs)) {
            String id = files.begin("mine.safetensors", all.length);
            assertThatThrownBy(() -> files.of(id)).hasMessageContaining("has not arrived yet");
            int half = all.length / 2;
            files.add(id, 0, Arrays.copyOf(all, half));
            assertThatThrownBy(() -> files.add(id, 0, all)).hasMessageContaining("the next one begins at " + half);
            assertThatThrownBy(() -> files.add(id, half, all)).isInstanceOf(StudioException.class);
            files.add(id, half, Arrays.copyOfRange(all, half, all.length));
            ShownModel model = files.of(id);
            assertThat(model.label()).isEqualTo("mine.safetensors");
            assertThat(model.network().parameterCount()).isEqualTo(net().parameterCount());
            assertThatThrownBy(() -> files.begin("big", ModelFiles.LARGEST_UPLOAD + 1))
                    .hasMessageContaining("fix:  put it into the folder of runs");
            for (int i = 0; i < 4; i++) {
                files.begin("more", 10);
            }
            assertThatThrownBy(() -> files.of(id))
                    .as("the fifth takes its place")
                    .isInstanceOf(StudioException.class);
        }
    }
}

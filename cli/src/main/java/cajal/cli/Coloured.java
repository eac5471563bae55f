package cajal.cli;

import cajal.data.Cifar10;
import cajal.data.Dataset;
import cajal.data.ImageFolder;
import cajal.data.Split;
import cajal.data.Standardise;
import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Pictures in colour, each channel standardised by the training pictures.
final class Coloured {
    static final String ARCHIVE = "cifar-10-binary.tar.gz";
    private static final String KIND = "picture";

    private Coloured() {}

    /// CIFAR-10, downloaded or from a folder; of a folder that holds only other files of that form, their
    /// pictures, a fifth of them for testing.
    static Material cifar10(Sources.Request r) {
        Optional<Path> folder = r.from().folder.map(f -> Sources.folder(r.shell(), f));
        List<Path> others = folder.map(Coloured::others).orElse(List.of());
        Dataset train;
        Dataset test;
        if (others.isEmpty()) {
            Cifar10 whole = folder.map(Cifar10::read).orElseGet(() -> Cifar10.fetch(Sources.downloads(r)));
            train = whole.train();
            test = whole.test();
        } else {
            Split split = Split.of(
                    Cifar10.files(others.toArray(Path[]::new)),
                    Sources.TEST_SHARE,
                    RandomKey.of(r.seed()).fold("test"));
            train = split.first();
            test = split.second();
        }
        Standardise how = Standardise.channels(train);
        Map<String, Object> input = new LinkedHashMap<>(how.toMap());
        input.put("kind", KIND);
        return Material.of(r.name(), Sources.limited(how.apply(train), r.from()), how.apply(test), input);
    }

    /// The files `*.bin` of a folder in which the collection is not.
    private static List<Path> others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all =
                    files.filter(f -> f.toString().endsWith(".bin")).sorted().toList();
            return all.stream().anyMatch(f -> f.endsWith("test_batch.bin")) ? List.of() : all;
        } catch (IOException e) {
            throw Mistake.of("--data-dir " + folder + " cannot be read: " + RunFolder.reason(e), "", "");
        }
    }

    /// Whether a model reads such pictures.
    static boolean isRead(Map<String, Object> input) {
        return KIND.equals(input.get("kind"));
    }

    /// A picture file as such a model's input: its middle, as large as the model's pictures.
    static Tensor load(Path file, Shape shape, Map<String, Object> input) {
        int height = (int) shape.dim(1);
        int width = (int) shape.dim(2);
        return standardised(ImageFolder.input(file, height, width), input);
    }

    /// Pictures `(N, C, H, W)` of values in 0..1 as a model's inputs.
    static Tensor standardised(Tensor pictures, Map<String, Object> input) {
        return Standardise.of(input).apply(pictures);
    }

    /// An input `(C, H, W)` as a picture of values in 0..1 again.
    static Tensor shown(Tensor picture, Map<String, Object> input) {
        Standardise how = Standardise.of(input);
        long channels = how.mean().size();
        double[] mean = how.mean().stream().mapToDouble(d -> d).toArray();
        double[] scale = how.scale().stream().mapToDouble(d -> d).toArray();
        return picture.mul(Tensor.ofDoubles(scale, channels, 1, 1).to(picture.dtype()))
                .add(Tensor.ofDoubles(mean, channels, 1, 1).to(picture.dtype()));
    }
}

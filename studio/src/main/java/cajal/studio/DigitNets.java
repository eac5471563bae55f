package cajal.studio;

import cajal.format.FormatException;
import cajal.format.Json;
import cajal.format.Safetensors;
import cajal.format.TensorFile;
import cajal.nn.Block;
import cajal.train.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The networks that read digits: those of the training runs, newest first, and two small ones that learn here.
final class DigitNets implements AutoCloseable {
    private static final List<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    private static final Map<String, String> EARLIER = earlier();
    private static final int MOST_RUNS = 50;
    private static final int KEPT = 6; // networks in memory
    private static final long LARGEST = 64L << 20; // bytes of a file

    private final Path runs;
    private final List<QuickDigits> quick = List.of(QuickDigits.dense(), QuickDigits.convolutional());
    private final Map<String, Loaded> loaded = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Loaded> eldest) {
            return size() > KEPT;
        }
    };

    /// A model's file.
    private record Found(String id, Path file, FileTime time) {}

    private record Loaded(FileTime time, DigitNet net) {}

    /// What can be chosen.
    record Offer(String id, String label) {}

    DigitNets(Path runs) {
        this.runs = runs;
    }

    private static Map<String, String> earlier() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("untrained", "untrained.safetensors");
        files.put("after 1 step", "step-1.safetensors");
        files.put("after 1 epoch", "epoch-1.safetensors");
        return files;
    }

    List<Offer> offers() {
        List<Offer> offers = new ArrayList<>();
        found().stream().filter(DigitNets::fits).forEach(f -> offers.add(new Offer(f.id, "Run " + f.id)));
        quick.forEach(q -> offers.add(new Offer(q.id(), q.label())));
        return offers;
    }

    private List<Found> found() {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(runs)) {
            for (Path folder : folders.toList()) {
                Path file = folder.resolve("model.safetensors");
                Path name = folder.getFileName();
                if (name != null && Files.isRegularFile(file) && Files.size(file) <= LARGEST) {
                    found.add(new Found(name.toString(), file, Files.getLastModifiedTime(file)));
                }
            }
        } catch (IOException e) {
            return List.of(); // the folder went away
        }
        found.sort(Comparator.comparing(Found::time).reversed().thenComparing(Found::id));
        return found.subList(0, Math.min(MOST_RUNS, found.size()));
    }

    /// Whether a file holds a network from 28 by 28 pixels to the ten digits; only its description is read.
    private static boolean fits(Found found) {
        try (TensorFile file = Safetensors.open(found.file)) {
            Map<String, String> m = file.metadata();
            Object shape = Json.parse(m.getOrDefault("inputShape", "[]"), "inputShape");
            Object classes = Json.parse(m.getOrDefault("classes", "[]"), "classes");
            long size = shape instanceof List<?> l
                    ? l.stream()
                            .mapToLong(d -> d instanceof Number n ? n.longValue() : 0)
                            .reduce(1, (a, b) -> a * b)
                    : 0;
            return size == 28 * 28 && DIGITS.equals(classes);
        } catch (FormatException | IllegalArgumentException | java.io.UncheckedIOException e) {
            return false; // a damaged file is none of ours
        }
    }

    /// The quick network of a name, if it is one.
    Optional<QuickDigits> quick(String id) {
        return quick.stream().filter(q -> q.id().equals(id)).findFirst();
    }

    /// A network by its name.
    ///
    /// **Throws** [StudioException] if there is none; [IllegalStateException] while it is learning.
    DigitNet of(String id) {
        Optional<QuickDigits> own = quick(id);
        if (own.isPresent()) {
            return own.get().net();
        }
        Found found = found().stream()
                .filter(f -> f.id.equals(id) && fits(f))
                .findFirst()
                .orElseThrow(() -> new StudioException(
                        "There is no network '" + id + "' for digits in " + runs + " any more: choose another one."));
        synchronized (loaded) {
            Loaded known = loaded.get(id);
            if (known == null || !known.time.equals(found.time)) {
                known = new Loaded(found.time, load(found));
                loaded.put(id, known);
            }
            return known.net;
        }
    }

    private static DigitNet load(Found found) {
        try {
            SequencedMap<String, Block> moments = new LinkedHashMap<>();
            EARLIER.forEach((moment, name) -> {
                Path file = found.file.resolveSibling(name);
                if (Files.isRegularFile(file)) {
                    moments.put(moment, SavedModel.read(file).net());
                }
            });
            SavedModel saved = SavedModel.read(found.file);
            moments.put(DigitNet.TRAINED, saved.net());
            return DigitNet.of(found.id, saved, moments);
        } catch (FormatException e) {
            throw new StudioException("The network '" + found.id + "' cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        quick.forEach(QuickDigits::close);
    }
}

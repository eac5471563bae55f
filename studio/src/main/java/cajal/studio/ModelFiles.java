package cajal.studio;

import cajal.format.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// The models that can be looked at: the files below the folder of runs, newest first, what the page was given,
/// and examples. Paths never come from a request: a name is looked up in the list.
final class ModelFiles implements AutoCloseable {
    static final long LARGEST_UPLOAD = 64L << 20; // bytes
    private static final String MODEL = "model.safetensors";
    private static final String UPLOAD = "upload:";
    private static final int DEEP = 3; // folders below the runs
    private static final int MOST = 200;
    private static final int UPLOADS = 4;
    private static final int KEPT = 3; // models in memory

    private final Path runs;
    private final Sessions<Upload> uploads = new Sessions<>(UPLOADS, Upload::delete);
    private final Map<String, Loaded> loaded = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Loaded> eldest) {
            return size() > KEPT;
        }
    };

    /// A model that can be chosen.
    record Offer(String id, String label) {}

    private record Found(String id, Path file, FileTime time) {}

    private record Loaded(FileTime time, ShownModel model) {}

    /// A file that the page sends piece by piece.
    private static final class Upload {
        private final String name;
        private final long size;
        private final Path file;
        private long arrived;

        Upload(String name, long size) throws IOException {
            this.name = name;
            this.size = size;
            file = Files.createTempFile("cajal-studio-", ".tensors");
            file.toFile().deleteOnExit();
        }

        void delete() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                return; // it is deleted when the process ends
            }
        }
    }

    ModelFiles(Path runs) {
        this.runs = runs;
    }

    List<Offer> offers() {
        List<Offer> offers = new ArrayList<>();
        found().forEach(f -> offers.add(new Offer(f.id, f.id)));
        ModelExamples.labels().forEach((id, label) -> offers.add(new Offer(id, label)));
        return offers;
    }

    private List<Found> found() {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(runs, DEEP)) {
            for (Path file : (Iterable<Path>) files.limit(20_000)::iterator) {
                if (file.toString().endsWith(".safetensors") && Files.isRegularFile(file)) {
                    found.add(new Found(id(file), file, Files.getLastModifiedTime(file)));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // the folder went away
        }
        found.sort(Comparator.comparing((Found f) -> !f.file.endsWith(MODEL)) // the results of runs first
                .thenComparing(Found::time, Comparator.reverseOrder())
                .thenComparing(Found::id));
        return found.subList(0, Math.min(MOST, found.size()));
    }

    /// A run's name for its model, the path below the runs for other files.
    private String id(Path file) {
        Path below = runs.relativize(file);
        Path folder = below.getParent();
        Path named = below.endsWith(MODEL) && folder != null ? folder : below;
        return named.toString().replace('\\', '/');
    }

    /// A model by its name.
    ///
    /// **Throws** [StudioException] if there is none, or it cannot be read.
    ShownModel of(String id) {
        try {
            if (id.startsWith(UPLOAD)) {
                Upload upload = uploads.of(id.substring(UPLOAD.length()));
                if (upload.arrived < upload.size) {
                    throw new StudioException("The file " + upload.name + " has not arrived yet.");
                }
                return load(id, upload.name, upload.file);
            }
            Found found =
                    found().stream().filter(f -> f.id.equals(id)).findFirst().orElse(null);
            if (found != null) {
                return load(id, id, found.file);
            }
        } catch (FormatException e) {
            throw new StudioException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new StudioException("'" + id + "' cannot be read: " + e.getMessage());
        }
        return loaded.computeIfAbsent(
                        id,
                        _ -> new Loaded(
                                FileTime.fromMillis(0),
                                ModelExamples.of(id)
                                        .orElseThrow(() -> new StudioException("There is no model '" + id + "' in "
                                                + runs + " any more: choose another one."))))
                .model;
    }

    private ShownModel load(String id, String label, Path file) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Loaded known = loaded.get(id);
        if (known == null || !known.time.equals(time)) {
            known = new Loaded(time, ShownModel.read(id, label, file));
            loaded.put(id, known);
        }
        return known.model;
    }

    // ---- what the page sends

    /// Makes room for a file; answers the name of the model that it will be.
    ///
    /// **Throws** [StudioException] if it is too large.
    String begin(String name, long size) {
        if (size < 1 || size > LARGEST_UPLOAD) {
            throw new StudioException("The file " + name + " has " + String.format(Locale.ROOT, "%,d", size)
                    + " bytes\n  rule: a file that is dropped here has at most "
                    + String.format(Locale.ROOT, "%,d", LARGEST_UPLOAD)
                    + "\n  fix:  put it into the folder of runs, " + runs + ", and load this page again");
        }
        try {
            return UPLOAD + uploads.add(new Upload(name.substring(0, Math.min(80, name.length())), size));
        } catch (IOException e) {
            throw new StudioException("There is no room for the file: " + e.getMessage());
        }
    }

    /// Takes the next piece; pieces come in their order.
    ///
    /// **Throws** [StudioException] if it is another one.
    void add(String id, long at, byte[] piece) {
        Upload upload = uploads.of(id.substring(Math.min(UPLOAD.length(), id.length())));
        synchronized (upload) {
            if (at != upload.arrived || upload.arrived + piece.length > upload.size) {
                throw new StudioException("A piece of " + upload.name + " begins at " + at
                        + "\n  rule: the next one begins at " + upload.arrived + ", and all have " + upload.size
                        + " bytes");
            }
            try (FileChannel file = FileChannel.open(upload.file, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(piece);
                while (bytes.hasRemaining()) {
                    upload.arrived += file.write(bytes, upload.arrived);
                }
            } catch (IOException e) {
                throw new StudioException("The file cannot be kept: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        uploads.closeAll();
    }
}

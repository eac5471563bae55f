package cajal.data;

import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Pictures in folders, one a class: `root/ants/1.jpg`, `root/bees/2.png`. A picture is decoded when it is
/// asked for, so that the data set may be larger than the memory; inputs are `(B, 3, height, width)` from 0
/// to 1, targets the class indices, in the order of the folders' names.
///
/// What is read are the PNG, JPEG, GIF and BMP files anywhere below a class's folder, in the order of their
/// names. A picture is first resized and then its middle is cut out.
public final class ImageFolder implements Dataset {
    private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".gif", ".bmp");
    private static final long ENOUGH_PIXELS = 25_000_000; // of more, only every second, third, ... row and column

    private final List<Path> files;
    private final int[] labels;
    private final List<String> classes;
    private final Map<Path, String> broken;
    private final Form form;

    /// What is made of a picture.
    ///
    /// @param shorter the length of the shorter side after resizing, or 0 if both sides are given
    /// @param tall the height after resizing, if both are given
    /// @param wide the width after resizing, if both are given
    /// @param height of what is cut out
    /// @param width of what is cut out
    /// @param grey whether colours become grey values
    private record Form(int shorter, int tall, int wide, int height, int width, boolean grey) {
        Pixels apply(Pixels picture) {
            int w = wide;
            int h = tall;
            if (shorter > 0) {
                boolean upright = picture.width() <= picture.height();
                w = upright ? shorter : (int) ((long) shorter * picture.width() / picture.height());
                h = upright ? (int) ((long) shorter * picture.height() / picture.width()) : shorter;
            }
            return picture.resized(w, h).centre(width, height);
        }

        Form cut(int height, int width) {
            return new Form(shorter, tall, wide, height, width, grey);
        }
    }

    private ImageFolder(List<Path> files, int[] labels, List<String> classes, Map<Path, String> broken, Form form) {
        this.files = List.copyOf(files);
        this.labels = labels;
        this.classes = List.copyOf(classes);
        this.broken = broken;
        this.form = form;
    }

    /// The pictures below a folder, as squares: the shorter side is resized to `side`, and the middle cut out.
    ///
    /// **Throws** [DataException] if there is no such folder, it holds no folders, or one of them no picture.
    public static ImageFolder of(Path root, int side) {
        positive(side);
        List<String> classes = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (Path folder : list(root, root, false)) {
            List<Path> pictures = list(root, folder, true);
            if (pictures.isEmpty()) {
                throw new DataException(folder + " holds no picture\n  rule: each folder in " + root
                        + " is a class and holds pictures (" + String.join(", ", ENDINGS)
                        + ")\n  fix:  delete the folder, or put pictures into it");
            }
            pictures.forEach(_ -> labels.add(classes.size()));
            files.addAll(pictures);
            classes.add(String.valueOf(folder.getFileName()));
        }
        if (classes.isEmpty()) {
            throw new DataException(root + " holds no folders\n  rule: one folder a class, with its pictures");
        }
        int[] numbers = labels.stream().mapToInt(i -> i).toArray();
        return new ImageFolder(files, numbers, classes, Map.of(), new Form(side, 0, 0, side, side, false));
    }

    /// The folders in a folder, or the pictures anywhere below it, in the order of their names; hidden ones are
    /// passed over.
    private static List<Path> list(Path root, Path folder, boolean pictures) {
        if (!Files.isDirectory(root)) {
            throw new DataException("There is no folder " + root);
        }
        try (Stream<Path> all = pictures ? Files.walk(folder) : Files.list(folder)) {
            return all.filter(p -> !name(p).startsWith("."))
                    .filter(p -> pictures
                            ? Files.isRegularFile(p) && ENDINGS.stream().anyMatch(name(p)::endsWith)
                            : Files.isDirectory(p))
                    .sorted(Comparator.comparing(
                            p -> root.relativize(p).toString().replace('\\', '/')))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(folder + " cannot be read: " + e, e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }

    private static void positive(int... sides) {
        if (Arrays.stream(sides).anyMatch(s -> s < 1)) {
            throw new IllegalArgumentException(
                    "Pictures with sides of " + Arrays.toString(sides) + " pixels\n  rule: at least 1");
        }
    }

    /// The same pictures, resized so that the shorter side has so many pixels, before the middle is cut out.
    public ImageFolder resize(int shorter) {
        positive(shorter);
        return with(new Form(shorter, 0, 0, form.height, form.width, form.grey));
    }

    /// The same pictures, resized to a height and a width whatever their shape, before the middle is cut out.
    public ImageFolder resize(int height, int width) {
        positive(height, width);
        return with(new Form(0, height, width, form.height, form.width, form.grey));
    }

    /// The same pictures, of whose middle so much is cut out; where a picture has less it is black.
    public ImageFolder crop(int height, int width) {
        positive(height, width);
        return with(form.cut(height, width));
    }

    /// The same pictures in grey: inputs are `(B, 1, height, width)`.
    public ImageFolder grey() {
        return with(new Form(form.shorter, form.tall, form.wide, form.height, form.width, true));
    }

    private ImageFolder with(Form other) {
        return new ImageFolder(files, labels, classes, broken, other);
    }

    /// Without the files that cannot be decoded, which [#broken] tells. It decodes each file once, on all
    /// processors. Otherwise a batch with such a file is refused.
    ///
    /// **Throws** [DataException] if no file is left.
    public ImageFolder skipBroken() {
        String[] faults = new String[files.size()];
        IntStream.range(0, faults.length).parallel().forEach(i -> {
            try {
                PictureFile.decode(files.get(i), ENOUGH_PIXELS);
                faults[i] = "";
            } catch (DataException e) {
                faults[i] = String.valueOf(e.getMessage());
            }
        });
        Map<Path, String> found = new LinkedHashMap<>(broken);
        for (int i = 0; i < faults.length; i++) {
            if (!faults[i].isEmpty()) {
                found.put(files.get(i), faults[i]);
            }
        }
        int[] whole = IntStream.range(0, faults.length)
                .filter(i -> faults[i].isEmpty())
                .toArray();
        if (whole.length == 0) {
            throw new DataException("None of the " + faults.length + " pictures can be decoded\n  " + faults[0]);
        }
        return new ImageFolder(
                Arrays.stream(whole).mapToObj(files::get).toList(),
                Arrays.stream(whole).map(i -> labels[i]).toArray(),
                classes,
                found,
                form);
    }

    /// The files that [#skipBroken] left out, and what is wrong with each.
    public Map<Path, String> broken() {
        return java.util.Collections.unmodifiableMap(broken);
    }

    /// The files, in the order of the samples.
    public List<Path> files() {
        return files;
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(form.grey ? 1 : 3, form.height, form.width);
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(long sample) {
        return files.get(Math.toIntExact(sample)).toString();
    }

    @Override
    public Tensor targets(long... samples) {
        return Tensor.indices(
                Arrays.stream(samples).map(s -> labels[Math.toIntExact(s)]).toArray());
    }

    /// **Throws** [DataException] naming a file that cannot be decoded.
    @Override
    public Batch batch(long... samples) {
        Rows rows = new Rows(samples.length, form.grey ? 1 : 3, form.height, form.width);
        Optional<DataException> fault = IntStream.range(0, samples.length)
                .parallel()
                .mapToObj(i -> put(rows, i, Math.toIntExact(samples[i])))
                .flatMap(Optional::stream)
                .findFirst();
        if (fault.isPresent()) {
            throw new DataException(
                    fault.get().getMessage() + "\n  fix:  delete the file, or leave such files out: skipBroken()",
                    fault.get());
        }
        return rows.batch();
    }

    private Optional<DataException> put(Rows rows, int row, int sample) {
        try {
            rows.put(row, planes(files.get(sample)), 0, labels[sample]);
            return Optional.empty();
        } catch (DataException e) {
            return Optional.of(e);
        }
    }

    private byte[] planes(Path file) {
        return form.apply(Pixels.of(PictureFile.decode(file, ENOUGH_PIXELS), form.grey))
                .planes();
    }

    /// A picture file as `(1, 3, height, width)` of values from 0 to 1: the shorter side is resized to the longer
    /// of the two, and the middle cut out.
    ///
    /// **Throws** [DataException] if it cannot be decoded.
    public static Tensor input(Path file, int height, int width) {
        positive(height, width);
        Form form = new Form(Math.max(height, width), 0, 0, height, width, false);
        return new ImageFolder(List.of(file), new int[1], List.of(), Map.of(), form).input(file);
    }

    /// Any picture in the form of this data set's inputs, `(1, C, height, width)`: for predictions.
    ///
    /// **Throws** [DataException] if the file cannot be decoded.
    public Tensor input(Path file) {
        Rows rows = new Rows(1, form.grey ? 1 : 3, form.height, form.width);
        rows.put(0, planes(file), 0, 0);
        return rows.batch().inputs();
    }
}

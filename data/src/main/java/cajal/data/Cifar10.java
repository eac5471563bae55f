package cajal.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// CIFAR-10: 50,000 and 10,000 colour pictures of 32 by 32 pixels in ten classes. Inputs are `(B, 3, 32,
/// 32)` from 0 to 1, red, green, blue; targets the class indices.
///
/// **Source** Krizhevsky, "Learning multiple layers of features from tiny images", 2009; the form is that
/// of its "binary version": records of a label and 3,072 bytes.
///
/// @param train the training samples
/// @param test the test samples
public record Cifar10(Dataset train, Dataset test) {
    /// The names of the classes.
    public static final List<String> CLASSES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private static final int SIDE = 32;
    private static final int AREA = 3 * SIDE * SIDE;
    private static final int RECORD = 1 + AREA;
    private static final String ARCHIVE = "cifar-10-binary.tar.gz";
    private static final List<String> TRAIN =
            List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin");
    private static final String TEST = "test_batch.bin";
    private static final Download SOURCE = new Download(
            "cifar10/" + ARCHIVE,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            List.of(URI.create("https://www.cs.toronto.edu/~kriz/" + ARCHIVE)));

    /// The whole collection, downloaded once (170 MB).
    ///
    /// **Throws** [DataException] if it cannot be had.
    public static Cifar10 download() {
        return fetch(Download.Listener.NONE);
    }

    /// The whole collection, downloaded once.
    ///
    /// @param listener is told how the download goes on
    ///
    /// **Throws** [DataException] if it cannot be had.
    public static Cifar10 fetch(Download.Listener listener) {
        return archive(SOURCE.fetch(Download.cache(), listener));
    }

    /// The collection from a folder, or from the folder `cifar10` or `cifar-10-batches-bin` in it: the files
    /// `data_batch_1.bin` .. `data_batch_5.bin` (those that are there, at least one) and `test_batch.bin`, or
    /// the archive that holds them. Nothing is downloaded.
    ///
    /// **Throws** [DataException] if a file is missing or damaged.
    public static Cifar10 read(Path folder) {
        for (String below : List.of("", "cifar10", "cifar-10-batches-bin", "cifar10/cifar-10-batches-bin")) {
            Path place = folder.resolve(below);
            if (Files.isRegularFile(place.resolve(TEST))) {
                Path[] train = TRAIN.stream()
                        .map(place::resolve)
                        .filter(Files::isRegularFile)
                        .toArray(Path[]::new);
                if (train.length > 0) {
                    return new Cifar10(files(train), files(place.resolve(TEST)));
                }
            }
            if (Files.isRegularFile(place.resolve(ARCHIVE))) {
                return archive(place.resolve(ARCHIVE));
            }
        }
        throw new DataException("cifar10: there are no CIFAR-10 files in " + folder + "\n  rule: the folder holds "
                + TRAIN.getFirst() + " .. " + TRAIN.getLast() + " and " + TEST + ", or " + ARCHIVE);
    }

    /// The records of some files in the binary form, in order.
    ///
    /// **Throws** [DataException] naming the file and the fault.
    public static Dataset files(Path... files) {
        List<byte[]> parts = new ArrayList<>();
        for (Path file : files) {
            try {
                parts.add(checked(file.toString(), Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new DataException(
                        file + " cannot be read: " + e + "\n  rule: the file exists and may be read", e);
            }
        }
        return of(parts);
    }

    private static Cifar10 archive(Path file) {
        Map<String, byte[]> found = new TreeMap<>();
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)), 1 << 16)) {
            Tar tar = new Tar(in);
            for (Optional<Tar.Entry> e = tar.next(); e.isPresent(); e = tar.next()) {
                String path = e.get().name();
                String name = path.substring(path.lastIndexOf('/') + 1);
                if (TRAIN.contains(name) || TEST.equals(name)) {
                    found.put(name, checked(file + ", " + name, tar.bytes()));
                }
            }
        } catch (IOException | ArithmeticException e) {
            throw new DataException(
                    file + " is damaged: " + (e instanceof EOFException ? "it ends too early" : e.getMessage())
                            + "\n  rule: the archive is whole\n  fix:  get the file again",
                    e);
        }
        List<String> missing = new ArrayList<>(TRAIN);
        missing.add(TEST);
        missing.removeAll(found.keySet());
        if (!missing.isEmpty()) {
            throw new DataException(file + " lacks " + String.join(", ", missing)
                    + "\n  rule: it is the archive of CIFAR-10's binary version");
        }
        byte[] test = java.util.Objects.requireNonNull(found.remove(TEST));
        return new Cifar10(of(List.copyOf(found.values())), of(List.of(test)));
    }

    private static byte[] checked(String name, byte[] records) {
        if (records.length == 0 || records.length % RECORD != 0) {
            throw new DataException(name + " has " + records.length + " bytes\n  rule: one or more records of " + RECORD
                    + " bytes: a label and 3 x 32 x 32 pixels\n  fix:  get the file again");
        }
        for (int at = 0; at < records.length; at += RECORD) {
            if ((records[at] & 0xff) >= CLASSES.size()) {
                throw new DataException(name + ", record " + at / RECORD + ": the label is " + (records[at] & 0xff)
                        + "\n  rule: labels are 0 .. 9\n  fix:  get the file again");
            }
        }
        return records;
    }

    private static Dataset of(List<byte[]> parts) {
        int count = parts.stream().mapToInt(p -> p.length / RECORD).sum();
        byte[] pixels = new byte[Math.multiplyExact(count, AREA)];
        byte[] labels = new byte[count];
        int to = 0;
        for (byte[] part : parts) {
            for (int at = 0; at < part.length; at += RECORD) {
                labels[to] = part[at];
                System.arraycopy(part, at + 1, pixels, to * AREA, AREA);
                to++;
            }
        }
        return new Pictures(pixels, labels, 3, SIDE, SIDE, CLASSES);
    }
}

package cajal.format;

import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// An open npz file: a zip archive of npy entries.
record NpzFile(Path path, ZipFile zip, SequencedMap<String, Member> members) implements TensorFile {
    static final String SUFFIX = ".npy";

    /// One array of the archive.
    record Member(ZipEntry entry, NpyHeader header, TensorInfo info) {}

    static NpzFile open(Path path) {
        try {
            ZipFile zip = new ZipFile(path.toFile());
            try {
                return new NpzFile(path, zip, members(path, zip));
            } catch (Throwable e) {
                zip.close();
                throw e;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw broken(path, e);
        } catch (OutOfMemoryError _) { // the archive's table of contents, which is read in one piece
            throw Heap.tooLarge(
                    path,
                    "the archive's table of contents",
                    Runtime.getRuntime().maxMemory());
        }
    }

    private static FormatException broken(Object where, Exception e) {
        String cause = e instanceof IOException io ? AtomicFile.cause(io) : String.valueOf(e.getMessage());
        return new FormatException(
                where + ": the zip archive cannot be read: " + cause
                        + "\n  rule: an npz file is a zip archive of npy entries",
                e);
    }

    private static SequencedMap<String, Member> members(Path path, ZipFile zip) throws IOException {
        var members = new LinkedHashMap<String, Member>();
        for (ZipEntry entry : Collections.list(zip.entries())) {
            String name = name(path, entry);
            NpyHeader header;
            try (InputStream in = zip.getInputStream(entry)) {
                header = NpyHeader.read(path + ", entry '" + name + "'", in);
            }
            if (members.put(name, new Member(entry, header, header.info(name))) != null) {
                throw FormatException.of(path, "the entry '" + name + "' stands twice", "names are unique");
            }
        }
        return members;
    }

    /// The entry name itself, if it stays within the archive.
    static String safe(Path path, String name) {
        boolean absolute = name.matches("(?s)([A-Za-z]:)?[/\\\\].*");
        if (absolute || Arrays.asList(name.split("[/\\\\]", -1)).contains("..") || name.indexOf('\0') >= 0) {
            throw FormatException.of(
                    path, "the entry '" + name + "' points out of the archive", "names are relative and have no '..'");
        }
        return name;
    }

    private static String name(Path path, ZipEntry entry) {
        String name = safe(path, entry.getName());
        if (!name.endsWith(SUFFIX)) {
            boolean torch = name.endsWith("data.pkl");
            throw FormatException.of(
                    path,
                    "the archive holds '" + name + "'" + (torch ? ", so it is a PyTorch file" : ""),
                    "an npz file holds entries that end in .npy and no others",
                    torch ? "save the weights as safetensors in PyTorch" : "write it with numpy.savez");
        }
        return name.substring(0, name.length() - SUFFIX.length());
    }

    @Override
    public String format() {
        return "npz";
    }

    @Override
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
    }

    @Override
    public SequencedMap<String, TensorInfo> entries() {
        var entries = new LinkedHashMap<String, TensorInfo>();
        members.forEach((name, m) -> entries.put(name, m.info()));
        return Collections.unmodifiableSequencedMap(entries);
    }

    /// Reads the entry twice: first its length and checksum are found, in constant memory, then the array is
    /// made and filled.
    @Override
    public Tensor tensor(String name) {
        TensorInfo info = entry(name);
        String where = path + ", entry '" + name + "'";
        info.readable(where);
        Member m = Objects.requireNonNull(members.get(name));
        Heap.require(where, "the array " + info.shape(), info.bytes());
        try {
            verify(where, m);
            try (InputStream in = zip.getInputStream(m.entry())) {
                in.skipNBytes(m.header().dataStart());
                View view = m.header()
                        .view(new Decoder(
                                        where,
                                        info,
                                        m.header().type(),
                                        m.header().order())
                                .read(in));
                return Tensor.of(view);
            }
        } catch (IOException e) {
            throw broken(where, e);
        }
    }

    private void verify(String where, Member m) throws IOException {
        var checksum = new CRC32();
        long expected = m.header().dataStart() + m.header().bytes();
        long size = 0;
        byte[] piece = new byte[1 << 16];
        try (InputStream in = zip.getInputStream(m.entry())) {
            for (int n = in.read(piece); n >= 0 && size <= expected; n = in.read(piece)) {
                size += n;
                checksum.update(piece, 0, n);
            }
        }
        NpyFile.requireSize(where, m.header(), size);
        if (checksum.getValue() != m.entry().getCrc()) {
            throw FormatException.of(
                    where,
                    "its bytes do not have the checksum that the archive states",
                    "CRC-32 of the entry",
                    "fetch the file again");
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw TensorFile.unreadable(path, e);
        }
    }
}

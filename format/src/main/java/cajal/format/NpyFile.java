package cajal.format;

import cajal.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// An open npy file: one tensor, which goes by the file's name.
record NpyFile(Mapped file, NpyHeader header, TensorInfo info) implements TensorFile {
    static NpyFile open(Path path) {
        Mapped file = Mapped.open(path);
        try {
            NpyHeader header = NpyHeader.read(path, new ByteArrayInputStream(file.copy(0, NpyHeader.MAX_BYTES)));
            requireSize(path, header, file.bytes().byteSize());
            return new NpyFile(file, header, header.info(name(path)));
        } catch (IOException e) {
            file.close();
            throw TensorFile.unreadable(path, e);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    private static String name(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name;
    }

    /// Checks that the elements fill the file from the header to its end.
    static void requireSize(Object where, NpyHeader header, long size) {
        long there = size - header.dataStart();
        if (there != header.bytes()) {
            throw FormatException.of(
                    where,
                    "the array " + header.shape() + " takes " + header.bytes() + " bytes, " + there
                            + " bytes of data are there",
                    "the elements fill the file up to its end",
                    there < header.bytes()
                            ? "the file was cut off: fetch it again"
                            : "save one array a file, or several as npz (numpy.savez)");
        }
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public String format() {
        return "npy";
    }

    @Override
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
    }

    @Override
    public SequencedMap<String, TensorInfo> entries() {
        var one = new LinkedHashMap<String, TensorInfo>();
        one.put(info.name(), info);
        return Collections.unmodifiableSequencedMap(one);
    }

    @Override
    public Tensor tensor(String name) {
        var decoder = new Decoder(path(), entry(name), header.type(), header.order());
        return Tensor.of(header.view(file.guarded(() -> decoder.read(file.bytes(), header.dataStart()))));
    }

    @Override
    public void close() {
        file.close();
    }
}

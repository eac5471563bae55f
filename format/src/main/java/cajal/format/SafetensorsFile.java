package cajal.format;

import cajal.tensor.Tensor;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;

/// An open safetensors file.
record SafetensorsFile(Mapped file, SafetensorsHeader header, SequencedMap<String, TensorInfo> entries)
        implements TensorFile {
    static SafetensorsFile open(Path path) {
        Mapped file = Mapped.open(path);
        try {
            SafetensorsHeader header = SafetensorsHeader.read(file);
            var entries = new LinkedHashMap<String, TensorInfo>();
            header.slots().forEach((name, slot) -> entries.put(name, slot.info()));
            return new SafetensorsFile(file, header, Collections.unmodifiableSequencedMap(entries));
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public String format() {
        return "safetensors";
    }

    @Override
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(header.metadata());
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = entry(name);
        SafetensorsHeader.Slot slot = Objects.requireNonNull(header.slots().get(name));
        var decoder = new Decoder(path(), info, slot.type(), ByteOrder.LITTLE_ENDIAN);
        return Tensor.wrap(
                file.guarded(() -> decoder.read(file.bytes(), header.dataStart() + slot.begin())), info.shape());
    }

    @Override
    public void close() {
        file.close();
    }
}

package cajal.format;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The beginning of a safetensors file: eight bytes with the length `N` of a JSON text, then that text.
///
/// The text is `{"__metadata__": {name: text}, name: {"dtype": ..., "shape": [...], "data_offsets": [begin,
/// end]}, ...}`; offsets count from its end, and the tensors fill the rest of the file without gaps.
///
/// **Source** The format's description and the rules that its reference reader enforces.
record SafetensorsHeader(SequencedMap<String, Slot> slots, SequencedMap<String, String> metadata, long dataStart) {
    private static final String METADATA = "__metadata__";
    private static final int MAX_HEADER = 100_000_000;
    private static final int MAX_RANK = 64;
    private static final int LENGTH_BYTES = 8;

    /// Where a tensor lies: `begin` counts from the end of the header.
    record Slot(TensorInfo info, ElementType type, long begin) {
        long end() {
            return begin + info.bytes();
        }
    }

    // ---- reading

    /// Reads and checks the header of a mapped file.
    static SafetensorsHeader read(Mapped file) {
        Object where = file.path();
        long size = file.bytes().byteSize();
        if (size < LENGTH_BYTES) {
            throw FormatException.of(
                    where,
                    "the file has " + size + " bytes",
                    "a safetensors file begins with 8 bytes that hold the length of its header");
        }
        long length = ByteBuffer.wrap(file.copy(0, LENGTH_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (Long.compareUnsigned(length, size - LENGTH_BYTES) > 0) {
            throw FormatException.of(
                    where,
                    "the header's length is given as " + Long.toUnsignedString(length) + " bytes, "
                            + (size - LENGTH_BYTES) + " follow",
                    "the header lies within the file",
                    "the file was cut off, or is no safetensors file: fetch it again");
        }
        if (length > MAX_HEADER) {
            throw FormatException.of(where, "the header has " + length + " bytes", "it has at most " + MAX_HEADER);
        }
        Heap.require(where, "its header of " + length + " bytes", length * 12);
        SafetensorsHeader header = parse(where, text(where, file.copy(LENGTH_BYTES, length)), LENGTH_BYTES + length);
        header.requireWithoutGaps(where, size - header.dataStart);
        return header;
    }

    private static String text(Object where, byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw FormatException.of(
                    where,
                    "the header does not begin with '{'",
                    "it is one JSON object, which begins at its first byte");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw FormatException.of(
                    where, "the header is not valid UTF-8 (" + e.getMessage() + ")", "its text is UTF-8");
        }
    }

    private static SafetensorsHeader parse(Object where, String text, long dataStart) {
        var json = new JsonParser(where + ", header", text);
        var slots = new LinkedHashMap<String, Slot>();
        var metadata = new LinkedHashMap<String, String>();
        boolean[] hasMetadata = new boolean[1];
        json.object(
                name -> {
                    if (!name.equals(METADATA)) {
                        slots.put(name, slot(json, name));
                        return;
                    }
                    if (hasMetadata[0]) {
                        throw json.fault("the name '" + METADATA + "' stands twice", "names are unique");
                    }
                    hasMetadata[0] = true;
                    json.object(key -> metadata.put(key, json.string()), metadata);
                },
                slots);
        json.end();
        return new SafetensorsHeader(slots, metadata, dataStart);
    }

    private static Slot slot(JsonParser json, String name) {
        var members = new LinkedHashMap<String, Object>();
        json.object(
                key -> members.put(
                        key,
                        switch (key) {
                            case "dtype" -> json.string();
                            case "shape" -> integers(json, "a length in the shape of '" + name + "'", MAX_RANK);
                            case "data_offsets" -> integers(json, "an offset of '" + name + "'", 2);
                            default ->
                                throw json.fault(
                                        "tensor '" + name + "' has a member '" + key + "'",
                                        "a tensor has dtype, shape and data_offsets");
                        }),
                members);
        if (members.get("dtype") instanceof String dtype
                && members.get("shape") instanceof long[] shape
                && members.get("data_offsets") instanceof long[] offsets
                && offsets.length == 2) {
            return slot(json, name, dtype, shape, offsets);
        }
        throw json.fault(
                "tensor '" + name + "' is described by " + members.keySet(),
                "a tensor has dtype, shape and two data_offsets");
    }

    private static Slot slot(JsonParser json, String name, String dtype, long[] dims, long[] offsets) {
        ElementType type = ElementType.named(dtype)
                .orElseThrow(() -> json.fault(
                        "tensor '" + name + "' has the unknown dtype '" + dtype + "'",
                        "the format's dtypes are " + List.of(ElementType.values())));
        long bits;
        Shape shape;
        try {
            shape = Shape.of(dims);
            bits = Math.multiplyExact(shape.size(), (long) type.bits);
        } catch (ShapeException | ArithmeticException _) {
            throw json.fault(
                    "the shape " + List.of(text(dims)) + " of tensor '" + name + "' overflows",
                    "its bits are counted in 63 bits");
        }
        if (bits % 8 != 0) {
            throw json.fault("tensor '" + name + "' has " + bits + " bits", "a tensor fills whole bytes");
        }
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != bits / 8) {
            throw json.fault(
                    "tensor '" + name + "' lies from " + offsets[0] + " to " + offsets[1] + ", but " + dtype + " "
                            + shape + " takes " + bits / 8 + " bytes",
                    "data_offsets enclose exactly the tensor's bytes");
        }
        return new Slot(new TensorInfo(name, dtype, type.dtype(), shape, bits / 8), type, offsets[0]);
    }

    private static Long[] text(long[] dims) {
        return Arrays.stream(dims).boxed().toArray(Long[]::new);
    }

    private static long[] integers(JsonParser json, String what, int limit) {
        var list = new ArrayList<Long>();
        json.elements(() -> {
            if (list.size() == limit) {
                throw json.fault(what + " is one too many", "there are at most " + limit);
            }
            list.add(json.integer(what));
        });
        return list.stream().mapToLong(Long::longValue).toArray();
    }

    private void requireWithoutGaps(Object where, long dataBytes) {
        var sorted = new ArrayList<>(slots.values());
        sorted.sort(Comparator.comparingLong(Slot::begin).thenComparingLong(Slot::end));
        long end = 0;
        for (Slot s : sorted) {
            if (s.begin() != end) {
                throw FormatException.of(
                        where,
                        "tensor '" + s.info().name() + "' begins at byte " + s.begin()
                                + " of the data, the one before it ends at " + end,
                        "tensors fill the data without gaps and share no byte");
            }
            end = s.end();
        }
        if (end != dataBytes) {
            throw FormatException.of(
                    where,
                    "the tensors take " + end + " bytes, " + dataBytes + " bytes of data are there",
                    "the last tensor ends where the file ends",
                    end > dataBytes ? "the file was cut off: fetch it again" : "the file was added to: fetch it again");
        }
    }

    // ---- writing

    /// Lays out tensors: the header names them in the map's order, their data lies in order of falling element
    /// size, so that each begins at a multiple of it.
    static SafetensorsHeader of(
            Object where, SequencedMap<String, Tensor> tensors, SequencedMap<String, String> metadata) {
        var slots = new LinkedHashMap<String, Slot>();
        tensors.forEach((name, t) -> {
            requireName(where, name);
            ElementType type = ElementType.of(t.dtype());
            slots.put(
                    name,
                    new Slot(
                            new TensorInfo(
                                    name,
                                    type.name(),
                                    type.dtype(),
                                    t.shape(),
                                    t.size() * t.dtype().bytes()),
                            type,
                            0));
        });
        long end = 0;
        for (int bits = Long.SIZE; bits >= Byte.SIZE; bits /= 2) {
            for (var e : slots.entrySet()) {
                if (e.getValue().type().bits == bits) {
                    e.setValue(new Slot(e.getValue().info(), e.getValue().type(), end));
                    end = e.getValue().end();
                }
            }
        }
        return new SafetensorsHeader(slots, metadata, 0);
    }

    private static void requireName(Object where, String name) {
        if (name.equals(METADATA)) {
            throw FormatException.of(
                    where, "a tensor is named '" + METADATA + "'", "the format keeps that name for its metadata");
        }
        if (Json.unpaired(name) >= 0) {
            throw FormatException.of(
                    where, "a tensor's name holds half of a surrogate pair", "names are valid Unicode");
        }
    }

    /// The slots in the order of their data.
    List<Slot> inFileOrder() {
        return slots.values().stream()
                .sorted(Comparator.comparingLong(Slot::begin))
                .toList();
    }

    /// The first bytes of the file: length and text, filled up with spaces so that the data begins at a
    /// multiple of 8.
    byte[] bytes(Object where) {
        var out = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            out.append('"')
                    .append(METADATA)
                    .append("\":")
                    .append(Json.write(metadata))
                    .append(slots.isEmpty() ? "" : ",");
        }
        String separator = "";
        for (Slot s : slots.values()) {
            out.append(separator);
            Json.quote(s.info().name(), out);
            out.append(":{\"dtype\":\"")
                    .append(s.type())
                    .append("\",\"shape\":")
                    .append(Json.write(List.of(text(s.info().shape().dims()))));
            out.append(",\"data_offsets\":[")
                    .append(s.begin())
                    .append(',')
                    .append(s.end())
                    .append("]}");
            separator = ",";
        }
        byte[] text = out.append('}').toString().getBytes(StandardCharsets.UTF_8);
        int length = (text.length + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
        if (length > MAX_HEADER) {
            throw FormatException.of(
                    where,
                    "the header would take " + length + " bytes",
                    "it has at most " + MAX_HEADER,
                    "shorten the metadata");
        }
        byte[] all = new byte[LENGTH_BYTES + length];
        Arrays.fill(all, (byte) ' ');
        ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(text);
        return all;
    }
}

package cajal.nn;

import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;

/// Reads just as much of ONNX's conformance tests as the tests of this room need: tensors, and the
/// attributes of the single node of a model.
final class Onnx {
    private Onnx() {}

    /// A test of one operator.
    ///
    /// @param attributes numbers (`Double`, `Long`) and texts by name
    /// @param inputs what goes in
    /// @param output what must come out
    record Example(Map<String, Object> attributes, List<Tensor> inputs, Tensor output) {}

    static Example read(Path zip, String test) {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            String folder = "node/" + test + "/test_data_set_0/";
            List<Tensor> inputs = new ArrayList<>();
            while (file.getEntry(folder + "input_" + inputs.size() + ".pb") != null) {
                inputs.add(tensor(bytes(file, folder + "input_" + inputs.size() + ".pb")));
            }
            return new Example(
                    attributes(bytes(file, "node/" + test + "/model.onnx")),
                    inputs,
                    tensor(bytes(file, folder + "output_0.pb")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer bytes(ZipFile file, String name) throws IOException {
        try (var in = file.getInputStream(file.getEntry(name))) {
            return ByteBuffer.wrap(in.readAllBytes());
        }
    }

    /// ModelProto.graph = 7, GraphProto.node = 1, NodeProto.attribute = 5; AttributeProto name = 1, f = 2, i
    /// = 3, s = 4.
    private static Map<String, Object> attributes(ByteBuffer model) {
        ByteBuffer graph = (ByteBuffer) fields(model).get(7).getFirst();
        ByteBuffer node = (ByteBuffer) fields(graph).get(1).getFirst();
        Map<String, Object> found = new HashMap<>();
        for (Object a : fields(node).getOrDefault(5, List.of())) {
            Map<Integer, List<Object>> f = fields((ByteBuffer) a);
            Object value = f.containsKey(2)
                    ? (Object) (double) Float.intBitsToFloat((Integer) f.get(2).getFirst())
                    : f.containsKey(3)
                            ? f.get(3).getFirst()
                            : f.containsKey(4) ? text(f.get(4).getFirst()) : "";
            found.put(text(f.get(1).getFirst()), value);
        }
        return found;
    }

    /// TensorProto dims = 1, data_type = 2 (1 float, 7 int64), raw_data = 9.
    private static Tensor tensor(ByteBuffer proto) {
        Map<Integer, List<Object>> f = fields(proto);
        List<Long> dims = new ArrayList<>();
        for (Object d : f.getOrDefault(1, List.of())) {
            if (d instanceof ByteBuffer packed) {
                while (packed.hasRemaining()) {
                    dims.add(varint(packed));
                }
            } else {
                dims.add((Long) d);
            }
        }
        long[] shape = dims.stream().mapToLong(d -> d).toArray();
        ByteBuffer raw = ((ByteBuffer) f.get(9).getFirst()).order(ByteOrder.LITTLE_ENDIAN);
        long type = (Long) f.get(2).getFirst();
        if (type == 1) {
            float[] a = new float[raw.remaining() / 4];
            raw.asFloatBuffer().get(a);
            return Tensor.of(a, shape);
        }
        long[] a = new long[raw.remaining() / (type == 7 ? 8 : 4)];
        for (int i = 0; i < a.length; i++) {
            a[i] = type == 7 ? raw.getLong() : raw.getInt();
        }
        return Tensor.ofLongs(a, shape);
    }

    private static Map<Integer, List<Object>> fields(ByteBuffer message) {
        ByteBuffer b = message.duplicate();
        Map<Integer, List<Object>> found = new HashMap<>();
        while (b.hasRemaining()) {
            int key = (int) varint(b);
            Object value = switch (key & 7) {
                case 0 -> varint(b);
                case 2 -> {
                    int n = (int) varint(b);
                    ByteBuffer part = b.slice(b.position(), n);
                    b.position(b.position() + n);
                    yield part;
                }
                case 5 -> Integer.reverseBytes(b.getInt());
                case 1 -> b.getLong();
                default -> throw new IllegalStateException("wire type " + (key & 7));
            };
            found.computeIfAbsent(key >>> 3, _ -> new ArrayList<>()).add(value);
        }
        return found;
    }

    private static long varint(ByteBuffer b) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = b.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static String text(Object bytes) {
        return StandardCharsets.UTF_8.decode(((ByteBuffer) bytes).duplicate()).toString();
    }
}

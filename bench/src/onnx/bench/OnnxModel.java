package bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A model in ONNX's format, written by hand: protocol buffers are numbered fields, of which a model needs
/// few.
///
/// **Source** the messages of onnx.proto3 in the ONNX standard.
final class OnnxModel {
    private static final int FLOAT = 1, LONG = 7; // TensorProto.DataType
    private final Message graph = new Message();
    private int names;

    OnnxModel() {
        graph.text(2, "bench");
    }

    void input(String name, long... dims) {
        graph.message(11, valueInfo(FLOAT, name, dims));
    }

    /// An input of whole numbers.
    void indices(String name, long... dims) {
        graph.message(11, valueInfo(LONG, name, dims));
    }

    void output(String name, long... dims) {
        graph.message(12, valueInfo(FLOAT, name, dims));
    }

    /// A constant; returns its name.
    String constant(String name, float[] values, long... dims) {
        Message t = new Message();
        for (long d : dims) {
            t.number(1, d);
        }
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        t.number(2, FLOAT).text(8, name).bytes(9, raw.array());
        graph.message(5, t);
        return name;
    }

    /// A list of whole numbers; returns its name.
    String list(long... values) {
        String name = "list" + names++;
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        graph.message(5, new Message().number(1, values.length).number(2, LONG).text(8, name).bytes(9, raw.array()));
        return name;
    }

    /// An operation; returns the name of its result. Attributes are `Long`, `Float` or `long[]`.
    String node(String type, Map<String, Object> attributes, String... in) {
        return nodes(1, type, attributes, in)[0];
    }

    /// An operation with several results; returns their names.
    String[] nodes(int results, String type, Map<String, Object> attributes, String... in) {
        String[] out = new String[results];
        Message n = new Message();
        for (String s : in) {
            n.text(1, s);
        }
        for (int i = 0; i < results; i++) {
            out[i] = type + names++;
            n.text(2, out[i]);
        }
        n.text(4, type);
        attributes.forEach((key, value) -> {
            Message a = new Message().text(1, key);
            switch (value) {
                case Float f -> a.single(2, f).number(20, 1);
                case Long i -> a.number(3, i).number(20, 2);
                case long[] all -> {
                    for (long i : all) {
                        a.number(8, i);
                    }
                    a.number(20, 7);
                }
                default -> throw new IllegalArgumentException(key + ": " + value);
            }
            n.message(5, a);
        });
        graph.message(1, n);
        return out;
    }

    byte[] bytes() {
        return new Message()
                .number(1, 9)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, 20))
                .toBytes();
    }

    private static Message valueInfo(int type, String name, long... dims) {
        Message shape = new Message();
        for (long d : dims) {
            shape.message(1, new Message().number(1, d));
        }
        Message tensor = new Message().number(1, type).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private void varint(long v) {
            for (; (v & ~0x7FL) != 0; v >>>= 7) {
                out.write((int) (v & 0x7F | 0x80));
            }
            out.write((int) v);
        }

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message single(int field, float value) {
            varint((long) field << 3 | 5);
            out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message m) {
            return bytes(field, m.toBytes());
        }

        byte[] toBytes() {
            return out.toByteArray();
        }
    }
}

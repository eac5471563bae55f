package cajal.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads files of TensorFlow events as their specification describes them: record framing with masked check
/// sums, then protobuf fields by number. The check sum is computed bit by bit from Castagnoli's polynomial.
final class EventRecords {
    private EventRecords() {}

    /// A message: for each field number what stands there, in order: [Long] (varint), [Double], [Float] or
    /// `byte[]`.
    record Message(Map<Integer, List<Object>> fields) {
        List<Object> all(int field) {
            return fields.getOrDefault(field, List.of());
        }

        boolean has(int field) {
            return fields.containsKey(field);
        }

        Object one(int field) {
            if (all(field).size() != 1) {
                throw new AssertionError(
                        "field " + field + " occurs " + all(field).size() + " times");
            }
            return all(field).getFirst();
        }

        Message message(int field) {
            return parse((byte[]) one(field));
        }

        String text(int field) {
            return new String((byte[]) one(field), StandardCharsets.UTF_8);
        }

        double[] packed(int field) {
            ByteBuffer b = ByteBuffer.wrap((byte[]) one(field)).order(ByteOrder.LITTLE_ENDIAN);
            double[] values = new double[b.remaining() / 8];
            for (int i = 0; i < values.length; i++) {
                values[i] = b.getDouble();
            }
            return values;
        }

        long step() {
            return has(2) ? (Long) one(2) : 0;
        }

        /// The one value of an event's summary.
        Message value() {
            return message(5).message(1);
        }
    }

    static List<Message> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Message> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            check(length, in.getInt());
            byte[] data = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            in.get(data);
            check(data, in.getInt());
            events.add(parse(data));
        }
        return events;
    }

    /// The scalars of all files of a folder in the order of their names, as `tag@step -> value`.
    static Map<String, Double> scalars(List<Message> events) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        for (Message e : events) {
            if (e.has(5) && e.value().has(2)) {
                scalars.put(e.value().text(1) + "@" + e.step(), (double)
                        (Float) e.value().one(2));
            }
        }
        return scalars;
    }

    private static void check(byte[] data, int masked) {
        int rotated = masked - 0xa282ead8;
        int crc = rotated << 15 | rotated >>> 17;
        if (crc != crc32c(data)) {
            throw new AssertionError("the check sum is wrong");
        }
    }

    static int crc32c(byte[] data) {
        int crc = ~0;
        for (byte b : data) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    static Message parse(byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, List<Object>> fields = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            Object value = switch ((int) (key & 7)) {
                case 0 -> varint(in);
                case 1 -> in.getDouble();
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    yield bytes;
                }
                case 5 -> in.getFloat();
                default -> throw new AssertionError("wire type " + (key & 7));
            };
            fields.computeIfAbsent((int) (key >>> 3), _ -> new ArrayList<>()).add(value);
        }
        return new Message(fields);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}

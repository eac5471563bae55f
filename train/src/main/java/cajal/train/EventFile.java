package cajal.train;

import cajal.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/// A file of numbers, histograms and texts by step, in the format that TensorBoard and its relatives read.
///
/// A record is its length (8 bytes), a check sum of the length, the data, and a check sum of the data; the
/// data are an `Event` message. All numbers are little-endian; a check sum is a CRC-32C, turned by 15 bits
/// and shifted by a constant. Each record is appended by one write, so that whoever reads while a run goes
/// on sees whole ones.
///
/// **Source** TFRecord framing, and `event.proto`, `summary.proto`, `tensor.proto` of TensorFlow; the wire
/// format is that of Protocol Buffers, "Encoding".
public final class EventFile {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final int BUCKETS = 30;
    private static final int MASK = 0xa282ead8;

    private final Path path;
    private final Clock clock;

    /// A new file in a folder, which is made if there is none; its name holds `tfevents`, the time and the
    /// process.
    ///
    /// **Throws** [TrainingException] if it cannot be written.
    public EventFile(Path folder) {
        this(folder, Clock.systemUTC());
    }

    EventFile(Path folder, Clock clock) {
        this.clock = clock;
        String name = String.format(
                java.util.Locale.ROOT,
                "events.out.tfevents.%010d.cajal.%d.%d",
                clock.instant().getEpochSecond(),
                ProcessHandle.current().pid(),
                COUNT.incrementAndGet());
        this.path = folder.resolve(name);
        Appending.makeFolder(folder);
        append(event(0).text(3, "brain.Event:2"));
    }

    /// Where it lies.
    public Path path() {
        return path;
    }

    /// Adds a number.
    ///
    /// @param tag what it is, as in `loss/train`
    /// @param step when it was so
    public EventFile scalar(String tag, long step, double value) {
        return add(step, new Message().text(1, tag).single(2, (float) value));
    }

    /// Adds the distribution of a tensor's finite elements, in 30 bins of the same width.
    public EventFile histogram(String tag, long step, Tensor values) {
        return add(step, new Message().text(1, tag).message(5, histogram(values.toDoubles())));
    }

    /// Adds a text; Markdown is shown as such.
    public EventFile text(String tag, long step, String text) {
        Message shape = new Message().message(2, new Message().number(1, 1));
        Message tensor = new Message().number(1, 7).message(2, shape).text(8, text);
        Message kind = new Message().message(1, new Message().text(1, "text"));
        return add(step, new Message().text(1, tag).message(8, tensor).message(9, kind));
    }

    /// Says that the run goes on from an earlier state: what other files of the folder hold from `step` on
    /// does not count.
    public EventFile restart(long step) {
        append(event(step).message(7, new Message().number(1, 1)));
        return this;
    }

    private EventFile add(long step, Message value) {
        append(event(step).message(5, new Message().message(1, value)));
        return this;
    }

    private Message event(long step) {
        Message event = new Message().real(1, clock.millis() / 1e3);
        return step == 0 ? event : event.number(2, step); // 0 is what is read where nothing stands
    }

    private static Message histogram(double[] values) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (double v : values) {
            if (Double.isFinite(v)) {
                low = Math.min(low, v);
                high = Math.max(high, v);
                sum += v;
                squares += v * v;
                count++;
            }
        }
        if (count == 0) {
            low = 0;
            high = 0;
        }
        int bins = high > low ? BUCKETS : 1;
        double[] limits = new double[bins];
        double[] counts = new double[bins];
        for (int i = 0; i < bins; i++) {
            limits[i] = i == bins - 1 ? high : low + (high - low) * (i + 1) / bins;
        }
        for (double v : values) {
            if (Double.isFinite(v)) {
                counts[bins == 1 ? 0 : Math.min(bins - 1, (int) ((v - low) / (high - low) * bins))]++;
            }
        }
        return new Message()
                .real(1, low)
                .real(2, high)
                .real(3, count)
                .real(4, sum)
                .real(5, squares)
                .reals(6, limits)
                .reals(7, counts);
    }

    private void append(Message event) {
        byte[] data = event.bytes();
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(masked(record.array(), 0, 8));
        record.put(data);
        record.putInt(masked(data, 0, data.length));
        Appending.append(path, record.array());
    }

    private static int masked(byte[] bytes, int from, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, length);
        return Integer.rotateRight((int) sum.getValue(), 15) + MASK;
    }

    /// A protobuf message in the making: fields as (number, kind), then their contents.
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        byte[] bytes() {
            return out.toByteArray();
        }

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message real(int field, double value) {
            varint(field << 3 | 1);
            out.writeBytes(doubles(value));
            return this;
        }

        Message single(int field, float value) {
            varint(field << 3 | 5);
            out.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .array());
            return this;
        }

        Message reals(int field, double... values) {
            return bytes(field, doubles(values));
        }

        Message text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message inner) {
            return bytes(field, inner.bytes());
        }

        private Message bytes(int field, byte[] contents) {
            varint(field << 3 | 2);
            varint(contents.length);
            out.writeBytes(contents);
            return this;
        }

        private static byte[] doubles(double... values) {
            ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            for (double v : values) {
                b.putDouble(v);
            }
            return b.array();
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}

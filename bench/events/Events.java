import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;
import org.tensorflow.framework.SummaryMetadata;
import org.tensorflow.framework.TensorProto;
import org.tensorflow.framework.TensorShapeProto;
import org.tensorflow.util.Event;
import org.tensorflow.util.SessionLog;

/// An event file whose messages TensorFlow's own classes make: what cajal.train.EventFile must write byte
/// for byte.
///
/// The jars are org.tensorflow:proto:1.15.0 and com.google.protobuf:protobuf-java:3.5.1 of Maven Central:
/// `java -cp proto-1.15.0.jar:protobuf-java-3.5.1.jar bench/events/Events.java
/// train/src/test/resources/cajal/train/tensorflow.tfevents`
class Events {
    private static final ByteArrayOutputStream OUT = new ByteArrayOutputStream();

    public static void main(String[] args) throws Exception {
        record(event(0).setFileVersion("brain.Event:2"));
        record(event(1L << 40)
                .setSummary(Summary.newBuilder()
                        .addValue(Summary.Value.newBuilder().setTag("loss/größe").setSimpleValue((float) Math.PI))));
        HistogramProto.Builder h = HistogramProto.newBuilder()
                .setMin(-1)
                .setMax(2)
                .setNum(4)
                .setSum(1.5)
                .setSumSquares(5.25);
        int[] counts = new int[30];
        for (double v : new double[] {-1, 0, 0.5, 2}) {
            counts[(int) Math.min(29, (v + 1) / 3 * 30)]++;
        }
        for (int i = 0; i < 30; i++) {
            h.addBucketLimit(i == 29 ? 2 : -1 + 3.0 * (i + 1) / 30).addBucket(counts[i]);
        }
        record(event(3).setSummary(Summary.newBuilder()
                .addValue(Summary.Value.newBuilder().setTag("weights").setHisto(h))));
        record(event(6).setSummary(Summary.newBuilder()
                .addValue(Summary.Value.newBuilder()
                        .setTag("note")
                        .setMetadata(SummaryMetadata.newBuilder()
                                .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text")))
                        .setTensor(TensorProto.newBuilder()
                                .setDtype(DataType.DT_STRING)
                                .setTensorShape(TensorShapeProto.newBuilder()
                                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(1)))
                                .addStringVal(ByteString.copyFromUtf8("# **text**"))))));
        record(event(7).setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
        Files.write(Path.of(args[0]), OUT.toByteArray());
    }

    private static Event.Builder event(long step) {
        return Event.newBuilder().setWallTime(1.5).setStep(step);
    }

    private static void record(Event.Builder event) {
        byte[] data = event.build().toByteArray();
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, data.length);
        OUT.writeBytes(length.array());
        OUT.writeBytes(masked(length.array()));
        OUT.writeBytes(data);
        OUT.writeBytes(masked(data));
    }

    private static byte[] masked(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        long crc = sum.getValue();
        long masked = ((crc >>> 15 | crc << 17) & 0xffffffffL) + 0xa282ead8L;
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) masked).array();
    }
}

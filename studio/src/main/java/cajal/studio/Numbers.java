package cajal.studio;

import cajal.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/// Many numbers as text: single precision, little-endian, base 64, so that the page has the library's own bits.
final class Numbers {
    private Numbers() {}

    static String of(Tensor t) {
        return of(t.toFloats());
    }

    static String of(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /// The numbers of a text that [#of] or the page made.
    ///
    /// **Throws** [StudioException] if it is no such text, or there are not `count` numbers in it.
    static float[] read(String text, int count) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length != 4 * count) {
                throw new StudioException(bytes.length / 4 + " numbers were sent\n  rule: there are " + count);
            }
            float[] values = new float[count];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        } catch (IllegalArgumentException e) {
            throw new StudioException("The numbers are not in base 64: " + e.getMessage());
        }
    }

    /// The numbers from 0 to 1 of a text that holds a byte for each, in base 64: what a canvas has.
    ///
    /// **Throws** [StudioException] if it is no such text, or there are not `count` numbers in it.
    static float[] readBytes(String text, int count) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new StudioException("The numbers are not in base 64: " + e.getMessage());
        }
        if (bytes.length != count) {
            throw new StudioException(bytes.length + " numbers were sent\n  rule: there are " + count);
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (bytes[i] & 0xff) / 255f;
        }
        return values;
    }
}

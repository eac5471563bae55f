package cajal.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// JSON text to plain Java values and back: objects are maps in the order of the text, arrays are lists,
/// numbers are [Long] or [Double], then [String], [Boolean] and [#NULL].
///
/// Reading is strict, because a file that two readers understand differently is a trap: nothing but one value
/// between white space, no name twice in an object, no comma at an end, no control character in a string, no
/// unpaired surrogate, at most [#MAX_DEPTH] levels. Writing the same content gives the same text.
///
/// The project's JSON library does not serve here: its reader ends every string at 32,767 characters (a saved
/// architecture is one string), passes over trailing commas and over text after the value, and lets control
/// characters and overlong UTF-8 in.
///
/// **Numerics.** An integer within 64 bits is a `Long`, every other number the nearest `Double`; one too
/// large for that is refused, as are NaN and infinities when writing.
///
/// **Source** RFC 8259.
public final class Json {
    /// JSON's `null`.
    public static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    /// How deeply arrays and objects may lie in one another.
    public static final int MAX_DEPTH = 128;

    private Json() {}

    /// The value that the text describes.
    ///
    /// **Throws** [FormatException], naming `where` and the position, if the text breaks a rule.
    public static Object parse(String text, String where) {
        // The costliest text, "{},{},...", takes about 20 bytes of heap a character.
        Heap.require(where, "this JSON text of " + text.length() + " characters", text.length() * 20L);
        var parser = new JsonParser(where, text);
        Object value = parser.value();
        parser.end();
        return value;
    }

    /// The object that the text describes, its names in the order of the text.
    ///
    /// **Throws** [FormatException], naming `where` and the position, if the text breaks a rule or is no
    /// object.
    public static SequencedMap<String, Object> parseObject(String text, String where) {
        Heap.require(where, "this JSON text of " + text.length() + " characters", text.length() * 20L);
        var parser = new JsonParser(where, text);
        SequencedMap<String, Object> value = parser.objectValue();
        parser.end();
        return value;
    }

    /// The text of a value, without white space; a map without an order of its own is written in the order of
    /// its names.
    ///
    /// **Throws** [FormatException] for a number that JSON cannot write, an unpaired surrogate, a value of
    /// another type than [#parse] gives (any [Number] of the JDK's boxes will do), or more than [#MAX_DEPTH]
    /// levels.
    public static String write(Object value) {
        var out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out, int depth) {
        if (depth > MAX_DEPTH) {
            throw FormatException.of(
                    "JSON", "the value is more than " + MAX_DEPTH + " levels deep", "at most " + MAX_DEPTH + " levels");
        }
        switch (value) {
            case String s -> quote(s, out);
            case Map<?, ?> m -> writeObject(m, out, depth);
            case List<?> l -> writeArray(l, out, depth);
            case Double d -> out.append(finite(d, Double.toString(d)));
            case Float f -> out.append(finite(f, Float.toString(f)));
            case Long _, Integer _, Short _, Byte _, Boolean _ -> out.append(value);
            default -> {
                if (value != NULL) {
                    throw FormatException.of(
                            "JSON",
                            "a " + value.getClass().getName() + " has no JSON form",
                            "maps, lists, strings, numbers, booleans and Json.NULL");
                }
                out.append("null");
            }
        }
    }

    private static String finite(double d, String text) {
        if (!Double.isFinite(d)) {
            throw FormatException.of("JSON", d + " has no JSON form", "numbers are finite", "write it as a string");
        }
        return text;
    }

    private static void writeArray(List<?> list, StringBuilder out, int depth) {
        String separator = "[";
        for (Object o : list) {
            out.append(separator);
            write(o, out, depth + 1);
            separator = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
    }

    private static void writeObject(Map<?, ?> map, StringBuilder out, int depth) {
        String separator = "{";
        for (Map.Entry<String, ?> e : ordered(map).entrySet()) {
            out.append(separator);
            quote(e.getKey(), out);
            out.append(':');
            write(e.getValue(), out, depth + 1);
            separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    /// A copy of a map in its own order if it has one, else in that of its names: never an order that chance
    /// made.
    static <V> SequencedMap<String, V> ordered(Map<?, ? extends V> map) {
        var copy = new LinkedHashMap<String, V>();
        for (Map.Entry<?, ? extends V> e : map.entrySet()) {
            if (!(e.getKey() instanceof String name)) {
                throw FormatException.of("JSON", "the name " + e.getKey() + " is no string", "names are strings");
            }
            copy.put(name, e.getValue());
        }
        return map instanceof SequencedMap ? copy : new TreeMap<>(copy);
    }

    /// Appends `s` in quotes, with quotes, backslashes and control characters escaped.
    static void quote(String s, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        requirePairs(s);
        out.append('"');
    }

    private static void requirePairs(String s) {
        int bad = unpaired(s);
        if (bad >= 0) {
            throw FormatException.of(
                    "JSON",
                    "character " + bad + " of a string is half of a surrogate pair",
                    "text is valid Unicode, so that it has a UTF-8 form");
        }
    }

    /// The position of the first surrogate without its other half, or -1.
    static int unpaired(CharSequence s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }
}

package cajal.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Expected texts in a file beside the test: a line `== name` begins each, the lines up to the next one are the
/// text.
public final class Golden {
    private final String file;
    private final Map<String, String> texts;

    private Golden(String file, Map<String, String> texts) {
        this.file = file;
        this.texts = texts;
    }

    /// The texts of a resource that lies beside a class.
    ///
    /// **Throws** [IllegalArgumentException] if there is none, or a name occurs twice.
    public static Golden of(Class<?> beside, String file) {
        try (InputStream in = beside.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no golden file '" + file + "' beside " + beside.getName());
            }
            return parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Golden parse(String file, String content) {
        Map<String, StringBuilder> open = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        for (String line : content.lines().toList()) {
            if (line.startsWith("== ")) {
                text = new StringBuilder();
                if (open.put(line.substring(3).strip(), text) != null) {
                    throw new IllegalArgumentException("'" + line + "' stands twice in " + file);
                }
            } else {
                text.append(line).append('\n');
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        open.forEach((name, t) -> texts.put(name, t.toString().stripTrailing()));
        return new Golden(file, texts);
    }

    /// The names of all texts, in the order of the file.
    public Set<String> names() {
        return texts.keySet();
    }

    /// The text with a name.
    ///
    /// **Throws** [IllegalArgumentException] if the file has none.
    public String text(String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException(
                    "The golden file '" + file + "' has no text '" + name + "'; it has " + texts.keySet());
        }
        return text;
    }
}

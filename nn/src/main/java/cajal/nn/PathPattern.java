package cajal.nn;

import java.util.regex.Pattern;

/// Names parameters by their paths: `*` stands for any letters, dots included, `?` for one of them, as in
/// `*.bias` or `encoder.*.weight`. A text without them names a parameter, or a part and all below it: `encoder`
/// (or `encoder.`) fits `encoder.0.weight`, but not `encoder2.weight`; the empty one fits everything.
///
/// @param text as it is written
public record PathPattern(String text) {
    /// Whether a path fits.
    public boolean matches(String path) {
        if (text.indexOf('*') < 0 && text.indexOf('?') < 0) {
            String part = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            return part.isEmpty() || path.equals(part) || path.startsWith(part + ".");
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.matches(regex.toString(), path);
    }

    /// As it is written.
    @Override
    public String toString() {
        return text;
    }
}

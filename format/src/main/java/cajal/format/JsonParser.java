package cajal.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// A strict recursive reader of one JSON text: see [Json] for the rules.
///
/// Callers that know what they expect (a header) read member by member with [#members] and [#integer], so
/// that a hostile text is refused where it goes astray and never becomes a tree.
final class JsonParser {
    private final String where;
    private final String text;
    private int at;
    private int depth;

    JsonParser(String where, String text) {
        this.where = where;
        this.text = text;
    }

    /// The error at the present position.
    FormatException fault(String fault, String rule) {
        return FormatException.of(where, fault + ", at character " + at, rule);
    }

    private FormatException expected(String what) {
        if (at >= text.length()) {
            return fault("the JSON text ends where " + what + " should stand", "the text is complete");
        }
        int c = text.codePointAt(at);
        String seen = c > ' ' && c < 0x7f ? "'" + (char) c + "'" : String.format("U+%04X", c);
        return fault("expected " + what + " but found " + seen, "the text is JSON (RFC 8259)");
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /// Passes over white space and, if it follows, `c`.
    boolean has(char c) {
        space();
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void require(char c) {
        if (!has(c)) {
            throw expected("'" + c + "'");
        }
    }

    /// Checks that nothing but white space is left.
    void end() {
        space();
        if (at < text.length()) {
            throw expected("the end");
        }
    }

    /// Any value.
    Object value() {
        space();
        char c = at < text.length() ? text.charAt(at) : 0;
        return switch (c) {
            case '{' -> objectValue();
            case '[' -> arrayValue();
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", Json.NULL);
            default -> number();
        };
    }

    SequencedMap<String, Object> objectValue() {
        var map = new LinkedHashMap<String, Object>();
        object(name -> map.put(name, value()), map);
        return map;
    }

    private List<Object> arrayValue() {
        var list = new ArrayList<>();
        elements(() -> list.add(value()));
        return list;
    }

    /// Reads an object member by member; `member` reads the value and must put it into `seen` under its name.
    void object(Consumer<String> member, SequencedMap<String, ?> seen) {
        require('{');
        deeper();
        boolean more = !has('}');
        while (more) {
            space();
            String name = string();
            if (seen.containsKey(name)) {
                throw fault("the name '" + name + "' stands twice in one object", "names are unique");
            }
            require(':');
            member.accept(name);
            more = has(',');
            if (!more) {
                require('}');
            }
        }
        depth--;
    }

    /// Reads an array; `element` reads one value each time.
    void elements(Runnable element) {
        require('[');
        deeper();
        boolean more = !has(']');
        while (more) {
            element.run();
            more = has(',');
            if (!more) {
                require(']');
            }
        }
        depth--;
    }

    private void deeper() {
        if (++depth > Json.MAX_DEPTH) {
            throw fault(
                    "arrays and objects lie more than " + Json.MAX_DEPTH + " levels deep",
                    "at most " + Json.MAX_DEPTH + " levels");
        }
    }

    private Object literal(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw expected("a value");
        }
        at += word.length();
        return value;
    }

    /// A string between quotes.
    String string() {
        space();
        if (at >= text.length() || text.charAt(at) != '"') {
            throw expected("a string");
        }
        int start = ++at;
        int plain = at;
        while (plain < text.length()
                && text.charAt(plain) != '"'
                && text.charAt(plain) != '\\'
                && text.charAt(plain) >= ' ') {
            plain++;
        }
        at = plain;
        String s = plain < text.length() && text.charAt(plain) == '"' ? text.substring(start, plain) : escaped(start);
        at++;
        if (Json.unpaired(s) >= 0) {
            throw fault("a string holds half of a surrogate pair", "text is valid Unicode");
        }
        return s;
    }

    private String escaped(int start) {
        var out = new StringBuilder().append(text, start, at);
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c < ' ') {
                throw fault(
                        "a string holds the control character U+00" + String.format("%02X", (int) c),
                        "control characters are escaped");
            }
            at++;
            out.append(c == '\\' ? escape() : c);
        }
        if (at >= text.length()) {
            throw expected("the closing quote");
        }
        return out.toString();
    }

    private char escape() {
        char c = at < text.length() ? text.charAt(at) : 0;
        int known = "\"\\/bfnrt".indexOf(c);
        if (c != 0 && known >= 0) {
            at++;
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        if (c != 'u' || at + 5 > text.length()) {
            throw expected("an escape such as \\n or \\u0041");
        }
        int code = 0;
        for (int i = at + 1; i < at + 5; i++) {
            int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                throw expected("four hexadecimal digits after \\u");
            }
            code = code * 16 + digit;
        }
        at += 5;
        return (char) code;
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw expected(start > 0 && "0123456789-.eE+".indexOf(text.charAt(start - 1)) >= 0 ? "a digit" : "a value");
        }
        return at - start;
    }

    private boolean next(String any) {
        return at < text.length() && any.indexOf(text.charAt(at)) >= 0;
    }

    private Object number() {
        int start = at;
        at += next("-") ? 1 : 0;
        int first = at;
        if (digits() > 1 && text.charAt(first) == '0') {
            throw fault(
                    "the number " + text.substring(start, Math.min(at, start + 20)) + " begins with 0",
                    "numbers have no leading zeros");
        }
        boolean whole = true;
        if (next(".")) {
            whole = false;
            at++;
            digits();
        }
        if (next("eE")) {
            whole = false;
            at++;
            at += next("+-") ? 1 : 0;
            digits();
        }
        return parsed(start, whole);
    }

    private Object parsed(int start, boolean whole) {
        int length = at - start;
        if (length > 1000) {
            throw fault("a number has " + length + " characters", "at most 1000");
        }
        String digits = text.substring(start, at);
        if (whole && length <= 20) {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException _) { // beyond 64 bits: the nearest double
            }
        }
        double d = Double.parseDouble(digits);
        if (Double.isInfinite(d)) {
            throw fault("the number " + digits + " is too large", "numbers lie within the range of a double");
        }
        return d;
    }

    /// An integer from 0 to 2^63 - 1; `what` names it in the error.
    long integer(String what) {
        space();
        int start = at;
        if (next("0123456789") && number() instanceof Long n) {
            return n;
        }
        at = start;
        throw fault(what + " is no integer from 0 to 2^63 - 1", "lengths and offsets are such integers");
    }
}

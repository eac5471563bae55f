package cajal.data;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/// Reads and writes a vocabulary as one JSON object of tokens and their numbers, `{"!": 0, "\"": 1, …}`,
/// the form of GPT-2's `encoder.json` and `vocab.json`.
///
/// Reading is strict: nothing but such an object, no token and no number twice, no number left out.
final class VocabularyFile {
    private final Path file;
    private final String text;
    private int at;

    private VocabularyFile(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new DataException(file + " is no text in UTF-8", e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e + "\n  rule: the file exists and may be read", e);
        }
    }

    static Vocabulary read(Path file) {
        return new VocabularyFile(file, text(file)).read();
    }

    private Vocabulary read() {
        TreeMap<Integer, String> tokens = new TreeMap<>();
        expect('{');
        do {
            String token = string();
            expect(':');
            String before = tokens.put(number(), token);
            if (before != null) {
                throw broken("the tokens '" + before + "' and '" + token + "' have one number");
            }
        } while (next() == ',');
        at--;
        expect('}');
        skip();
        if (at < text.length()) {
            throw broken("there is text after the object");
        }
        int last = tokens.lastKey();
        if (last != tokens.size() - 1) {
            throw broken("the largest number of " + tokens.size() + " tokens is " + last);
        }
        try {
            return Vocabulary.of(List.copyOf(tokens.values()));
        } catch (DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        }
    }

    private void skip() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        skip();
        if (at >= text.length()) {
            throw broken("it ends too early");
        }
        return text.charAt(at++);
    }

    private void expect(char c) {
        char found = next();
        if (found != c) {
            throw broken("there is '" + found + "' where '" + c + "' belongs");
        }
    }

    private int number() {
        skip();
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == from || at - from > 9) {
            throw broken("a token's number is missing or too large");
        }
        return Integer.parseInt(text.substring(from, at));
    }

    private String string() {
        expect('"');
        StringBuilder s = new StringBuilder();
        while (true) {
            if (at >= text.length()) {
                throw broken("it ends in a token");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                return s.toString();
            }
            if (c < ' ') {
                throw broken("there is a control character in a token");
            }
            s.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        if (at >= text.length()) {
            throw broken("it ends in a token");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                try {
                    yield (char) HexFormat.fromHexDigits(text, at - 4, at);
                } catch (IndexOutOfBoundsException | NumberFormatException _) {
                    throw broken("there are no four hexadecimal digits after \\u");
                }
            }
            default -> throw broken("there is no such escape as \\" + c);
        };
    }

    private DataException broken(String fault) {
        return new DataException(file + " is no vocabulary: " + fault + " (at character " + at
                + ")\n  rule: one JSON object of tokens and their numbers, 0 .. n-1: {\"a\": 0, \"b\": 1}");
    }

    static String text(Vocabulary vocabulary) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < vocabulary.size(); i++) {
            out.append(i == 0 ? "{\"" : ", \"");
            for (char c : vocabulary.tokens().get(i).toCharArray()) {
                if (c == '"' || c == '\\') {
                    out.append('\\').append(c);
                } else if (c < ' ' || c > '~') {
                    out.append("\\u%04x".formatted((int) c));
                } else {
                    out.append(c);
                }
            }
            out.append("\": ").append(i);
        }
        return out.append('}').toString();
    }
}

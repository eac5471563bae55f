package cajal.format;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The dictionary in an npy header: only literals of the three members are understood, nothing is evaluated.
record NpyDictionary(String descr, boolean fortran, long[] shape) {
    private static final int MAX_RANK = 64;

    /// Reads the text, which ends with spaces and a line feed.
    static NpyDictionary parse(Object where, String text) {
        return new Parser(where, text).dictionary();
    }

    private static final class Parser {
        private final Object where;
        private final String text;
        private int at;
        private @Nullable String descr;
        private @Nullable Boolean fortran;
        private long @Nullable [] shape;

        Parser(Object where, String text) {
            this.where = where;
            this.text = text;
        }

        private FormatException fault(String fault) {
            return FormatException.of(
                    where,
                    "header: " + fault + ", at character " + at,
                    "it is a dictionary such as {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
        }

        private void space() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean has(char c) {
            space();
            boolean found = at < text.length() && text.charAt(at) == c;
            at += found ? 1 : 0;
            return found;
        }

        private void require(char c) {
            if (!has(c)) {
                throw fault("'" + c + "' is missing");
            }
        }

        NpyDictionary dictionary() {
            require('{');
            while (!has('}')) {
                String key = string();
                require(':');
                member(key);
                if (!has(',')) {
                    require('}');
                    break;
                }
            }
            space();
            if (at < text.length()) {
                throw fault("something follows the dictionary");
            }
            if (descr == null || fortran == null || shape == null) {
                throw fault("descr, fortran_order or shape is missing");
            }
            return new NpyDictionary(descr, fortran, shape);
        }

        private void member(String key) {
            switch (key) {
                case "descr" -> {
                    once(descr, key);
                    if (has('[')) {
                        throw FormatException.of(
                                where,
                                "its elements are records (a structured type)",
                                "a tensor has one number type",
                                "save each field by itself: numpy.save(file, array['field'])");
                    }
                    descr = string();
                }
                case "fortran_order" -> {
                    once(fortran, key);
                    fortran = truth();
                }
                case "shape" -> {
                    once(shape, key);
                    shape = tuple();
                }
                default -> throw fault("there is a member '" + key + "'");
            }
        }

        private void once(@Nullable Object value, String key) {
            if (value != null) {
                throw fault("'" + key + "' stands twice");
            }
        }

        private String string() {
            char quote = has('"') ? '"' : '\'';
            if (quote == '\'') {
                require('\'');
            }
            int end = text.indexOf(quote, at);
            if (end < 0) {
                throw fault("a string is not closed");
            }
            String s = text.substring(at, end);
            if (s.length() > 100 || s.indexOf('\\') >= 0 || s.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw fault("a string is too long or holds escapes or control characters");
            }
            at = end + 1;
            return s;
        }

        private boolean truth() {
            space();
            for (String word : new String[] {"True", "False"}) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("True");
                }
            }
            throw fault("neither True nor False");
        }

        private long[] tuple() {
            require('(');
            long[] dims = new long[MAX_RANK];
            int n = 0;
            boolean comma = true;
            while (!has(')')) {
                if (!comma || n == MAX_RANK) {
                    throw fault(comma ? "the shape has more than " + MAX_RANK + " axes" : "a comma is missing");
                }
                dims[n++] = integer();
                comma = has(',');
            }
            if (n == 1 && !comma) {
                throw fault("(n) is no tuple, (n,) is");
            }
            return Arrays.copyOf(dims, n);
        }

        private long integer() {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at == start || at - start > 18) {
                throw fault("a length is no integer from 0 to 10^18");
            }
            long n = Long.parseLong(text, start, at, 10);
            at += at < text.length() && text.charAt(at) == 'L' ? 1 : 0; // Python 2 wrote 3L
            return n;
        }
    }
}

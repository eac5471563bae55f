package cajal.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The names of tokens, in the order of their numbers.
record Vocabulary(List<String> tokens, Map<String, Integer> ids) {
    static Vocabulary of(List<String> tokens) {
        Map<String, Integer> ids = new HashMap<>(2 * tokens.size());
        for (String token : tokens) {
            Integer before = ids.put(token, ids.size());
            if (before != null) {
                throw new DataException("The token '" + token + "' occurs twice, as " + before + " and " + ids.size()
                        + "\n  rule: each token occurs once");
            }
        }
        if (tokens.isEmpty()) {
            throw new DataException("A vocabulary without tokens\n  rule: at least one");
        }
        return new Vocabulary(List.copyOf(tokens), Map.copyOf(ids));
    }

    /// The vocabulary that a description holds under a name.
    static Vocabulary of(Map<String, ?> map, String name) {
        return of(strings(map, name));
    }

    static List<String> strings(Map<String, ?> map, String name) {
        if (!(map.get(name) instanceof List<?> list)) {
            throw new DataException("The description of a tokenizer has no list '" + name + "'");
        }
        List<String> strings = new ArrayList<>();
        for (Object o : list) {
            if (!(o instanceof String s)) {
                throw new DataException("The description of a tokenizer: " + o + " in '" + name + "' is no text");
            }
            strings.add(s);
        }
        return strings;
    }

    int size() {
        return tokens.size();
    }

    String token(long id) {
        if (id < 0 || id >= tokens.size()) {
            throw new DataException("There is no token " + id + "\n  rule: tokens are 0 .. " + (tokens.size() - 1));
        }
        return tokens.get((int) id);
    }

    OptionalLong id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalLong.empty() : OptionalLong.of(id);
    }
}

package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import java.util.List;
import java.util.Map;

/// Turns an operation's components into attributes and back. Attributes that were read from a file hold
/// lists where operations hold arrays.
record Attributes(String op, Map<String, Object> values) {
    static long[] longs(int[] values) {
        return java.util.Arrays.stream(values).asLongStream().toArray();
    }

    long[] longs(String name) {
        return switch (value(name)) {
            case long[] a -> a;
            case List<?> list ->
                list.stream().mapToLong(v -> ((Number) v).longValue()).toArray();
            default -> throw wrong(name, "a list of whole numbers");
        };
    }

    int[] ints(String name) {
        return java.util.Arrays.stream(longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    Shape shape(String name) {
        return Shape.of(longs(name));
    }

    long number(String name) {
        return value(name) instanceof Number n ? n.longValue() : fail(name, "a whole number");
    }

    double real(String name) {
        return value(name) instanceof Number n ? n.doubleValue() : fail(name, "a number");
    }

    boolean flag(String name) {
        return value(name) instanceof Boolean b ? b : fail(name, "true or false") != 0;
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) {
        try {
            return Enum.valueOf(type, String.valueOf(value(name)));
        } catch (IllegalArgumentException _) {
            throw wrong(name, "one of " + List.of(type.getEnumConstants()));
        }
    }

    DType dtype(String name) {
        return choice(name, DType.class);
    }

    private Object value(String name) {
        Object v = values.get(name);
        if (v == null) {
            throw new GraphException("The operation '" + op + "' has no attribute '" + name + "', only "
                    + new java.util.TreeSet<>(values.keySet())
                    + "\n  rule: name and attributes together make an operation");
        }
        return v;
    }

    private long fail(String name, String wanted) {
        throw wrong(name, wanted);
    }

    private GraphException wrong(String name, String wanted) {
        return new GraphException("The attribute '" + name + "' of the operation '" + op + "' is " + values.get(name)
                + "\n  rule: it is " + wanted);
    }
}

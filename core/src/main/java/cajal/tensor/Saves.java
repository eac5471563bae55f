package cajal.tensor;

/// Which inputs and outputs of an operation its backward pass reads; the engine keeps these and nothing else.
///
/// @param in bit `i` stands for input `i`
/// @param out bit `i` stands for output `i`
public record Saves(long in, long out) {
    /// The backward pass reads no value.
    public static final Saves NOTHING = new Saves(0, 0);

    /// These, and input `i`.
    public Saves in(int i) {
        return new Saves(in | 1L << i, out);
    }

    /// These, and input `i` if `condition` holds.
    public Saves inIf(boolean condition, int i) {
        return condition ? in(i) : this;
    }

    /// These, and output `i`.
    public Saves out(int i) {
        return new Saves(in, out | 1L << i);
    }
}

package cajal.tensor;

/// Which inputs and outputs of an operation its backward pass reads; the engine keeps these and nothing else.
///
/// @param in bit `i` stands for input `i`
/// @param out bit `i` stands for output `i`
public record Saves(long in, long out) {
    private static final Saves[][] FEW = new Saves[8][8]; // made once: asked for in every forward pass

    static {
        for (int in = 0; in < FEW.length; in++) {
            for (int out = 0; out < FEW.length; out++) {
                FEW[in][out] = new Saves(in, out);
            }
        }
    }

    /// The backward pass reads no value.
    public static final Saves NOTHING = of(0, 0);

    private static Saves of(long in, long out) {
        return (in | out) >>> 3 == 0 ? FEW[(int) in][(int) out] : new Saves(in, out);
    }

    /// These, and input `i`.
    public Saves in(int i) {
        return of(in | 1L << i, out);
    }

    /// These, and input `i` if `condition` holds.
    public Saves inIf(boolean condition, int i) {
        return condition ? in(i) : this;
    }

    /// These, and output `i`.
    public Saves out(int i) {
        return of(in, out | 1L << i);
    }
}

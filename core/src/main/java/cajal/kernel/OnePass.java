package cajal.kernel;

/// A loop that a backend has for one program as a whole: every element of the operands is read once, every
/// result written once, and what lies between stays in registers. The bits are those of the program's
/// instructions one after the other.
public interface OnePass {
    /// Which arguments are single numbers, one bit each; the others are runs of neighbouring elements.
    int numbers();

    /// Runs over the elements `from … to - 1`. All views are runs of floats, or single ones where [#numbers] says so.
    /// A result may be an argument at the same place; else results overlap nothing.
    void run(View[] in, View[] out, int from, int to);
}

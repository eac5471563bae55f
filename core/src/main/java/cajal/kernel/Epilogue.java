package cajal.kernel;

import org.jspecify.annotations.Nullable;

/// A function of one argument that takes results to its values where they lie, some at a time, while they are still
/// in the cache: the end of a kernel. The bits are those of the function as a task of its own.
interface Epilogue {
    /// Does nothing.
    Epilogue NONE = (_, _) -> {};

    /// Takes the elements `from … to - 1` of the results to their values.
    void over(int from, int to);

    /// The one for a program and dense results, if there is a loop for the program.
    static @Nullable Epilogue of(FloatPrimitives primitives, Program program, View results) {
        View[] views = {results};
        OnePass pass = primitives.onePass(program);
        if (pass != null) {
            return (from, to) -> pass.run(views, views, from, to);
        }
        if (program.length() != 1 || program.constants() > 0) {
            return null;
        }
        Scalar fn = program.instruction(0).fn();
        float[] y = results.floats();
        int start = results.start();
        return (from, to) ->
                primitives.apply(fn, y, start + from, y, start + from, y, start + from, y, start + from, to - from);
    }
}

package cajal.testkit;

/// What an operation must answer, computed without it: in double precision, in plain loops.
@FunctionalInterface
public interface Oracle {
    /// The result for the inputs.
    Values apply(Values... in);
}

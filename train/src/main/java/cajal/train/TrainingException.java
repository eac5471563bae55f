package cajal.train;

/// Thrown when training cannot go on: a number that is none, a network that does not fit the data, a
/// checkpoint of another run; the message says where, why and what helps.
public final class TrainingException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public TrainingException(String message) {
        super(message);
    }
}

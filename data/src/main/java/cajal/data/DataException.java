package cajal.data;

/// Thrown when data cannot be read or do not make sense; the message names the file, where in it, the rule and
/// the fix.
public final class DataException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public DataException(String message) {
        super(message);
    }

    /// An exception with its whole explanation and its cause.
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}

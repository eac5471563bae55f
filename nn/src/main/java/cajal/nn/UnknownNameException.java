package cajal.nn;

/// Thrown when a name from outside (a command line, a file) names nothing that there is; the message lists what
/// there is.
public final class UnknownNameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public UnknownNameException(String message) {
        super(message);
    }
}

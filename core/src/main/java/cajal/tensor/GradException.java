package cajal.tensor;

/// Thrown when a gradient is asked for that cannot be had; the message says why and what to do.
public final class GradException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public GradException(String message) {
        super(message);
    }
}

package cajal.kernel;

/// Thrown when shapes or axes do not fit an operation; the message names them, the rule and, where it can be
/// computed, the fix.
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public ShapeException(String message) {
        super(message);
    }
}

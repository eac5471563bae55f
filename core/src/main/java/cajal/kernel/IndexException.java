package cajal.kernel;

/// Thrown when an index tensor points outside the axis that it selects from.
public final class IndexException extends IndexOutOfBoundsException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public IndexException(String message) {
        super(message);
    }
}

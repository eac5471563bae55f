package cajal.kernel;

/// Thrown when no backend has a kernel for a task on the given element types or devices.
public final class UnsupportedTaskException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public UnsupportedTaskException(String message) {
        super(message);
    }
}

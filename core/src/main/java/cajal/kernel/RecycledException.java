package cajal.kernel;

/// The storage of a tensor was given to other tensors, because the step in which it was made is over.
public final class RecycledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// With what was used, and what would have kept it.
    public RecycledException(String message) {
        super(message);
    }
}

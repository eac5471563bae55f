package cajal.tensor;

/// Thrown when a computation cannot be captured as a graph, or a graph read from a file makes no sense.
public final class GraphException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public GraphException(String message) {
        super(message);
    }
}

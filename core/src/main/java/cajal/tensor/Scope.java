package cajal.tensor;

/// Something that holds until it is closed, by `try (var _ = ...)`.
@FunctionalInterface
public interface Scope extends AutoCloseable {
    /// Ends it.
    @Override
    void close();
}

package cajal.tensor;

/// Is told of everything that passes the engine's door; what it wants to keep it copies.
///
/// Profilers, the NaN guard, tracing and the live view are listeners: no operation knows them.
public interface Listener {
    /// An operation ran, forward or backward, in the layer at `path`.
    default void ran(Op op, String path, Tensor[] in, Tensor[] out) {}

    /// A layer was called with `in` and is about to run.
    default void entered(String path, String layer, Tensor[] in) {}

    /// The layer at `path`, called with `in`, returned `out`.
    default void left(String path, String layer, Tensor[] in, Tensor[] out) {}

    /// The values of a tensor were read on the host.
    default void read(Tensor tensor) {}
}

package cajal.kernel;

/// A backend: it runs the tasks that it has kernels for and answers `false` to the rest, so that a new task
/// breaks none.
///
/// Kernels know storage, shapes and numbers: no gradients, no layers, no context. Backends are found by
/// [java.util.ServiceLoader]; [Backends] asks them in order of [#priority].
public interface Kernels {
    /// The backend's name, as in `simd`.
    String name();

    /// Who is asked first: the highest.
    int priority();

    /// Runs the task: writes every element of the outputs, whose content is arbitrary before (it counts only
    /// where the task says that it accumulates). Or answers false, having written nothing, if there is
    /// no kernel for it on these types and layouts.
    boolean run(Task task, View[] in, View[] out);
}

package cajal.simd;

import cajal.kernel.FloatKernels;

/// The `F32` kernels on the Vector API, asked before all others.
public final class SimdKernels extends FloatKernels {
    /// Made by [java.util.ServiceLoader].
    ///
    /// **Throws** [NoClassDefFoundError] where the module `jdk.incubator.vector` is not there, so that nobody
    /// asks these kernels: the vector width is looked up now, not at the first task.
    public SimdKernels() {
        super("simd", Lanes.VL > 0 ? 100 : 0, new VectorFloats());
    }
}

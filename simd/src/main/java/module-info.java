/// Kernels on the Vector API. Nobody imports this module: [java.util.ServiceLoader] finds it.
module cajal.simd {
    requires static org.jspecify;
    requires cajal.core;
    requires jdk.incubator.vector;

    provides cajal.kernel.Kernels with
            cajal.simd.SimdKernels;
}

/// Kernels on the Vector API.
@NullMarked
package cajal.simd;

import org.jspecify.annotations.NullMarked;

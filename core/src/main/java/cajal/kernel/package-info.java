/// Storage, views, shapes and numbers; what a backend answers; the readable reference kernels.
@NullMarked
package cajal.kernel;

import org.jspecify.annotations.NullMarked;

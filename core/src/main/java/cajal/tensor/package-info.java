/// Tensors, their operations and gradients.
@NullMarked
package cajal.tensor;

import org.jspecify.annotations.NullMarked;

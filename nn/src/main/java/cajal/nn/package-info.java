/// Layers, losses and initialisers.
@NullMarked
package cajal.nn;

import org.jspecify.annotations.NullMarked;

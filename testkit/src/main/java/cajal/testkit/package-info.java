/// Gradient checks and operation samples.
@NullMarked
package cajal.testkit;

import org.jspecify.annotations.NullMarked;

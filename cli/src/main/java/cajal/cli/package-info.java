/// The commands.
@NullMarked
package cajal.cli;

import org.jspecify.annotations.NullMarked;

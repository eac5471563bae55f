/// The live view in the browser: a server on this computer alone, and the page that it serves.
@NullMarked
package cajal.studio;

import org.jspecify.annotations.NullMarked;

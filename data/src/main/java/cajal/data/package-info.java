/// Where the numbers come from: files, downloads, generated sets; their splits, transforms and batches.
@NullMarked
package cajal.data;

import org.jspecify.annotations.NullMarked;

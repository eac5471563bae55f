/// Optimisers, schedules, the trainer, metrics and checkpoints.
@NullMarked
package cajal.train;

import org.jspecify.annotations.NullMarked;

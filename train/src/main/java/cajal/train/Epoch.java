package cajal.train;

import java.util.Map;
import java.util.OptionalDouble;

/// What one epoch, a pass over all training samples, came to.
///
/// @param number from 1
/// @param steps the updates made since the beginning of the run
/// @param loss the mean training loss while the weights were changing
/// @param metrics the training metrics by name, measured on the same forward passes
/// @param validationLoss the mean loss on the validation samples after the epoch, if there are any
/// @param validationMetrics the metrics on the validation samples by name
/// @param rate the learning rate of the last step
/// @param seconds the wall time of the epoch, validation included
/// @param samplesPerSecond training samples a second, validation excluded
public record Epoch(
        int number,
        long steps,
        double loss,
        Map<String, Double> metrics,
        OptionalDouble validationLoss,
        Map<String, Double> validationMetrics,
        double rate,
        double seconds,
        double samplesPerSecond) {}

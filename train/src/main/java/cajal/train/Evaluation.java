package cajal.train;

import java.util.Map;

/// How well a network does on a data set.
///
/// @param loss the mean loss
/// @param metrics the metrics by name
/// @param samples the number of samples
public record Evaluation(double loss, Map<String, Double> metrics, long samples) {}

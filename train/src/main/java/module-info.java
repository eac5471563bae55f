/// Optimisers, schedules, the trainer, metrics and checkpoints.
module cajal.train {
    requires static org.jspecify;
    requires transitive cajal.data;
    requires transitive cajal.format;
    requires transitive cajal.nn;

    exports cajal.train;
}

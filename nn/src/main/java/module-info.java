/// Layers, losses and initialisers.
module cajal.nn {
    requires static org.jspecify;
    requires transitive cajal.core;

    exports cajal.nn;
}

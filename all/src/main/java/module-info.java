/// All that a program needs: `import module cajal;`.
module cajal {
    requires transitive cajal.core;
    requires transitive cajal.data;
    requires transitive cajal.format;
    requires transitive cajal.nn;
    requires transitive cajal.simd;
    requires transitive cajal.train;
}

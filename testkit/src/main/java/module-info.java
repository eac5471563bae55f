/// Gradient checks, operation samples and the rules of the architecture.
module cajal.testkit {
    requires static org.jspecify;
    requires transitive cajal;
    requires cajal.cli;
    requires jdk.management;

    exports cajal.testkit;

    uses cajal.kernel.Kernels;
}

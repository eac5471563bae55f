/// Tensor files: safetensors, npy and npz, and the strict JSON that their headers are written in.
module cajal.format {
    requires static org.jspecify;
    requires transitive cajal.core;

    exports cajal.format;
}

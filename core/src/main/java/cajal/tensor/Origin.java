package cajal.tensor;

/// Where a tensor's gradient goes: into the operation that made the tensor, or into a leaf that collects it.
abstract sealed class Origin permits Node, Leaf {
    /// Its place in the list of the latest backward pass that met it, below 0 if none has. Passes may overlap:
    /// it counts only where the list has it there.
    int place = -1;
}

package cajal.kernel;

/// Where storage lives and kernels run. The CPU is the one device of this module; others come with their own
/// backend.
public interface Device {
    /// The CPU with heap arrays.
    Device CPU = new Device() {
        @Override
        public String name() {
            return "cpu";
        }

        @Override
        public Storage zeros(DType dtype, long size) {
            return HostStorage.zeros(dtype, size);
        }
    };

    /// The device's name, as in `cpu`.
    String name();

    /// New storage of zeros on this device.
    Storage zeros(DType dtype, long size);
}

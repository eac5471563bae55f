package bench;

import java.util.Optional;

/// A library that takes part. Its class is named `bench.<Name>Peer` and lies in a folder of its own, since each
/// runs in a process of its own with its own class path.
public interface Peer {
    /// The library's name and version.
    String version();

    /// The workload, ready to run; none if the library does not have it.
    Optional<Work> work(Task task, int threads);

    /// Whether this is a training workload whose losses can be compared.
    static boolean trains(Task task) {
        return switch (task) {
            case Task.Mlp m -> m.training();
            case Task.Cnn c -> c.training();
            case Task.ResNet r -> r.training();
            case Task.Gpt g -> g.training();
            case Task.Lstm l -> l.training();
            default -> false;
        };
    }
}

package cajal.testkit;

import cajal.kernel.FloatKernels;
import cajal.kernel.Kernels;
import cajal.kernel.ReferenceKernels;
import cajal.kernel.ScalarFloats;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/// The backends of this process, and which tasks each is known to have kernels for.
final class FoundBackends {
    private static final Set<String> ALL = Set.of(
            "Pointwise",
            "Reduce",
            "ArgReduce",
            "MatMul",
            "Convolution",
            "Softmax",
            "SoftmaxGradient",
            "Normalise",
            "NormaliseGradient",
            "Cumulate",
            "Gather",
            "Scatter",
            "Take",
            "Put",
            "Sort",
            "MaxPool",
            "AvgPool",
            "AvgSpread",
            "Random",
            "Attention",
            "AttentionGradient",
            "Recurrence",
            "RecurrenceGradient");
    private static final Set<String> FLOATS = Set.of(
            "Pointwise",
            "Reduce",
            "ArgReduce",
            "MatMul",
            "Convolution",
            "Softmax",
            "SoftmaxGradient",
            "Normalise",
            "NormaliseGradient",
            "Gather",
            "Scatter",
            "Take",
            "Put",
            "MaxPool",
            "AvgPool",
            "AvgSpread",
            "Random",
            "Attention",
            "AttentionGradient",
            "Recurrence",
            "RecurrenceGradient");

    private FoundBackends() {}

    static List<Kernels> all() {
        List<Kernels> found =
                new ArrayList<>(List.of(new ReferenceKernels(), new FloatKernels("scalar", 1, new ScalarFloats())));
        ServiceLoader.load(Kernels.class).forEach(found::add);
        return found;
    }

    /// The tasks that a backend must answer at least for some input.
    static Set<String> tasksOf(String backend) {
        if (backend.equals("reference")) {
            return ALL;
        }
        Set<String> tasks = new TreeSet<>(FLOATS);
        tasks.addAll(backend.equals("scalar") ? Set.of("Then") : Set.of("Then", "Sloped"));
        return tasks;
    }
}

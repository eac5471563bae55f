package cajal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// The backends of this process, asked in order until one has a kernel for the task.
///
/// The CPU's order is: what [ServiceLoader] finds (the Vector API kernels of `cajal.simd`), the scalar
/// kernels, the reference kernels. The system property `cajal.kernels` (`simd`, `scalar` or `reference`)
/// names the best one that may be used.
public final class Backends {
    private static volatile Kernels[] chain = discover();

    private Backends() {}

    /// The names of the backends, the one that is asked first at the front.
    public static List<String> names() {
        return Arrays.stream(chain).map(Kernels::name).toList();
    }

    /// Runs the task on the first backend that has a kernel for it.
    ///
    /// **Throws** [UnsupportedTaskException] if none has.
    public static void run(Task task, View[] in, View[] out) {
        for (Kernels k : chain) {
            if (k.run(task, in, out)) {
                return;
            }
        }
        if (task instanceof Task.Then(Task first, Task.Pointwise then)) {
            run(first, in, out);
            run(then, new View[] {out[0]}, new View[] {out[0]});
            return;
        }
        if (task instanceof Task.Sloped(Task.Pointwise slope, Task then)) {
            View[] rest = Arrays.copyOf(in, in.length - 1);
            rest[0] = out[0];
            run(slope, new View[] {in[in.length - 1], in[0]}, new View[] {out[0]});
            run(then, rest, out);
            return;
        }
        throw new UnsupportedTaskException("No backend of " + names() + " runs " + task + " on " + List.of(in));
    }

    /// Lets no backend above `name` be used: `reference`, `scalar`, or `simd`. A process that does little
    /// work is faster without warming up vector code.
    ///
    /// **Throws** [IllegalArgumentException] if no backend has that name.
    public static void limit(String name) {
        Kernels[] all = discover(name);
        if (!all[0].name().equals(name)) {
            throw new IllegalArgumentException("No kernels are called '" + name + "': there are " + names());
        }
        chain = all;
    }

    private static Kernels[] discover() {
        return discover(System.getProperty("cajal.kernels", ""));
    }

    private static Kernels[] discover(String best) {
        List<Kernels> found =
                new ArrayList<>(List.of(new ReferenceKernels(), new FloatKernels("scalar", 1, new ScalarFloats())));
        boolean vectors = !best.equals("scalar") && !best.equals("reference");
        if (vectors) {
            found.addAll(providers());
        }
        found.sort(Comparator.comparingInt(Kernels::priority).reversed());
        while (!best.isEmpty() && found.size() > 1 && !found.getFirst().name().equals(best)) {
            found.removeFirst();
        }
        return found.toArray(Kernels[]::new);
    }

    /// What the class path or module path offers. Without `jdk.incubator.vector` the provider fails to link:
    /// that means "absent", and one warning says what it costs and which flag helps.
    private static List<Kernels> providers() {
        List<Kernels> found = new ArrayList<>();
        try {
            ServiceLoader.load(Kernels.class, Backends.class.getClassLoader()).forEach(found::add);
        } catch (ServiceConfigurationError | LinkageError e) {
            System.getLogger("cajal.kernel")
                    .log(
                            System.Logger.Level.WARNING,
                            "Cajal runs on its scalar kernels, 3 to 5 times slower, because the Vector API is not there ("
                                    + (e.getCause() == null ? e : e.getCause())
                                    + "). Start java with: --add-modules jdk.incubator.vector");
        }
        return found;
    }
}

package bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A library with a number of threads and one of the settings that may suit it.
///
/// @param peer the class name's beginning
/// @param path which class path it runs on
/// @param setting a word for the setting
/// @param flags for its JVM
record Contender(String peer, String path, int threads, String setting, Map<String, String> environment, List<String> flags) {
    static final String CAJAL = "Cajal";
    static final String BEFORE = "Before";
    static final String SCALAR = "Scalar";
    static final String MACHINE = "Machine";
    private static final String CACHE = "-XX:AOTCache=";
    private static final String DEMANDED = "-XX:AOTMode=on"; // without a cache that fits the process fails
    private static final List<String> VECTORS = List.of("--add-modules=jdk.incubator.vector");

    /// The name in the results: the library's, or that of the other build of Cajal.
    String name() {
        return path.equals("before") ? BEFORE : path.equals("scalar") ? SCALAR : peer;
    }

    /// All settings in which a library may be at its best; for the start of a process each without and with a class
    /// cache.
    static List<Contender> of(String name, Task task, int threads) {
        List<Contender> all = settings(name, task, threads);
        return task instanceof Task.Start ? all.stream().flatMap(c -> Stream.of(c, c.cached())).toList() : all;
    }

    /// The same with a cache of its classes, loaded and linked (JEP 483), which [#rehearsal()] makes.
    private Contender cached() {
        String file = Path.of(System.getProperty("bench.out"), "start-" + Integer.toHexString(hashCode()) + ".aot").toString();
        List<String> more = new ArrayList<>(flags);
        more.addAll(List.of(CACHE + file, DEMANDED));
        return new Contender(peer, path, threads, (setting.isEmpty() ? "" : setting + ", ") + "class cache", environment, more);
    }

    /// What makes the class cache, if this uses one.
    Optional<Contender> rehearsal() {
        List<String> making = flags.stream().filter(f -> !f.equals(DEMANDED)).map(f -> f.replace(CACHE, "-XX:AOTCacheOutput=")).toList();
        return making.equals(flags) ? Optional.empty() : Optional.of(new Contender(peer, path, threads, setting, environment, making));
    }

    private static List<Contender> settings(String name, Task task, int threads) {
        String n = Integer.toString(threads);
        List<Contender> all = new ArrayList<>();
        switch (name) {
            case SCALAR -> all.add(new Contender(CAJAL, "scalar", threads, "", Map.of(), List.of()));
            case CAJAL, MACHINE -> {
                boolean start = task instanceof Task.Start;
                all.add(new Contender(name, "cajal", threads, start ? "vector kernels" : "", Map.of(), VECTORS));
                if (start) {
                    all.add(new Contender(name, "cajal", threads, "scalar kernels", Map.of(), List.of("-Dcajal.kernels=scalar")));
                }
            }
            case BEFORE -> all.add(new Contender(CAJAL, "before", threads, "", Map.of(), VECTORS));
            case "Libtorch" -> {
                boolean pictures = task instanceof Task.Cnn || task instanceof Task.ResNet || task instanceof Task.Conv;
                for (boolean last : pictures ? new boolean[] {false, true} : new boolean[] {false}) {
                    List<String> flags = last ? List.of("-Dbench.channelsLast=true") : List.of();
                    String suffix = last ? ", channels last" : "";
                    if (threads == 1) {
                        all.add(new Contender(name, "libtorch", 1, "one thread" + suffix,
                                Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1"), flags));
                        continue;
                    }
                    all.add(new Contender(name, "libtorch", threads, "passive" + suffix,
                            Map.of("OMP_NUM_THREADS", n, "OPENBLAS_NUM_THREADS", n, "OMP_WAIT_POLICY", "PASSIVE"), flags));
                    all.add(new Contender(name, "libtorch", threads, "active, BLAS on one thread" + suffix,
                            Map.of("OMP_NUM_THREADS", n, "OPENBLAS_NUM_THREADS", "1", "OMP_WAIT_POLICY", "ACTIVE", "GOMP_SPINCOUNT", "100000"),
                            flags));
                    all.add(new Contender(name, "libtorch", threads, "short spin" + suffix,
                            Map.of("OMP_NUM_THREADS", n, "OPENBLAS_NUM_THREADS", n, "GOMP_SPINCOUNT", "1000", "OPENBLAS_THREAD_TIMEOUT", "8"),
                            flags));
                }
            }
            case "Djl" -> {
                all.add(new Contender(name, "djl", threads, "passive",
                        Map.of("OMP_NUM_THREADS", n, "MKL_NUM_THREADS", n, "OMP_WAIT_POLICY", "PASSIVE"), List.of()));
                if (threads > 1) {
                    all.add(new Contender(name, "djl", threads, "short spin",
                            Map.of("OMP_NUM_THREADS", n, "MKL_NUM_THREADS", n, "GOMP_SPINCOUNT", "1000"), List.of()));
                }
            }
            case "Onnx" -> {
                all.add(new Contender(name, "onnx", threads, "threads park", Map.of(), List.of()));
                if (threads > 1) {
                    all.add(new Contender(name, "onnx", threads, "threads spin", Map.of(), List.of("-Dbench.spin=true")));
                }
            }
            default -> {
                Map<String, String> environment = Map.of("OMP_NUM_THREADS", n, "OPENBLAS_NUM_THREADS", n, "OMP_WAIT_POLICY", "PASSIVE",
                        "LD_LIBRARY_PATH", System.getProperty("bench.openblas"));
                String path = name.toLowerCase(Locale.ROOT);
                all.add(new Contender(name, path, threads, "", environment, List.of()));
                if (name.equals("Smile") && threads > 1) {
                    Map<String, String> one = new HashMap<>(environment);
                    one.put("OPENBLAS_NUM_THREADS", "1");
                    all.add(new Contender(name, path, threads, "BLAS on one thread", one, List.of()));
                }
            }
        }
        return all;
    }
}

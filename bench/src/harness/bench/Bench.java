package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Measures workloads on Cajal and its peers, each in a process of its own, in turns: A B C, A B C, ... All peers and
/// settings take part in the first turn; in the others those that could be the fastest.
public final class Bench {
    private static final int LONGEST = 180; // seconds a process may take
    private static final double NEAR = 1.15; // times the fastest peer's time: those may take part in the next turn
    private static final List<String> STEERING = List.of("OPENBLAS_", "GOTO_", "MKL_", "OMP_", "GOMP_", "KMP_", "DNNL_", "ATEN_");
    private final Options options;
    private final Journal journal;

    private Bench(Options options) throws IOException {
        this.options = options;
        this.journal = new Journal(Path.of(System.getProperty("bench.out"), "journal.tsv"), options.keep(), !options.markdown().isEmpty());
    }

    public static void main(String[] arguments) throws IOException {
        new Bench(Options.of(arguments)).run();
    }

    private void run() throws IOException {
        for (Workload w : options.workloads()) {
            if (options.onlyMissing() && journal.has(w)) {
                continue;
            }
            journal.put(w, measure(w));
            say(Report.line(w, journal.results(), options));
            write(new Report(journal.results(), options));
        }
        Report report = new Report(journal.results(), options);
        write(report); // where nothing was missing, too: the operations or the limits may be new
        System.out.println(report.markdown());
    }

    /// After each workload, so that an interrupt loses one.
    private void write(Report report) throws IOException {
        if (!options.markdown().isEmpty()) {
            Files.writeString(Path.of(options.markdown()), report.markdown());
            Files.writeString(Path.of(options.markdown().replaceFirst("\\.md$", "") + ".json"), report.json());
        }
    }

    private List<Result> measure(Workload w) {
        List<String> names = new ArrayList<>();
        if (w.group() == Workload.Group.MACHINE) {
            names.add(Contender.MACHINE);
        } else {
            names.add(Contender.CAJAL);
            if (!options.against().isEmpty()) {
                names.add(Contender.BEFORE);
            }
            if (w.group() == Workload.Group.SCALAR) {
                names.add(Contender.SCALAR);
            } else {
                names.addAll(options.peers());
            }
        }
        List<List<Contender>> turn = new ArrayList<>();
        for (int threads : options.threads()) {
            names.forEach(name -> turn.add(Contender.of(name, w.task(), threads)));
        }
        List<Result> all = new ArrayList<>();
        for (int repeat = 0; repeat < options.repeats(); repeat++) {
            Map<Integer, Double> fastest = new HashMap<>(); // peers, for each number of threads
            List<Double> times = new ArrayList<>();
            for (int i = 0; i < turn.size(); i++) {
                List<Result> here = new ArrayList<>();
                Contender best = null;
                for (Contender c : turn.get(i)) {
                    if (repeat == 0) {
                        c.rehearsal().ifPresent(r -> process(r, w));
                    }
                    Result r = process(c, w);
                    if (r == null) {
                        continue;
                    }
                    best = here.stream().allMatch(o -> o.median() > r.median()) ? c : best;
                    here.add(r);
                }
                turn.set(i, best == null ? List.of() : List.of(best));
                times.add(Result.fastest(here));
                if (best != null && !own(best)) {
                    fastest.merge(best.threads(), Result.fastest(here), Math::min);
                }
                all.addAll(here);
            }
            for (int i = turn.size() - 1; i >= 0; i--) {
                int at = i;
                if (turn.get(i).stream().noneMatch(c -> own(c) || times.get(at) <= NEAR * fastest.get(c.threads()))) {
                    turn.remove(i);
                }
            }
        }
        return all;
    }

    /// Whether a variable that happens to be set here would choose a library's kernels or threads: a build of OpenBLAS
    /// that was told to be an older processor's takes twice the time.
    private static boolean steersLibraries(String variable) {
        return STEERING.stream().anyMatch(variable::startsWith);
    }

    private static boolean own(Contender c) {
        return c.peer().equals(Contender.CAJAL) || c.peer().equals(Contender.MACHINE);
    }

    /// One measurement; null if the library does not have the workload, or the process failed.
    private Result process(Contender c, Workload w) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-XX:ErrorFile=target/bench/crash-%p.log", // of a native library
                "-XX:+UseSerialGC", "-Xms16m")); // the launcher's collector, for all; a small heap, so that the most that is held tells
        command.addAll(c.flags());
        String path = c.path().equals("before")
                ? options.against() + System.getProperty("bench.before")
                : System.getProperty("bench.path." + (c.path().equals("scalar") ? "cajal" : c.path()));
        command.addAll(List.of("-cp", path, "bench.Child", c.peer(), w.name(), Integer.toString(c.threads()),
                Double.toString(options.warm()), Double.toString(options.seconds())));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(Bench::steersLibraries);
        builder.environment().putAll(c.environment());
        String output = "";
        double wall = 0;
        try {
            Path log = Files.createTempFile("bench", ".log");
            try {
                long start = System.nanoTime();
                Process p = builder.redirectOutput(log.toFile()).start();
                boolean ended = p.waitFor(LONGEST, TimeUnit.SECONDS);
                if (!ended) {
                    p.destroyForcibly();
                }
                wall = (System.nanoTime() - start) / 1e9;
                output = Files.readString(log);
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        String line = output.lines().filter(l -> l.startsWith("RESULT ")).findFirst().orElse("");
        if (line.isEmpty()) {
            say(c.name() + " failed on " + w.name() + ":\n" + output.lines().limit(25).reduce("", (a, b) -> a + "    " + b + "\n"));
            return null;
        }
        if (line.equals("RESULT none")) {
            return null;
        }
        Map<String, String> fields = new HashMap<>();
        for (String field : line.substring(7).split(" ")) {
            int equal = field.indexOf('=');
            fields.put(field.substring(0, equal), field.substring(equal + 1));
        }
        if (w.task() instanceof Task.Start) {
            fields.put("median", Double.toString(wall));
            fields.put("low", Double.toString(wall));
        }
        return Result.of(c, wall, fields);
    }

    private static void say(String text) {
        System.err.println(text);
    }
}

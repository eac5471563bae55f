package bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The tables of a run.
final class Report {
    private static final Pattern NEEDED = // without the command line, the studio and what those stand on
            Pattern.compile("cajal-(core|simd|data|format|nn|train|all).*\\.jar|(fastcsv|hardwood|jspecify).*\\.jar");
    private static final Pattern ELSEWHERE = Pattern.compile("windows|macosx|android|ios|linux-(arm|ppc|aarch)|linux-x86\\.jar");
    private static final double SPEED_UP = 1.8; // aimed at with all threads
    private static final double LONG = 1e-3; // seconds of a step from which on
    private static final double AGREE = 1e-3; // losses, relative
    private final Map<Workload, List<Result>> results;
    private final Options options;

    Report(Map<Workload, List<Result>> results, Options options) {
        this.results = results;
        this.options = options;
    }

    // ---- figures

    private static List<Result> of(List<Result> all, String peer, int threads) {
        List<Result> mine = all.stream().filter(r -> r.peer().equals(peer) && r.threads() == threads).toList();
        return mine.stream()
                .collect(Collectors.groupingBy(Result::setting))
                .values()
                .stream()
                .min(Comparator.comparingDouble(Result::fastest))
                .orElse(List.of());
    }

    /// The time of a library, NaN if it was not measured.
    private static double seconds(List<Result> all, String peer, int threads) {
        return Result.fastest(of(all, peer, threads));
    }

    private static double best(List<Result> all, String peer, List<Integer> threads) {
        return threads.stream().mapToDouble(t -> seconds(all, peer, t)).filter(Double::isFinite).min().orElse(Double.NaN);
    }

    private static Set<String> peers(List<Result> all) {
        return all.stream()
                .map(Result::peer)
                .filter(p -> !p.equals(Contender.CAJAL) && !p.equals(Contender.MACHINE))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Optional<String> fastest(List<Result> all, List<Integer> threads) {
        return peers(all).stream()
                .filter(p -> Double.isFinite(best(all, p, threads)))
                .min(Comparator.comparingDouble(p -> best(all, p, threads)));
    }

    /// How many times as fast as a peer Cajal is, each at its best number of threads among those given.
    private static double ratio(List<Result> all, String peer, List<Integer> threads) {
        return best(all, peer, threads) / best(all, Contender.CAJAL, threads);
    }

    private double limit(String machine, int threads) {
        return results.entrySet().stream()
                .filter(e -> e.getKey().name().equals(machine))
                .mapToDouble(e -> {
                    Task t = e.getKey().task();
                    return Math.max(t.flops(), t.bytes()) / seconds(e.getValue(), Contender.MACHINE, threads);
                })
                .findFirst()
                .orElse(Double.NaN);
    }

    private double share(Workload w, List<Result> all, int threads) {
        double time = seconds(all, Contender.CAJAL, threads);
        return w.task().flops() > 0
                ? w.task().flops() / time / limit("peak", threads)
                : w.task().bytes() / time / limit("triad", threads);
    }

    private static boolean agree(Workload w, List<Result> all) {
        List<Result> mine = all.stream().filter(r -> r.peer().equals(Contender.CAJAL)).toList();
        return !Peer.trains(w.task()) || mine.isEmpty() || all.stream().allMatch(r -> mine.getFirst().distance(r) < AGREE);
    }

    // ---- text

    private static String time(double s) {
        double us = s * 1e6;
        return Double.isNaN(us) ? "–"
                : us < 9.95 ? String.format(Locale.ROOT, "%.2f µs", us)
                : us < 99.5 ? String.format(Locale.ROOT, "%.1f µs", us)
                : us < 9950 ? String.format(Locale.ROOT, "%,.0f µs", us)
                : String.format(Locale.ROOT, "%.1f ms", us / 1000);
    }

    private static String times(double ratio) {
        return Double.isNaN(ratio) ? "–" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static String percent(double share) {
        return Double.isFinite(share) && share > 0 ? String.format(Locale.ROOT, "%.0f %%", 100 * share) : "–";
    }

    /// A line for the terminal, as soon as a workload is measured.
    static String line(Workload w, Map<Workload, List<Result>> results, Options options) {
        List<Result> all = results.get(w);
        StringBuilder b = new StringBuilder(String.format(Locale.ROOT, "%-18s", w.name()));
        Set<String> names = all.stream().map(Result::peer).collect(Collectors.toCollection(LinkedHashSet::new));
        for (int t : options.threads()) {
            for (String name : names) {
                b.append(String.format(Locale.ROOT, "  %s/%d %s", name, t, time(seconds(all, name, t))));
            }
            fastest(all, List.of(t)).ifPresent(p -> b.append("  ×").append(times(ratio(all, p, List.of(t)))));
        }
        return b + (agree(w, all) ? "" : "  LOSSES DIFFER");
    }

    String markdown() {
        StringBuilder b = new StringBuilder();
        b.append("# Performance\n\n");
        b.append("""
                Cajal beside other libraries on the same work, written by `bench/run`. Each library runs in a process of its own, in
                turns; a figure is the median of a process's steps, the fastest of several processes, as other work on the machine
                only adds. Each library is shown at the setting that was its best; what cannot be the fastest peer is measured once
                at each. Losses of the first ten steps are compared, from the same initial weights. How to read it: **×** is the
                time of the best peer divided by Cajal's, at the same number of threads and at the best of them; above 1 Cajal is
                faster. **Speed-up** is Cajal's time with one thread divided by that with the most: at least 1.8 is aimed at where a
                step takes over 1 ms. **Goal** says what is aimed at; what is missed is bold. **Share** is how much of the
                processor's peak in fused multiply-adds, or of its memory's speed, Cajal reaches at one thread and at the most;
                operations count as the plain way needs them, also where Winograd's way needs half. A start is measured without and
                with a cache of classes (JEP 483), Cajal's also with its scalar kernels, which need no further module.

                """);
        b.append(machine());
        for (Workload.Group g : Workload.Group.values()) {
            if (g != Workload.Group.MACHINE && results.keySet().stream().anyMatch(w -> w.group() == g)) {
                b.append("## ").append(g.title).append("\n\n").append(table(g)).append(everybody(g));
            }
        }
        return b.append(operations()).append(memory()).append(sizes()).append(limits()).toString();
    }

    /// What JMH measured last, if it did: its lines say `"bench.Class.method","avgt",1,5,score,error,"ns/op",size`, and the same of
    /// `method:gc.alloc.rate.norm` in bytes.
    private static String operations() {
        Path file = Path.of(System.getProperty("bench.out"), "operations.csv");
        Map<String, String> times = new LinkedHashMap<>();
        Map<String, String> bytes = new LinkedHashMap<>();
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] f = line.replace("\"", "").split(",");
                String[] name = f[0].replaceFirst("^bench\\.", "").split(":", 2);
                String key = name[0].replace('.', ' ') + " | " + f[f.length - 1];
                if (name.length == 1 && f[1].equals("avgt")) {
                    times.put(key, String.format(Locale.ROOT, "%,.0f", Double.parseDouble(f[4])));
                } else if (name.length == 2 && name[1].endsWith("gc.alloc.rate.norm")) {
                    bytes.put(key, String.format(Locale.ROOT, "%,.0f", Double.parseDouble(f[4])));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        StringBuilder b = new StringBuilder("""
                ## Single operations

                By JMH on one thread: nanoseconds, and bytes left to the garbage collector, in steady state, inside of `Memory.step()`.
                `add` records a node for the gradient, as one of a hundred sums in a step: at 4 elements it is what the engine costs.
                `TrainingStep` is a step of 784-256-128-10 with Adam divided by the operations in it.
                Goals: 150 ns an operation without its arithmetic, and 1,024 bytes.

                | operation | elements, or samples | ns | bytes |
                |---|--:|--:|--:|
                """);
        times.forEach((key, ns) -> b.append("| ").append(key).append(" | ").append(ns).append(" | ").append(bytes.getOrDefault(key, "–"))
                .append(" |\n"));
        return times.isEmpty() ? "" : b.append("\n").toString();
    }

    /// What a person found out about the rows that miss their goals: of `performance-NAME.md`, in `limits-NAME.md`.
    private String limits() {
        String page = options.markdown().isEmpty() ? "performance.md" : options.markdown();
        String name = Path.of(page).getFileName().toString().replace("performance", "limits");
        Path file = Path.of(System.getProperty("bench.root"), "bench", name);
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The most memory that each library's process held at once while it trained.
    private String memory() {
        StringBuilder b = new StringBuilder();
        Set<String> names = new LinkedHashSet<>(List.of(Contender.CAJAL));
        results.forEach((w, all) -> {
            if (Peer.trains(w.task())) {
                names.addAll(peers(all));
            }
        });
        for (var e : results.entrySet()) {
            if (!Peer.trains(e.getKey().task()) || e.getKey().group() != Workload.Group.TRAINING) {
                continue;
            }
            b.append("| ").append(e.getKey().name()).append(" |");
            for (String n : names) {
                long most = e.getValue().stream().filter(r -> r.peer().equals(n)).mapToLong(Result::peakKiB).min().orElse(0);
                b.append(most == 0 ? " –" : " " + Math.round(most * 1024 / 1e6)).append(" |");
            }
            long objects = e.getValue().stream()
                    .filter(r -> r.peer().equals(Contender.CAJAL))
                    .mapToLong(Result::objects)
                    .max()
                    .orElse(0);
            b.append(objects == 0 ? " – |\n" : String.format(Locale.ROOT, " %,.1f |%n", objects / 1e3));
        }
        return b.isEmpty() ? "" : "## Memory\n\nThe most that the process held at once while it trained, in MB; all with the serial collector and a heap\n"
                + "that begins at 16 MB. Goal: at most 150 for `mlp`. And what a step of Cajal's leaves to the garbage collector, in kB, in\n"
                + "the process that left most.\n\n| workload | " + String.join(" | ", names) + " | Cajal's objects, kB |\n|---|" + "--:|".repeat(names.size() + 1) + "\n" + b
                + "\n";
    }

    /// What a program that uses a library has to bring.
    private String sizes() {
        StringBuilder b = new StringBuilder("## Size\n\nThe jars that a program brings for this platform, in MB. Goal: at most 3.\n\n| library | MB |\n|---|--:|\n");
        List<String> names = new ArrayList<>(List.of("cajal"));
        names.addAll(options.peers().stream().map(n -> n.toLowerCase(Locale.ROOT)).toList());
        for (String n : names) {
            long bytes = 0;
            for (String jar : System.getProperty("bench.path." + n, "").split(File.pathSeparator)) {
                Path file = Path.of(jar);
                String name = file.getFileName() == null ? "" : file.getFileName().toString();
                boolean needed = n.equals("cajal") ? NEEDED.matcher(name).matches() : !ELSEWHERE.matcher(name).find();
                if (needed && name.endsWith(".jar") && !name.startsWith("slf4j-nop") && Files.isRegularFile(file)) {
                    bytes += file.toFile().length();
                }
            }
            b.append("| ").append(n).append(" | ").append(bytes == 0 ? "–" : String.format(Locale.ROOT, "%.1f", bytes / 1e6)).append(" |\n");
        }
        return b.append("\n").toString();
    }

    private String machine() {
        StringBuilder b = new StringBuilder();
        for (int t : options.threads()) {
            b.append(String.format(Locale.ROOT, "%d thread%s: %.0f GFLOP/s in registers, %.1f GB/s from memory.\n",
                    t, t == 1 ? "" : "s", limit("peak", t) / 1e9, limit("triad", t) / 1e9));
        }
        int one = options.threads().getFirst(), most = options.threads().getLast();
        if (most > one) {
            b.append(String.format(Locale.ROOT, "The machine's own speed-up: %.2f in registers, %.2f from memory.\n",
                    limit("peak", most) / limit("peak", one), limit("triad", most) / limit("triad", one)));
        }
        Set<String> versions = new LinkedHashSet<>();
        results.values().forEach(all -> all.forEach(r -> versions.add(r.version())));
        String missing = (options.keep() ? Workload.ALL : options.workloads()).stream()
                .filter(w -> !results.containsKey(w))
                .map(Workload::name)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            b.append("**Not measured**: ").append(missing).append(".\n");
        }
        Map<String, List<String>> commits = new LinkedHashMap<>();
        results.forEach((w, all) -> {
            if (w.group() != Workload.Group.MACHINE && !all.isEmpty()) {
                commits.computeIfAbsent(all.getFirst().commit(), _ -> new ArrayList<>()).add(w.name());
            }
        });
        if (commits.size() == 1) {
            b.append("Commit: ").append(commits.keySet().iterator().next()).append(".\n");
        } else {
            commits.forEach((commit, rows) -> b.append("Commit ").append(commit).append(": ").append(String.join(", ", rows)).append(".\n"));
        }
        double seconds = results.values().stream().flatMap(List::stream).mapToDouble(Result::wall).sum();
        return b + "Processor: " + Processor.name() + ", " + Runtime.getRuntime().availableProcessors() + " cores. Java "
                + Runtime.version() + ", " + System.getProperty("os.name") + ". Measured: " + String.join(", ", versions) + ".\n"
                + String.format(Locale.ROOT, "The processes took %.0f minutes; the machine's load before the last run was %s.\n\n", seconds / 60,
                        System.getProperty("bench.load", "unknown"));
    }

    private String table(Workload.Group g) {
        List<Integer> threads = options.threads();
        StringBuilder b = new StringBuilder("| workload | what |");
        threads.forEach(t -> b.append(" Cajal, ").append(t).append(" | best peer | × |"));
        b.append(" speed-up | × at best | goal | share | losses |\n|---|---|");
        b.append("--:|--:|--:|".repeat(threads.size())).append("--:|--:|--:|--:|---|\n");
        results.forEach((w, all) -> {
            if (w.group() != g) {
                return;
            }
            b.append("| ").append(w.name()).append(" | ").append(w.task()).append(" |");
            for (int t : threads) {
                Optional<String> p = fastest(all, List.of(t));
                b.append(" ").append(time(seconds(all, Contender.CAJAL, t)));
                b.append(" | ").append(p.map(n -> n + " " + time(seconds(all, n, t))).orElse("–"));
                b.append(" | ").append(p.map(n -> times(ratio(all, n, List.of(t)))).orElse("–")).append(" |");
            }
            b.append(" ").append(speedUp(w, all)).append(" |");
            b.append(" ").append(fastest(all, threads).map(n -> times(ratio(all, n, threads))).orElse("–"));
            b.append(" | ").append(goal(w, all)).append(" | ");
            b.append(threads.stream().map(t -> percent(share(w, all, t))).distinct().collect(Collectors.joining(", ")));
            b.append(" | ").append(!Peer.trains(w.task()) ? "" : agree(w, all) ? "agree" : "**differ**").append(" |\n");
        });
        return b.append("\n").toString();
    }

    /// Bold where a second thread should gain more: not at the start of a process, which is one thread's work.
    private String speedUp(Workload w, List<Result> all) {
        double one = seconds(all, Contender.CAJAL, options.threads().getFirst());
        double ratio = one / seconds(all, Contender.CAJAL, options.threads().getLast());
        boolean excused = one < LONG || w.group() == Workload.Group.START;
        return excused || ratio >= SPEED_UP || Double.isNaN(ratio) ? times(ratio) : "**" + times(ratio) + "**";
    }

    private String goal(Workload w, List<Result> all) {
        List<String> goals = new ArrayList<>();
        for (Workload.Target t : w.targets()) {
            if (t.peer().equals("seconds")) {
                double best = best(all, Contender.CAJAL, options.threads());
                String wanted = "≤ " + times(t.ratio()) + " s";
                goals.add(best <= t.ratio() ? wanted + " ✓" : "**" + wanted + "** (" + times(best) + ")");
                continue;
            }
            String peer = t.peer().equals("best") ? fastest(all, options.threads()).orElse("") : t.peer();
            double ratio = ratio(all, peer, options.threads());
            String wanted = "≥ " + times(t.ratio()) + (t.peer().equals("best") ? "" : " × " + peer);
            goals.add(Double.isNaN(ratio) ? wanted : ratio >= t.ratio() ? wanted + " ✓" : "**" + wanted + "** (" + times(ratio) + ")");
        }
        return String.join(", ", goals);
    }

    /// Every library's median at each number of threads, and the setting that was its best.
    private String everybody(Workload.Group g) {
        Set<String> names = new LinkedHashSet<>();
        results.forEach((w, all) -> {
            if (w.group() == g) {
                names.addAll(peers(all));
            }
        });
        if (names.isEmpty()) {
            return "";
        }
        StringBuilder b = new StringBuilder("| workload |");
        names.forEach(n -> options.threads().forEach(t -> b.append(" ").append(n).append(", ").append(t).append(" |")));
        b.append("\n|---|").append("--:|".repeat(names.size() * options.threads().size())).append("\n");
        results.forEach((w, all) -> {
            if (w.group() != g) {
                return;
            }
            b.append("| ").append(w.name()).append(" |");
            for (String n : names) {
                for (int t : options.threads()) {
                    List<Result> at = of(all, n, t);
                    String setting = at.isEmpty() ? "" : at.getFirst().setting();
                    b.append(" ").append(time(Result.fastest(at)));
                    b.append(setting.isEmpty() || t == 1 && !setting.contains("last") ? "" : " (" + setting + ")").append(" |");
                }
            }
            b.append("\n");
        });
        return b.append("\n").toString();
    }

    String json() {
        List<String> rows = new ArrayList<>();
        results.forEach((w, all) -> rows.add("  {\"workload\":\"" + w.name() + "\",\"what\":\"" + w.task() + "\",\"flops\":"
                + w.task().flops() + ",\"bytes\":" + w.task().bytes() + ",\"agree\":" + agree(w, all) + ",\"results\":[\n    "
                + String.join(",\n    ", all.stream().map(Result::json).toList()) + "]}"));
        return "{\"processor\":\"" + Processor.name() + "\",\"java\":\"" + Runtime.version() + "\",\"workloads\":[\n"
                + String.join(",\n", rows) + "\n]}\n";
    }
}

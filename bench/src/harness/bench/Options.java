package bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What the command line says.
///
/// @param workloads in the table's order
/// @param peers names of libraries besides Cajal
/// @param threads numbers of threads
/// @param repeats how often each is measured, in turns
/// @param warm seconds before each measurement
/// @param seconds of each measurement
/// @param against the class path of another build of Cajal to compare with; empty if none
/// @param keep whether what earlier runs measured stays
/// @param onlyMissing whether only what they did not measure is measured
/// @param markdown where the page is written; empty for the terminal only
record Options(
        List<Workload> workloads,
        List<String> peers,
        List<Integer> threads,
        int repeats,
        double warm,
        double seconds,
        String against,
        boolean keep,
        boolean onlyMissing,
        String markdown) {
    static final List<String> PEERS = List.of("Libtorch", "Smile", "Onnx", "Djl", "Dl4j");

    private static final String HELP = """
            bench/run [OPTION…] measures Cajal and other libraries on the same work and writes docs/performance.md

              --workloads NAMES  as in tiny,mlp,gemm-*  (all)        --peers NAMES    as in libtorch,smile  (all; none: Cajal alone)
              --threads NUMBERS  (1,2)                               --repeats NUMBER of processes each  (2)
              --warm SECONDS     before each measurement  (3)        --seconds SECONDS of each measurement  (2)
              --out FILE.md      instead of docs/performance.md, as performance-NAME.md for another kind of processor, which
                                 ends with bench/limits-NAME.md; `-` writes no file. The JSON lies beside it
              --continue         keeps what earlier runs measured, and measures what they did not; the named --workloads anew
              --against JARS     another build of Cajal to compare with, as a class path: only Cajal is measured
              --list             the workloads
              --operations …     single operations and what they allocate, by JMH; its own options may follow""";

    static Options of(String[] arguments) {
        List<Workload> workloads = Workload.ALL;
        List<String> peers = PEERS;
        List<Integer> threads = List.of(1, 2);
        int repeats = 2;
        double warm = 3;
        double seconds = 2;
        String against = "";
        boolean keep = false;
        String markdown = System.getProperty("bench.root") + "/docs/performance.md";
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            switch (option) {
                case "--list" -> exit(String.join("\n", Workload.ALL.stream().map(w -> w.name() + "  " + w.task()).toList()), 0);
                case "--help", "-h" -> exit(HELP, 0);
                case "--continue" -> {
                    keep = true;
                    continue;
                }
                default -> {
                    if (i + 1 == arguments.length || !option.startsWith("--")) {
                        exit("'" + option + "' is no option, or lacks its value\n\n" + HELP, 2);
                    }
                }
            }
            String value = arguments[++i];
            switch (option) {
                case "--workloads" -> workloads = named(value);
                case "--peers" -> peers = peers(value);
                case "--threads" -> threads = Arrays.stream(value.split(",")).map(Integer::valueOf).toList();
                case "--repeats" -> repeats = Integer.parseInt(value);
                case "--warm" -> warm = Double.parseDouble(value);
                case "--seconds" -> seconds = Double.parseDouble(value);
                case "--against" -> against = value;
                case "--out" -> markdown = value.equals("-") ? "" : Path.of(value).toAbsolutePath().toString();
                default -> exit("'" + option + "' is no option\n\n" + HELP, 2);
            }
        }
        if (!against.isEmpty()) {
            peers = List.of();
            markdown = "";
        }
        boolean onlyMissing = keep && workloads == Workload.ALL;
        return new Options(workloads, peers, threads, repeats, warm, seconds, against, keep, onlyMissing, markdown);
    }

    private static List<Workload> named(String value) {
        List<Predicate<String>> wanted = new ArrayList<>();
        for (String name : value.split(",")) {
            wanted.add(Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q")).asMatchPredicate());
        }
        List<Workload> found = Workload.ALL.stream()
                .filter(w -> w.group() == Workload.Group.MACHINE || wanted.stream().anyMatch(p -> p.test(w.name())))
                .toList();
        for (int i = 0; i < wanted.size(); i++) {
            if (Workload.ALL.stream().map(Workload::name).noneMatch(wanted.get(i))) {
                exit("no workload is called '" + value.split(",")[i] + "'; --list says which there are", 2);
            }
        }
        return found;
    }

    private static List<String> peers(String value) {
        List<String> found = new ArrayList<>();
        for (String name : value.split(",")) {
            if (!name.equals("none")) {
                found.add(PEERS.stream().filter(name::equalsIgnoreCase).findFirst().orElseGet(() -> {
                    exit("no peer is called '" + name + "'; there are " + PEERS, 2);
                    return "";
                }));
            }
        }
        return found;
    }

    private static void exit(String text, int code) {
        (code == 0 ? System.out : System.err).println(text);
        System.exit(code);
    }
}

package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was measured so far, workload by workload, in a file, so that a long run can be gone on with.
final class Journal {
    private final Path file;
    private final boolean written;
    private final Map<String, List<Result>> all = new LinkedHashMap<>();

    /// @param keep whether what an earlier run left stays; otherwise it begins empty
    /// @param written whether the file is written: not by a run that writes no page, which only looks
    Journal(Path file, boolean keep, boolean written) throws IOException {
        this.file = file;
        this.written = written;
        if (keep && Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int tab = line.indexOf('\t');
                all.computeIfAbsent(line.substring(0, tab), _ -> new ArrayList<>()).add(Result.parse(line.substring(tab + 1)));
            }
        }
    }

    boolean has(Workload w) {
        return all.containsKey(w.name());
    }

    /// Replaces what was known of a workload; what is known of the machine is added to, as its limit is the best that it did.
    void put(Workload w, List<Result> results) throws IOException {
        List<Result> together = new ArrayList<>(w.group() == Workload.Group.MACHINE ? all.getOrDefault(w.name(), List.of()) : List.of());
        together.addAll(results);
        all.put(w.name(), together);
        if (!written) {
            return;
        }
        StringBuilder text = new StringBuilder();
        all.forEach((name, rows) -> rows.forEach(r -> text.append(name).append('\t').append(r.line()).append('\n')));
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(next, text);
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /// In the order of the tables.
    Map<Workload, List<Result>> results() {
        Map<Workload, List<Result>> ordered = new LinkedHashMap<>();
        Workload.ALL.stream().filter(this::has).forEach(w -> ordered.put(w, all.get(w.name())));
        return ordered;
    }
}

package cajal.train;

import cajal.format.AtomicFile;
import cajal.format.FormatException;
import cajal.format.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a JSON file that holds what is needed to repeat a run: `state` (`running`, `finished`, `early`,
/// `interrupted`), `settings` ([Run#settings()]), `sessions` (for the start and each resumption its
/// [Provenance#facts()] and the step from which it went on), and at the end `results`.
public final class RunRecord implements Watcher {
    private final Path file;
    private final List<Object> sessions = new ArrayList<>();

    /// A record in a file.
    public RunRecord(Path file) {
        this.file = file;
    }

    @Override
    public void started(Run run) {
        Appending.makeFolderOf(file);
        sessions.clear();
        if (run.steps() > 0) {
            sessions.addAll(earlier());
        }
        Map<String, Object> session = Provenance.facts();
        session.put("from_step", run.steps());
        sessions.add(session);
        write(run, "running", Map.of());
    }

    /// The sessions that the file tells of; none if there is no such file.
    private List<?> earlier() {
        try {
            return Files.exists(file)
                            && Json.parseObject(Files.readString(file), file.toString())
                                            .get("sessions")
                                    instanceof List<?> list
                    ? list
                    : List.of();
        } catch (IOException | FormatException unreadable) {
            return List.of();
        }
    }

    @Override
    public void ended(Run run, Fit fit) {
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("epochs", (long) fit.epochs().size());
        results.put("steps", fit.steps());
        results.put("seconds", fit.seconds());
        results.put("best_epoch", (long) fit.bestEpoch());
        fit.last().ifPresent(e -> {
            results.put("loss", finite(e.loss()));
            e.metrics().forEach((name, v) -> results.put(name, finite(v)));
            e.validationLoss().ifPresent(v -> results.put("validation_loss", finite(v)));
            e.validationMetrics().forEach((name, v) -> results.put("validation_" + name, finite(v)));
        });
        write(run, fit.stop().name().toLowerCase(java.util.Locale.ROOT), results);
    }

    static Object finite(double x) {
        return Double.isFinite(x) ? (Object) x : Double.toString(x);
    }

    private void write(Run run, String state, Map<String, Object> results) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("state", state);
        record.put("settings", run.settings());
        record.put("sessions", sessions);
        if (!results.isEmpty()) {
            record.put("results", results);
        }
        byte[] text = (Json.write(record) + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }
}

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

/// Writes a run as a table that grows by one line an epoch, and one a step if asked: CSV, or JSON Lines.
///
/// Both have the same columns: `kind` (`epoch` or `step`), `epoch`, `step` (updates made so far), `loss`, a
/// column a metric, `validation_loss` and `validation_METRIC` if there is validation, `rate`, `seconds`,
/// `samples_per_second`. What is not measured is empty in CSV and missing in JSON.
///
/// A run that begins replaces the file. One that is resumed goes on in it: lines of steps that the
/// checkpoint does not know of are taken out, so that the file ends up as if the run had never stopped
/// (times aside).
public final class RunLog implements Watcher {
    private final Path file;
    private final boolean csv;
    private long every;
    private List<String> columns = List.of();

    private RunLog(Path file, boolean csv) {
        this.file = file;
        this.csv = csv;
    }

    /// A log of comma-separated values with a header, as RFC 4180 has it.
    public static RunLog csv(Path file) {
        return new RunLog(file, true);
    }

    /// A log of one JSON object a line.
    public static RunLog jsonl(Path file) {
        return new RunLog(file, false);
    }

    /// Also writes every `n`-th step.
    public RunLog steps(long n) {
        every = Options.atLeast("RunLog", "the number of steps between two lines", n, 1);
        return this;
    }

    @Override
    public void started(Run run) {
        columns = columns(run);
        Appending.makeFolderOf(file);
        List<String> lines = new ArrayList<>();
        if (csv) {
            lines.add(String.join(",", columns.stream().map(RunLog::quoted).toList()));
        }
        lines.addAll(run.steps() > 0 ? kept(run) : List.of());
        byte[] text = (String.join("\n", lines) + (lines.isEmpty() ? "" : "\n")).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }

    @Override
    public void stepped(Run run, double loss) {
        if (every > 0 && run.steps() % every == 0) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("kind", "step");
            line.put("epoch", (long) run.epoch());
            line.put("step", run.steps());
            line.put("loss", loss);
            line.put("rate", run.optimizer().rate());
            append(line);
        }
    }

    @Override
    public void epochEnded(Run run, Epoch e) {
        append(line(e));
    }

    static Map<String, Object> line(Epoch e) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", "epoch");
        line.put("epoch", (long) e.number());
        line.put("step", e.steps());
        line.put("loss", e.loss());
        line.putAll(e.metrics());
        e.validationLoss().ifPresent(v -> line.put("validation_loss", v));
        e.validationMetrics().forEach((name, v) -> line.put("validation_" + name, v));
        line.put("rate", e.rate());
        line.put("seconds", e.seconds());
        line.put("samples_per_second", e.samplesPerSecond());
        return line;
    }

    private static List<String> columns(Run run) {
        List<String> names = new ArrayList<>(List.of("kind", "epoch", "step", "loss"));
        names.addAll(run.metricNames());
        if (run.isValidated()) {
            names.add("validation_loss");
            run.metricNames().forEach(m -> names.add("validation_" + m));
        }
        names.addAll(List.of("rate", "seconds", "samples_per_second"));
        return names;
    }

    // ---- going on

    /// The lines up to where the run stands; whole ones only, and the epochs that got lost.
    private List<String> kept(Run run) {
        List<String> kept = new ArrayList<>();
        List<Epoch> history = run.history();
        int epochs = 0;
        for (String text : existing()) {
            List<String> head = head(text);
            if (head.size() < 3 || Long.parseLong(head.get(2)) > run.steps()) {
                continue;
            }
            if (head.getFirst().equals("epoch")) {
                if (Long.parseLong(head.get(1)) != epochs + 1) {
                    continue; // one that is there already, or of another run
                }
                epochs++;
            }
            kept.add(text);
        }
        history.stream().skip(epochs).forEach(e -> kept.add(text(line(e))));
        return kept;
    }

    private List<String> existing() {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            String all = Files.readString(file);
            List<String> lines =
                    all.substring(0, all.lastIndexOf('\n') + 1).lines().toList(); // what lacks its end was cut off
            return csv && !lines.isEmpty() ? lines.subList(1, lines.size()) : lines;
        } catch (IOException e) {
            throw new TrainingException(file + " cannot be read: " + e + "\n  rule: a log is text in UTF-8");
        }
    }

    /// Kind, epoch and step of a line; nothing if it is none.
    private List<String> head(String text) {
        if (csv) {
            String[] cells = text.split(",", 4);
            boolean whole = cells.length == 4 && cells[1].matches("\\d+") && cells[2].matches("\\d+");
            return whole ? List.of(cells).subList(0, 3) : List.of();
        }
        try {
            Map<String, Object> line = Json.parseObject(text, file.toString());
            return line.get("epoch") instanceof Long epoch && line.get("step") instanceof Long step
                    ? List.of(String.valueOf(line.get("kind")), epoch.toString(), step.toString())
                    : List.of();
        } catch (FormatException notOurs) {
            return List.of();
        }
    }

    // ---- lines

    private void append(Map<String, Object> line) {
        Appending.append(file, (text(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String text(Map<String, Object> line) {
        if (csv) {
            return String.join(
                    ",",
                    columns.stream()
                            .map(c -> line.containsKey(c) ? quoted(String.valueOf(line.get(c))) : "")
                            .toList());
        }
        Map<String, Object> finite = new LinkedHashMap<>();
        line.forEach((name, v) -> finite.put(name, v instanceof Double d && !Double.isFinite(d) ? d.toString() : v));
        return Json.write(finite);
    }

    private static String quoted(String cell) {
        return cell.matches("(?s).*[,\"\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}

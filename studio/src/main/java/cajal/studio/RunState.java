package cajal.studio;

import cajal.format.FormatException;
import cajal.format.Json;
import cajal.train.Feed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a run stands, by what its folder holds.
///
/// @param name the run's name
/// @param state `running`, `paused`, `finished`, `early`, `interrupted`, `failed`, `lost` (its process
///     ended without a word), `unknown`
/// @param trouble what is wrong with the folder, or why the run ended; may be empty
/// @param changed when it last said something, in milliseconds
/// @param epoch the epochs that are done
/// @param epochs the epochs that it is to have; 0 if it is not known
/// @param step the updates made
/// @param seconds how long it trained
/// @param figures what it came to last, by name, as the epochs' lines have it
@io.avaje.jsonb.Json
record RunState(
        String name,
        String state,
        String trouble,
        long changed,
        long epoch,
        long epochs,
        long step,
        double seconds,
        Map<String, String> figures) {
    private static final int HEAD = 1 << 18;
    private static final int TAIL = 1 << 18;
    private static final Duration HEARD = Duration.ofSeconds(10);
    private static final long SAME_START = 2000; // milliseconds

    /// Whether it may say something more.
    boolean isLive() {
        return state.equals("running") || state.equals("paused");
    }

    static RunState of(String name, Path folder) {
        List<String> troubles = new ArrayList<>();
        Building b = new Building(name, folder);
        try {
            if (Files.isRegularFile(folder.resolve(Feed.FILE))) {
                b.feed(troubles);
            } else {
                b.log(troubles);
            }
        } catch (IOException e) {
            troubles.add("it cannot be read: " + e.getMessage());
        }
        return b.state(troubles);
    }

    /// The lines of a feed that say how it stands: its beginning, and its end.
    static List<Map<String, Object>> ends(Path file, List<String> troubles) throws IOException {
        List<String> texts = new ArrayList<>();
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long size = in.length();
            byte[] head = new byte[(int) Math.min(size, HEAD)];
            in.readFully(head);
            texts.addAll(new String(head, StandardCharsets.UTF_8).lines().toList());
            if (size > HEAD) {
                long from = Math.max(HEAD, size - TAIL);
                byte[] tail = new byte[(int) (size - from)];
                in.seek(from);
                in.readFully(tail);
                texts.removeLast(); // cut
                List<String> last =
                        new String(tail, StandardCharsets.UTF_8).lines().toList();
                texts.addAll(last.subList(1, last.size()));
            }
        }
        List<Map<String, Object>> lines = new ArrayList<>();
        int broken = 0;
        for (String text : texts) {
            try {
                lines.add(Json.parseObject(text, file.getFileName().toString()));
            } catch (FormatException e) {
                broken++;
            }
        }
        if (broken > 1) { // the last line may be under way
            troubles.add("damaged lines of " + Feed.FILE + " are left out: " + broken);
        }
        return lines;
    }

    static long whole(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number n ? n.longValue() : 0;
    }

    private static double real(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number n ? n.doubleValue() : 0;
    }

    /// What is found out.
    private static final class Building {
        private final String name;
        private final Path folder;
        private String state = "unknown";
        private long changed;
        private long epoch;
        private long epochs;
        private long step;
        private double seconds;
        private final Map<String, String> figures = new LinkedHashMap<>();

        Building(String name, Path folder) {
            this.name = name;
            this.folder = folder;
        }

        RunState state(List<String> troubles) {
            return new RunState(
                    name, state, String.join("; ", troubles), changed, epoch, epochs, step, seconds, figures);
        }

        void feed(List<String> troubles) throws IOException {
            Path file = folder.resolve(Feed.FILE);
            changed = Files.getLastModifiedTime(file).toMillis();
            List<Map<String, Object>> lines = ends(file, troubles);
            Map<String, Object> start = Map.of();
            for (Map<String, Object> line : lines) {
                step = Math.max(0, whole(line, "step"));
                seconds = real(line, "seconds");
                switch (String.valueOf(line.get("kind"))) {
                    case "start" -> {
                        start = line;
                        state = "running";
                        epochs = whole(line, "epochs");
                    }
                    case "paused" -> state = "paused";
                    case "running" -> state = "running";
                    case "end" -> state = String.valueOf(line.get("stop"));
                    case "failed" -> {
                        state = "failed";
                        troubles.add(String.valueOf(line.get("message"))
                                .lines()
                                .findFirst()
                                .orElse(""));
                    }
                    case "epoch" -> figures(line);
                    default -> {}
                }
            }
            if (start.isEmpty()) {
                troubles.add(Feed.FILE + " has no beginning");
                record(folder, troubles);
            }
            if ((state.equals("running") || state.equals("paused")) && !isAlive(start)) {
                state = "lost";
                troubles.add("its process ended without a word"
                        + (Files.exists(folder.resolve("checkpoint.safetensors"))
                                ? "; the last checkpoint is there to go on from"
                                : ""));
            }
        }

        private void figures(Map<String, Object> line) {
            epoch = whole(line, "epoch");
            figures.clear();
            line.forEach((key, v) -> {
                if (!List.of("kind", "step", "epoch", "batch", "seconds", "epoch_seconds", "samples_per_second", "rate")
                        .contains(key)) {
                    figures.put(key, String.valueOf(v));
                }
            });
        }

        private boolean isAlive(Map<String, Object> start) {
            long begun = whole(start, "process_started");
            boolean there = ProcessHandle.of(whole(start, "pid"))
                    .filter(p -> begun == 0
                            || p.info()
                                    .startInstant()
                                    .map(t -> Math.abs(t.toEpochMilli() - begun) < SAME_START)
                                    .orElse(true))
                    .isPresent();
            // The process of another container cannot be seen, but is heard.
            return there || Instant.ofEpochMilli(changed).isAfter(Instant.now().minus(HEARD));
        }

        /// A run of before there were feeds, or one that was told not to write one.
        void log(List<String> troubles) throws IOException {
            Path file = folder.resolve("log.csv");
            Map<String, Object> run = record(folder, troubles);
            state = String.valueOf(run.getOrDefault("state", "unknown"));
            if (state.equals("running")) {
                state = "unknown";
                troubles.add("it has no " + Feed.FILE + ", so nobody knows whether it still runs");
            }
            if (!Files.isRegularFile(file)) {
                troubles.add("there is no log");
                changed = Files.getLastModifiedTime(folder).toMillis();
                return;
            }
            changed = Files.getLastModifiedTime(file).toMillis();
            for (Map<String, Object> line : epochs(file, troubles)) {
                figures(line);
                step = whole(line, "step");
                seconds = real(line, "seconds");
            }
        }
    }

    /// What `run.json` holds; nothing if there is none, or it is damaged.
    static Map<String, Object> record(Path folder, List<String> troubles) {
        Path file = folder.resolve("run.json");
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return Json.parseObject(Files.readString(file), "run.json");
        } catch (IOException | FormatException e) {
            troubles.add("run.json is damaged: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            return Map.of();
        }
    }

    /// The epochs of a log, as lines of a feed: their `seconds` count from the beginning.
    static List<Map<String, Object>> epochs(Path log, List<String> troubles) throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        List<String> texts = Files.readString(log).lines().toList();
        if (texts.isEmpty()) {
            return lines;
        }
        String[] names = texts.getFirst().split(",", -1);
        int broken = 0;
        double seconds = 0;
        for (String text : texts.subList(1, texts.size())) {
            String[] cells = text.split(",", -1);
            Map<String, Object> line = new LinkedHashMap<>();
            for (int i = 0; i < Math.min(names.length, cells.length); i++) {
                Object value = value(names[i], cells[i]);
                if (value != null) {
                    line.put(names[i], value);
                }
            }
            if (cells.length == names.length && "epoch".equals(line.get("kind"))) {
                seconds += real(line, "seconds");
                line.put("seconds", seconds);
                lines.add(line);
            } else if (cells.length != names.length) {
                broken++;
            }
        }
        if (broken > 0) {
            troubles.add("damaged lines of log.csv are left out: " + broken);
        }
        return lines;
    }

    private static @Nullable Object value(String name, String cell) {
        if (cell.isEmpty() || name.equals("kind")) {
            return cell.isEmpty() ? null : cell;
        }
        try {
            if (name.equals("epoch") || name.equals("step")) {
                return Long.valueOf(cell);
            }
            double v = Double.parseDouble(cell);
            return Double.isFinite(v) ? (Object) v : cell;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}

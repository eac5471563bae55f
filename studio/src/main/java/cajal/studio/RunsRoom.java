package cajal.studio;

import cajal.format.Json;
import cajal.train.Feed;
import io.avaje.jex.Routing;
import io.avaje.jex.http.sse.SseClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Training runs, past and live: what their folders hold, told as it comes; and wishes to those that run.
///
/// What a page gets are the lines that the run itself wrote ([Feed]), so every number is the library's.
final class RunsRoom implements Room {
    private static final int AT_ONCE = 6; // runs in one stream
    private static final long TURN_MILLIS = 150;
    private static final long QUIET_TURN_MILLIS = 1000;
    private static final long LOOK_MILLIS = 2000;
    private static final long ALIVE_MILLIS = 5000; // between signs of life to the page
    private static final int ROWS = 300;
    private static final int LONGEST = 300; // letters of a value

    private final RunFolders folders;
    private final Map<Path, Known> over = new ConcurrentHashMap<>();
    private volatile boolean closed;

    RunsRoom(RunFolders folders) {
        this.folders = folders;
    }

    /// How a run stood when its files had these sizes and times.
    private record Known(long feed, long log, RunState state) {}

    /// All runs, the one that said something last at the front.
    @io.avaje.jsonb.Json
    record Listing(String folder, List<RunState> runs) {}

    /// A name and its value, as text.
    @io.avaje.jsonb.Json
    record Row(String name, String value) {}

    /// What is known of a run beside its course.
    @io.avaje.jsonb.Json
    record Details(
            RunState state,
            String folder,
            List<Row> settings,
            List<Row> environment,
            List<String> classes,
            List<Row> files) {}

    /// Asks a run for something: `pause`, `go`, `stop`, `save`, `rate`.
    @io.avaje.jsonb.Json
    record Wish(@Nullable String run, @Nullable String wish, double value) {}

    @Override
    public void routes(Routing routing) {
        routing.get("/api/runs", c -> Answers.send(c, Listing.class, listing()));
        routing.get("/api/runs/run", c -> Answers.send(c, Details.class, details(Query.text(c, "run"))));
        routing.post("/api/runs/wish", c -> {
            wish(Answers.read(c, Wish.class));
            c.text("asked");
        });
        Streams.route(routing, "/api/runs/events", client -> {
            String names = Objects.requireNonNullElse(client.ctx().queryParam("runs"), "");
            try {
                stream(List.of(names.split("\\|")), client);
            } catch (StudioException e) {
                client.sendEvent("refused", Json.write(Map.of("message", String.valueOf(e.getMessage()))));
            }
        });
    }

    Listing listing() {
        List<RunState> runs = new ArrayList<>();
        folders.all().forEach((name, folder) -> runs.add(known(name, folder)));
        runs.sort(Comparator.comparingLong(RunState::changed).reversed().thenComparing(RunState::name));
        return new Listing(folders.root().toString(), runs);
    }

    /// How a run stands; of one that is over it is read once.
    private RunState known(String name, Path folder) {
        long[] stamp = {stamp(folder.resolve(Feed.FILE)), stamp(folder.resolve("log.csv"))};
        Known before = over.get(folder);
        if (before != null
                && before.feed == stamp[0]
                && before.log == stamp[1]
                && before.state.name().equals(name)) {
            return before.state;
        }
        RunState state = RunState.of(name, folder);
        if (state.isLive()) {
            over.remove(folder);
        } else {
            over.put(folder, new Known(stamp[0], stamp[1], state));
        }
        return state;
    }

    private static long stamp(Path file) {
        return 31 * file.toFile().length() + file.toFile().lastModified(); // both are 0 if there is none
    }

    // ---- one run

    Details details(String name) {
        Path folder = folders.of(name);
        Map<String, Object> start = start(folder).orElseGet(() -> RunState.record(folder, new ArrayList<>()));
        List<Row> settings = new ArrayList<>();
        rows("", start.getOrDefault("settings", Map.of()), settings);
        List<Row> environment = new ArrayList<>();
        rows("", start.getOrDefault("environment", start.getOrDefault("provenance", session(start))), environment);
        List<String> classes = new ArrayList<>();
        if (start.get("settings") instanceof Map<?, ?> s
                && s.get("data") instanceof Map<?, ?> d
                && d.get("classes") instanceof List<?> names) {
            names.forEach(n -> classes.add(String.valueOf(n)));
        }
        return new Details(RunState.of(name, folder), folder.toString(), settings, environment, classes, files(folder));
    }

    private static Object session(Map<String, Object> record) {
        return record.get("sessions") instanceof List<?> l && !l.isEmpty() ? l.getLast() : Map.of();
    }

    /// The last beginning in a run's feed.
    private static Optional<Map<String, Object>> start(Path folder) {
        Path file = folder.resolve(Feed.FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return RunState.ends(file, new ArrayList<>()).stream()
                    .filter(l -> "start".equals(l.get("kind")))
                    .reduce((_, last) -> last);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Nested data as rows; the network's description has a room of its own.
    private static void rows(String prefix, Object value, List<Row> to) {
        if (to.size() >= ROWS || prefix.equals("network")) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach(
                    (name, inner) -> rows(prefix.isEmpty() ? String.valueOf(name) : prefix + "." + name, inner, to));
        } else {
            String text = value instanceof String s ? s : Json.write(value);
            to.add(new Row(prefix, text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text));
        }
    }

    private static List<Row> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile)
                    .sorted()
                    .limit(50)
                    .map(f -> new Row(
                            f.getFileName().toString(),
                            String.valueOf(f.toFile().length())))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private void wish(Wish wish) {
        Path folder = folders.of(Objects.requireNonNullElse(wish.run, ""));
        RunState state = RunState.of("", folder);
        if (!state.isLive()) {
            throw new StudioException("The run " + wish.run + " does not run: it is " + state.state()
                    + "\n  rule: a wish needs a run that hears it");
        }
        try {
            Feed.wish(folder, Objects.requireNonNullElse(wish.wish, ""), wish.value);
        } catch (IOException e) {
            throw new StudioException(
                    folder + " cannot be written to: " + e.getMessage()
                            + "\n  rule: a wish is a line in the run's folder\n  fix:  give this program the right to write there");
        }
    }

    // ---- as it comes

    /// One run in a stream.
    private static final class Followed {
        private final String name;
        private final Path folder;
        private final RunTail tail;
        private RunState state;
        private long looked;

        Followed(String name, Path folder) {
            this.name = name;
            this.folder = folder;
            tail = new RunTail(folder);
            state = RunState.of(name, folder);
        }
    }

    private void stream(List<String> names, SseClient client) {
        if (names.size() > AT_ONCE) {
            throw new StudioException(names.size() + " runs\n  rule: at most " + AT_ONCE + " side by side");
        }
        List<Followed> runs =
                names.stream().map(n -> new Followed(n, folders.of(n))).toList();
        boolean first = true;
        long alive = System.currentTimeMillis();
        while (!closed && !client.terminated()) {
            boolean live = false;
            for (int i = 0; i < runs.size() && !client.terminated(); i++) {
                live |= follow(runs.get(i), i, first, client);
            }
            if (first) {
                send(client, "ready", "{}");
                first = false;
            }
            if (System.currentTimeMillis() - alive > ALIVE_MILLIS && !client.terminated()) {
                client.sendComment("alive"); // finds out whether the page is still there
                alive = System.currentTimeMillis();
            }
            if (!pause(live ? TURN_MILLIS : QUIET_TURN_MILLIS)) {
                return;
            }
        }
    }

    /// Tells what is new of a run; answers whether it is live.
    private static boolean follow(Followed run, int number, boolean first, SseClient client) {
        boolean[] news = {first};
        try {
            long now = System.currentTimeMillis();
            if (run.state.isLive() && now - run.looked > LOOK_MILLIS) {
                look(run.folder);
                run.looked = now;
                news[0] = true; // its process may have ended without a word
            }
            news[0] |= tell(run, number, client);
        } catch (IOException e) {
            news[0] = true;
        }
        if (news[0]) {
            RunState state = RunState.of(run.name, run.folder);
            if (run.state.isLive() && !state.isLive()) {
                tellRest(run, number, client);
            }
            if (first || !state.equals(run.state)) {
                Map<String, Object> told = new LinkedHashMap<>();
                told.put("run", (long) number);
                told.put("name", run.name);
                told.put("state", state.state());
                told.put("trouble", state.trouble());
                send(client, "state", Json.write(told));
            }
            run.state = state;
        }
        return run.state.isLive();
    }

    /// Tells the lines that are new; answers whether there are any.
    private static boolean tell(Followed run, int number, SseClient client) throws IOException {
        boolean[] news = {false};
        run.tail.tell((anew, lines) -> {
            news[0] = true;
            if (anew) {
                send(client, "anew", "{\"run\":" + number + "}");
            }
            if (!lines.isEmpty()) {
                send(client, "lines", "{\"run\":" + number + ",\"lines\":[" + String.join(",", lines) + "]}");
            }
        });
        return news[0];
    }

    /// The last lines come before the word that a run is over, also those that it wrote since the last turn.
    private static void tellRest(Followed run, int number, SseClient client) {
        try {
            tell(run, number, client);
        } catch (IOException e) {
            // told in the next turn, if it can be read again
        }
    }

    private static void send(SseClient client, String event, String data) {
        if (!client.terminated()) {
            client.sendEvent(event, data);
        }
    }

    private static void look(Path folder) {
        try {
            Feed.look(folder);
        } catch (IOException readOnly) {
            // then there are no samples, but everything else
        }
    }

    private static boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}

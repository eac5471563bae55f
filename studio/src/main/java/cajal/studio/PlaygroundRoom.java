package cajal.studio;

import cajal.data.DataException;
import cajal.data.Table;
import cajal.nn.Init;
import io.avaje.jex.Routing;
import io.avaje.jex.http.Context;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A playground: small networks that learn problems in the plane, one step at a time, forward and back.
final class PlaygroundRoom implements Room {
    private static final int MOST_SESSIONS = 8;
    private static final int LONGEST_TABLE = 1 << 19; // letters

    private final Sessions<PlaygroundSession> sessions = new Sessions<>(MOST_SESSIONS, PlaygroundSession::close);

    /// What can be chosen.
    @Json
    record Offer(
            List<String> problems,
            List<String> activations,
            List<String> inits,
            List<String> losses,
            List<String> valueLosses,
            List<String> optimizers,
            int mostPoints) {}

    /// Asks for a run.
    ///
    /// @param session the page's, or nothing for a new one
    /// @param to the step to go to at once
    @Json
    record Open(@Nullable String session, Recipe recipe, long to) {}

    /// A run that stands ready.
    @Json
    record Opened(String session, PlaygroundView.Scene scene, PlaygroundView.Frame frame) {}

    /// Asks to go to a step.
    ///
    /// @param pace steps a second; 0 for as fast as it goes
    /// @param play whether it is the way that is to be seen, not the place
    @Json
    record Go(String session, long to, double pace, boolean play) {}

    /// Asks to stay.
    @Json
    record Pause(String session) {}

    /// Asks to set a weight.
    @Json
    record Set(String session, String path, int index, double value) {}

    /// A table's text.
    @Json
    record Csv(String text) {}

    /// A table as points.
    @Json
    record Points(String points, String problem, String names, String summary) {}

    @Override
    public void routes(Routing routing) {
        routing.get("/api/playground", c -> Answers.send(c, Offer.class, offer()));
        routing.post("/api/playground/open", c -> Answers.send(c, Opened.class, open(Answers.read(c, Open.class))));
        routing.post("/api/playground/go", c -> {
            Go go = Answers.read(c, Go.class);
            double pace = go.pace > 0 ? go.pace : Double.POSITIVE_INFINITY;
            send(c, session(go.session).go(go.to, pace, !go.play));
        });
        routing.post(
                "/api/playground/pause",
                c -> send(c, session(Answers.read(c, Pause.class).session).pause()));
        routing.post("/api/playground/set", c -> {
            Set set = Answers.read(c, Set.class);
            send(c, session(set.session).edit(Objects.requireNonNullElse(set.path, ""), set.index, (float) set.value));
        });
        routing.post(
                "/api/playground/csv", c -> Answers.send(c, Points.class, points(Answers.read(c, Csv.class).text)));
        routing.get("/api/playground/at", c -> {
            PlaygroundSession s = session(Query.text(c, "session"));
            PlaygroundView.Place place = s.at(Query.real(c, "x", 0, -100, 100), Query.real(c, "y", 0, -100, 100));
            Answers.send(c, PlaygroundView.Place.class, place);
        });
        routing.get(
                "/api/playground/java",
                c -> c.text(session(Query.text(c, "session")).program()));
        routing.get("/api/playground/weights", c -> {
            byte[] file = session(Query.text(c, "session")).weights();
            c.header("Content-Disposition", "attachment; filename=playground.safetensors");
            c.contentType("application/octet-stream").write(file);
        });
        Streams.route(
                routing,
                "/api/playground/stream",
                client -> session(Query.text(client.ctx(), "session")).stream(client));
    }

    private static void send(Context to, PlaygroundView.Frame frame) {
        Answers.send(to, PlaygroundView.Frame.class, frame);
    }

    private PlaygroundSession session(@Nullable String name) {
        return sessions.of(Objects.requireNonNullElse(name, ""));
    }

    private static Offer offer() {
        List<String> inits = new ArrayList<>(Init.names());
        inits.removeAll(List.of("constant", "identity"));
        return new Offer(
                Problem.NAMES,
                Recipe.ACTIVATIONS,
                inits,
                LossChoice.names(false),
                LossChoice.names(true),
                Recipe.OPTIMIZERS,
                OwnPoints.MOST);
    }

    private Opened open(Open asked) {
        if (asked.recipe == null) {
            throw new StudioException("The request lacks a recipe");
        }
        PlaygroundRun run = new PlaygroundRun(asked.recipe);
        PlaygroundSession session = known(asked.session);
        String name = Objects.requireNonNullElse(asked.session, "");
        PlaygroundView.Scene scene;
        if (session == null) {
            session = new PlaygroundSession(run);
            name = sessions.add(session);
            scene = session.scene();
        } else {
            scene = session.replace(run);
        }
        return new Opened(name, scene, session.go(asked.to, Double.POSITIVE_INFINITY, true));
    }

    /// The page's session, unless it had to make room for others.
    private @Nullable PlaygroundSession known(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        try {
            return sessions.of(name);
        } catch (StudioException gone) {
            return null;
        }
    }

    private static Points points(@Nullable String text) {
        if (text == null || text.isBlank() || text.length() > LONGEST_TABLE) {
            throw new StudioException("The table is empty or has more than " + LONGEST_TABLE + " letters");
        }
        try {
            OwnPoints.Read read = OwnPoints.read(Table.parse("The table", text));
            return new Points(
                    read.points(),
                    read.regression() ? "own-values" : "own",
                    String.join(",", read.names()),
                    read.summary());
        } catch (DataException e) {
            throw new StudioException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        sessions.closeAll();
    }
}

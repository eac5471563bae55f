package cajal.studio;

import cajal.kernel.ShapeException;
import cajal.nn.UnknownNameException;
import io.avaje.jex.Jex;
import io.avaje.jex.Routing;
import io.avaje.jex.http.Context;
import io.avaje.jex.http.ExchangeHandler;
import io.avaje.jex.http.HttpResponseException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;

/// Answers as JSON, and a person's mistakes as messages.
final class Answers {
    private static final Jsonb JSON = Jsonb.builder().build();

    private static final String ANYWHERE = "/<anywhere>";

    private Answers() {}

    /// Sends a value of a record type.
    static <T> void send(Context to, Class<T> type, T value) {
        to.contentType("application/json").write(JSON.type(type).toJsonBytes(value));
    }

    /// A value as JSON on one line, for an event.
    static <T> String text(Class<T> type, T value) {
        return JSON.type(type).toJson(value);
    }

    /// The request's body as a record.
    ///
    /// **Throws** [StudioException] if it is none.
    static <T> T read(Context from, Class<T> type) {
        try {
            return JSON.type(type).fromJson(from.bodyAsBytes());
        } catch (JsonException | IllegalStateException e) {
            throw new StudioException("The request makes no sense: " + e.getMessage());
        }
    }

    /// Answers 404 where nothing else is, so that every request of every method passes the guard.
    static void elsewhere(Routing routing) {
        ExchangeHandler nothing = c -> c.status(404).text("There is nothing at " + c.path());
        routing.get(ANYWHERE, nothing).post(ANYWHERE, nothing).put(ANYWHERE, nothing);
        routing.patch(ANYWHERE, nothing).delete(ANYWHERE, nothing).options(ANYWHERE, nothing);
    }

    /// A message for whatever goes wrong: 400 with the library's own words for a mistake, 500 for a failure.
    static void onErrors(Jex jex) {
        jex.error(StudioException.class, (c, e) -> c.status(400).text(String.valueOf(e.getMessage())));
        jex.error(UnknownNameException.class, (c, e) -> c.status(400).text(String.valueOf(e.getMessage())));
        jex.error(ShapeException.class, (c, e) -> c.status(400).text(String.valueOf(e.getMessage())));
        jex.error(IllegalArgumentException.class, (c, e) -> c.status(400).text(String.valueOf(e.getMessage())));
        jex.error(IllegalStateException.class, (c, e) -> c.status(409).text(String.valueOf(e.getMessage())));
        jex.error(HttpResponseException.class, (c, e) -> c.status(e.status()).text(String.valueOf(e.getMessage())));
        jex.error(RuntimeException.class, (c, e) -> {
            System.getLogger("cajal.studio").log(System.Logger.Level.WARNING, "a request failed", e);
            c.status(500).text(e.getClass().getSimpleName() + ": " + e.getMessage());
        });
    }
}

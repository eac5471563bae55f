package cajal.studio;

import io.avaje.jex.Routing;
import io.avaje.jex.http.sse.SseClient;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Event streams to pages: a bounded number at a time, each on a virtual thread of its own, so that a slow
/// page delays nobody else.
final class Streams {
    private static final int MOST = 64;
    private static final Semaphore FREE = new Semaphore(MOST);

    private Streams() {}

    /// Adds a route whose body sends events until it returns; it must return soon after
    /// [SseClient#terminated()].
    static void route(Routing routing, String path, Consumer<SseClient> body) {
        routing.sse(path, client -> {
            if (!FREE.tryAcquire()) {
                client.sendEvent("refused", "{\"message\":\"Too many pages are open: close some.\"}");
                client.close();
                return;
            }
            try {
                body.accept(client);
            } finally {
                FREE.release();
                client.close();
            }
        });
    }
}

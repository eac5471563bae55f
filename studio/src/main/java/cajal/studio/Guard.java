package cajal.studio;

import io.avaje.jex.http.Context;
import io.avaje.jex.http.HttpFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Refuses what no page of ours sends: another host's name, another page's origin, a change without the
/// token, a body that is too large.
///
/// The host check keeps a foreign page from reaching the server under a name of its own that resolves to
/// this computer; the origin check keeps it from sending requests here from a browser; the token, which
/// only our page holds, keeps everything else from changing anything.
final class Guard implements HttpFilter {
    private static final Set<String> LOOKING = Set.of("GET", "HEAD");

    private final String token;
    private volatile Set<String> hosts = Set.of();
    private volatile Set<String> origins = Set.of();

    Guard() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        token = HexFormat.of().formatHex(random);
    }

    void listensOn(int port) {
        hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
        origins = Set.of("http://127.0.0.1:" + port, "http://localhost:" + port);
    }

    String token() {
        return token;
    }

    @Override
    public void filter(Context request, FilterChain chain) {
        String why = objection(request);
        if (why != null) {
            request.status(403).text(why);
            return;
        }
        if (request.contentLength() > Studio.LARGEST_BODY) {
            request.status(413).text("A request holds at most " + Studio.LARGEST_BODY + " bytes.");
            return;
        }
        request.header("X-Content-Type-Options", "nosniff");
        request.header("Referrer-Policy", "no-referrer");
        request.header("Cross-Origin-Resource-Policy", "same-origin");
        chain.proceed();
    }

    private @Nullable String objection(Context request) {
        String host = request.header("Host");
        if (host == null || !hosts.contains(host)) {
            return "This server answers to its own address only.";
        }
        String origin = request.header("Origin");
        if (origin != null && !origins.contains(origin)) {
            return "Other pages may not ask this server.";
        }
        if (LOOKING.contains(request.method())) {
            return null;
        }
        String given = request.header("X-Cajal-Token");
        boolean right = given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
        return right ? null : "This request lacks the page's token: load the page again.";
    }
}

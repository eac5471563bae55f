package cajal.studio;

import io.avaje.jex.Routing;
import io.avaje.jex.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/// The page's files: a fixed list, so that no path leads anywhere else.
final class Assets {
    private static final String PAGE = "/cajal/studio/page/";
    private static final String POLICY =
            "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none';"
                    + " base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private final Guard guard;
    private final Map<String, File> ready = new ConcurrentHashMap<>();

    /// A file as it is sent.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record File(String type, byte[] zipped, byte[] plain, String tag) {}

    Assets(Guard guard) {
        this.guard = guard;
    }

    /// The files by the path under which they are asked for.
    static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        for (String name : PageFiles.NAMES) {
            files.put("/" + name, PAGE + name);
        }
        return files;
    }

    void routes(Routing routing) {
        routing.get("/", c -> send(c, "/index.html", PAGE + "index.html"));
        files().forEach((path, resource) -> routing.get(path, c -> send(c, path, resource)));
    }

    private void send(Context to, String path, String resource) {
        File file = ready.computeIfAbsent(path, _ -> load(path, resource));
        to.header("Content-Security-Policy", POLICY);
        to.header("Cache-Control", "no-cache");
        to.header("ETag", file.tag);
        if (file.tag.equals(to.header("If-None-Match"))) {
            to.writeEmpty(304);
            return;
        }
        to.contentType(file.type);
        String accepted = to.header("Accept-Encoding");
        if (accepted != null && accepted.contains("gzip")) {
            to.header("Content-Encoding", "gzip");
            to.write(file.zipped);
        } else {
            to.write(file.plain);
        }
    }

    private File load(String path, String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the page's file " + resource + " is not on the module path");
            }
            byte[] bytes = in.readAllBytes();
            if (path.equals("/index.html")) {
                bytes = new String(bytes, StandardCharsets.UTF_8)
                        .replace("{{token}}", guard.token())
                        .getBytes(StandardCharsets.UTF_8);
            }
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
                gzip.write(bytes);
            }
            String type = TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "application/octet-stream");
            return new File(type, zipped.toByteArray(), bytes, '"' + digest(bytes) + '"');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

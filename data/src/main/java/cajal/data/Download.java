package cajal.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Fetches a file from the first of several mirrors that has it whole, checks its SHA-256, and keeps it in the
/// cache.
///
/// A transfer that broke off goes on where it stopped. The file appears under its name only when it is
/// whole and right: it is written beside it, flushed to the disk and renamed. The system's proxy is used.
///
/// @param name the file's name in the cache, with folders
/// @param sha256 the checksum of its bytes, in hexadecimal
/// @param mirrors where it may be had, tried in order
public record Download(String name, String sha256, List<URI> mirrors) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PIECE = 1 << 16;

    /// Is told how a download goes on.
    @FunctionalInterface
    public interface Listener {
        /// No one.
        Listener NONE = (_, _, _) -> {};

        /// Some bytes arrived.
        ///
        /// @param name the file's name
        /// @param done bytes that are there
        /// @param total bytes of the whole file, or -1 if nobody knows
        void progress(String name, long done, long total);
    }

    /// Copies the list.
    public Download {
        mirrors = List.copyOf(mirrors);
    }

    /// The folder in which downloads are kept: `CAJAL_CACHE`, or where the operating system keeps caches
    /// (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`).
    public static Path cache() {
        String system = System.getProperty("os.name", "");
        String local = variable(system.startsWith("Windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
        return cache(variable("CAJAL_CACHE"), system, System.getProperty("user.home", "."), local);
    }

    private static String variable(String name) {
        return Optional.ofNullable(System.getenv(name)).orElse("").strip();
    }

    /// The folder by what was chosen, the operating system's name, the home folder and what the system's
    /// variable says.
    static Path cache(String chosen, String system, String home, String local) {
        if (!chosen.isEmpty()) {
            return Path.of(chosen);
        }
        if (system.startsWith("Windows")) {
            return (local.isEmpty() ? Path.of(home, "AppData", "Local") : Path.of(local))
                    .resolve("cajal")
                    .resolve("cache");
        }
        if (system.startsWith("Mac")) {
            return Path.of(home, "Library", "Caches", "cajal");
        }
        return (local.isEmpty() ? Path.of(home, ".cache") : Path.of(local)).resolve("cajal");
    }

    /// The file in a cache folder, fetched if it is not there or not right.
    ///
    /// **Throws** [DataException] if no mirror has it, saying what each answered, or that there seems to be no
    /// network.
    public Path fetch(Path cache, Listener listener) {
        Path target = cache.resolve(name);
        try {
            if (Files.isRegularFile(target) && sha256.equals(checksum(target))) {
                return target;
            }
            Files.createDirectories(
                    java.util.Objects.requireNonNull(target.toAbsolutePath().getParent()));
        } catch (IOException e) {
            throw new DataException(
                    "The cache " + cache + " cannot be used: " + e + "\n  fix:  name another folder in CAJAL_CACHE", e);
        }
        List<String> answers = new ArrayList<>();
        boolean reached = false;
        try (HttpClient client = client()) {
            for (URI mirror : mirrors) {
                try {
                    String fault = transfer(client, mirror, target, listener);
                    if (fault.isEmpty()) {
                        return target;
                    }
                    reached = true;
                    answers.add(mirror + ": " + fault);
                } catch (ConnectException
                        | HttpConnectTimeoutException
                        | java.nio.channels.UnresolvedAddressException e) {
                    answers.add(mirror + ": cannot be reached");
                } catch (IOException e) {
                    reached = true;
                    answers.add(mirror + ": " + e.getMessage());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new DataException(
                            "The download of " + name + " was interrupted; it goes on from there next time", e);
                }
            }
        }
        throw new DataException("'" + name + "' could not be downloaded"
                + (reached ? "" : ": this computer seems to be offline") + "\n  "
                + String.join("\n  ", answers) + "\n  fix:  "
                + (reached ? "try again later, or " : "connect to the network, or ")
                + "put the file into a folder DIR and name it: --data-dir DIR");
    }

    private static HttpClient client() {
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NORMAL);
        Optional.ofNullable(java.net.ProxySelector.getDefault()).ifPresent(builder::proxy);
        return builder.build();
    }

    /// Fetches from one mirror; answers what is wrong, or nothing. If what was there before and what came now
    /// are no whole, it begins anew, once: the checksum decides, so that nobody needs to know whether the
    /// file changed in between.
    private String transfer(HttpClient client, URI mirror, Path target, Listener listener)
            throws IOException, InterruptedException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        long have = Files.exists(part) ? Files.size(part) : 0;
        String fault = attempt(client, mirror, target, part, have, listener);
        boolean stale = have > 0 && !Files.exists(part) && !fault.isEmpty();
        return stale ? attempt(client, mirror, target, part, 0, listener) : fault;
    }

    private String attempt(HttpClient client, URI mirror, Path target, Path part, long have, Listener listener)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(mirror).timeout(PATIENCE).GET();
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body();
                Watch watch = new Watch(body, PATIENCE)) {
            int status = response.statusCode();
            if (status != 200 && status != 206 && status != 416) { // 416: the part is as long as the file, or longer
                return "answers " + status;
            }
            if (status != 416) {
                long from = status == 206 ? have : 0;
                long length =
                        response.headers().firstValueAsLong("Content-Length").orElse(-1);
                long total = length < 0 ? -1 : from + length;
                long done = store(body, watch, part, from, total, listener);
                if (done < total) {
                    return "the connection broke off after " + done + " of " + total + " bytes";
                }
            }
        }
        return finished(part, target)
                ? ""
                : "the file has another checksum than expected: it is damaged or was changed";
    }

    private long store(InputStream body, Watch watch, Path part, long from, long total, Listener listener)
            throws IOException {
        long done = from;
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.truncate(from);
            out.position(from);
            byte[] piece = new byte[PIECE];
            while (true) {
                int n;
                try {
                    n = body.read(piece);
                } catch (IOException e) { // what arrived is kept; the next try goes on from there
                    throw new IOException(
                            "the connection broke off after " + done + (total < 0 ? "" : " of " + total) + " bytes"
                                    + (watch.barked() ? ": nothing came for " + PATIENCE.toSeconds() + " s" : ""),
                            e);
                }
                if (n < 0) {
                    break;
                }
                watch.seen();
                ByteBuffer buffer = ByteBuffer.wrap(piece, 0, n);
                while (buffer.hasRemaining()) {
                    done += out.write(buffer);
                }
                listener.progress(name, done, total);
            }
            out.force(true);
        }
        return done;
    }

    /// Closes a stream from which nothing comes for too long, so that a reader does not wait for ever.
    private static final class Watch implements AutoCloseable {
        private final Thread dog;
        private volatile long last = System.nanoTime();
        private volatile boolean barked;

        Watch(InputStream body, Duration patience) {
            dog = Thread.ofVirtual().name("cajal-download-watch").start(() -> {
                try {
                    long left = patience.toNanos();
                    while (left > 0) {
                        Thread.sleep(Duration.ofNanos(left));
                        left = last + patience.toNanos() - System.nanoTime();
                    }
                    barked = true;
                    body.close();
                } catch (InterruptedException | IOException _) {
                    // the transfer ended, or the stream is closed already
                }
            });
        }

        void seen() {
            last = System.nanoTime();
        }

        boolean barked() {
            return barked;
        }

        @Override
        public void close() {
            dog.interrupt();
        }
    }

    /// Moves a right file to its place; a wrong one is deleted, so that the next try begins anew.
    private boolean finished(Path part, Path target) throws IOException {
        if (!sha256.equals(checksum(part))) {
            Files.delete(part);
            return false;
        }
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /// The SHA-256 of a file, in hexadecimal.
    static String checksum(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[PIECE];
            int n;
            while ((n = in.read(piece)) >= 0) {
                digest.update(piece, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

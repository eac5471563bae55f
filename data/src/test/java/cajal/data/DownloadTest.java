package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Downloads from a server in this process.
class DownloadTest {
    private static final byte[] FILE = new byte[300_000];

    static {
        new Random(1).nextBytes(FILE);
    }

    @TempDir
    Path cache;

    private Server server;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws IOException {
        server = new Server();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private URI mirror(String path, Server.Page page) {
        return server.page(path, exchange -> {
            asked.add(path + (exchange.from() < 0 ? "" : " bytes=" + exchange.from() + "-"));
            page.answer(exchange);
        });
    }

    private static void whole(Server.Exchange exchange) throws IOException {
        exchange.head(200, FILE.length);
        exchange.send(FILE, 0, FILE.length);
    }

    /// Answers a range, as a server that can does.
    private static void ranged(Server.Exchange exchange) throws IOException {
        int from = exchange.from();
        if (from < 0) {
            whole(exchange);
        } else if (from >= FILE.length) {
            exchange.head(416, 0, "Content-Range: bytes */" + FILE.length);
        } else {
            exchange.head(
                    206,
                    FILE.length - from,
                    "Content-Range: bytes " + from + "-" + (FILE.length - 1) + "/" + FILE.length);
            exchange.send(FILE, from, FILE.length);
        }
    }

    /// Sends half of the file; then the connection is closed.
    private static void half(Server.Exchange exchange) throws IOException {
        exchange.head(200, FILE.length);
        exchange.send(FILE, 0, FILE.length / 2);
    }

    private static void other(Server.Exchange exchange) throws IOException {
        exchange.head(200, 4);
        exchange.send(new byte[4], 0, 4);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Download download(URI... mirrors) {
        return new Download("set/file.gz", sha256(FILE), List.of(mirrors));
    }

    private Path part() throws IOException {
        Path part = cache.resolve("set").resolve("file.gz.part");
        Files.createDirectories(part.getParent());
        return part;
    }

    private void assertWhole(Path file) throws IOException {
        assertThat(file).isEqualTo(cache.resolve("set").resolve("file.gz")).hasBinaryContent(FILE);
        assertThat(part()).doesNotExist();
    }

    @Test
    void aFileIsFetchedOnceAndThenTakenFromTheCache() throws IOException {
        Download d = download(mirror("/a", DownloadTest::whole));
        assertWhole(d.fetch(cache, Download.Listener.NONE));
        assertWhole(d.fetch(cache, Download.Listener.NONE));
        assertThat(asked).containsExactly("/a");
    }

    @Test
    void progressIsToldUpToTheWhole() {
        List<Long> done = new ArrayList<>();
        download(mirror("/a", DownloadTest::whole)).fetch(cache, (name, now, total) -> {
            assertThat(name).isEqualTo("set/file.gz");
            assertThat(total).isEqualTo(FILE.length);
            done.add(now);
        });
        assertThat(done).isSorted().endsWith((long) FILE.length);
    }

    @Test
    void aTransferGoesOnWhereItBrokeOff() throws IOException {
        URI mirror = mirror("/a", exchange -> {
            if (asked.size() == 1) {
                half(exchange);
            } else {
                ranged(exchange);
            }
        });
        assertThatThrownBy(() -> download(mirror).fetch(cache, Download.Listener.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("broke off after");
        long kept = Files.size(part());
        assertThat(kept).isPositive().isLessThanOrEqualTo(FILE.length / 2);
        List<Long> done = new ArrayList<>();
        assertWhole(download(mirror).fetch(cache, (_, now, _) -> done.add(now)));
        assertThat(asked).containsExactly("/a", "/a bytes=" + kept + "-");
        assertThat(done.getFirst()).isGreaterThan(kept);
    }

    @Test
    void theNextMirrorGoesOnWhereTheFirstBrokeOff() throws IOException {
        Path file = download(mirror("/a", DownloadTest::half), mirror("/b", DownloadTest::ranged))
                .fetch(cache, Download.Listener.NONE);
        assertWhole(file);
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1)).startsWith("/b bytes=");
    }

    @Test
    void aServerThatKnowsNoRangesSendsTheWholeAgain() throws IOException {
        Files.write(part(), Arrays.copyOf(FILE, 1000));
        assertWhole(download(mirror("/a", DownloadTest::whole)).fetch(cache, Download.Listener.NONE));
    }

    @Test
    void aPartOfSomethingElseIsThrownAwayAndTheFileFetchedAnew() throws IOException {
        Files.write(part(), new byte[1000]);
        assertWhole(download(mirror("/a", DownloadTest::ranged)).fetch(cache, Download.Listener.NONE));
        assertThat(asked).containsExactly("/a bytes=1000-", "/a");
    }

    @Test
    void aPartThatIsWholeAlreadyIsTakenAndOneThatIsTooLongIsNot() throws IOException {
        URI mirror = mirror("/a", DownloadTest::ranged);
        Files.write(part(), FILE);
        assertWhole(download(mirror).fetch(cache, Download.Listener.NONE));
        Files.delete(cache.resolve("set").resolve("file.gz"));
        Files.write(part(), new byte[FILE.length + 5]);
        assertWhole(download(mirror).fetch(cache, Download.Listener.NONE));
    }

    @Test
    void aDamagedFileInTheCacheIsFetchedAgain() throws IOException {
        Files.write(part().resolveSibling("file.gz"), new byte[10]);
        assertWhole(download(mirror("/a", DownloadTest::whole)).fetch(cache, Download.Listener.NONE));
    }

    @Test
    void aMirrorWithoutTheFileOrWithAnotherOneIsPassedOver() throws IOException {
        URI gone = mirror("/gone", exchange -> exchange.head(404, 0));
        URI broken = mirror("/broken", exchange -> exchange.head(503, 0));
        URI other = mirror("/other", DownloadTest::other);
        assertWhole(download(gone, broken, other, mirror("/good", DownloadTest::whole))
                .fetch(cache, Download.Listener.NONE));
        assertThat(asked).containsExactly("/gone", "/broken", "/other", "/good");
    }

    @Test
    void aFileWithoutALengthIsFetched() throws IOException {
        URI chunked = mirror("/a", exchange -> {
            exchange.head(200, -1);
            exchange.send(FILE, 0, FILE.length);
        });
        assertWhole(download(chunked)
                .fetch(cache, (_, _, total) -> assertThat(total).isEqualTo(-1)));
    }

    @Test
    void redirectsAreFollowed() throws IOException {
        mirror("/there", DownloadTest::whole);
        URI moved = mirror("/moved", exchange -> exchange.head(302, 0, "Location: /there"));
        assertWhole(download(moved).fetch(cache, Download.Listener.NONE));
    }

    @Test
    void whenNoMirrorHasItEachAnswerIsTold() throws IOException {
        URI gone = mirror("/gone", exchange -> exchange.head(404, 0));
        URI other = mirror("/other", DownloadTest::other);
        assertThatThrownBy(() -> download(gone, other).fetch(cache, Download.Listener.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("set/file.gz", "/gone: answers 404", "/other: ", "checksum", "--data-dir DIR")
                .hasMessageNotContaining("offline");
        assertThat(cache.resolve("set").resolve("file.gz")).doesNotExist();
        assertThat(part()).doesNotExist();
    }

    @Test
    void withoutANetworkItSaysSoAndWhereToPutTheFile() throws IOException {
        server.close(); // nobody listens there now
        Download d = download(server.address("/a"), URI.create("http://no-such-host.invalid/a"));
        assertThatThrownBy(() -> d.fetch(cache, Download.Listener.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("offline", "cannot be reached", "--data-dir DIR");
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws IOException {
        Path blocked = Files.write(cache.resolve("blocked"), new byte[1]); // a file where a folder must be
        Download d = download(mirror("/a", DownloadTest::whole));
        assertThatThrownBy(() -> d.fetch(blocked, Download.Listener.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("blocked", "CAJAL_CACHE");
    }

    @Test
    void theCacheLiesWhereTheSystemKeepsCaches() {
        assertThat(Download.cache("/chosen", "Linux", "/home/me", "")).isEqualTo(Path.of("/chosen"));
        assertThat(Download.cache("", "Linux", "/home/me", "")).isEqualTo(Path.of("/home/me/.cache/cajal"));
        assertThat(Download.cache("", "Linux", "/home/me", "/xdg")).isEqualTo(Path.of("/xdg/cajal"));
        assertThat(Download.cache("", "Mac OS X", "/Users/me", "/xdg"))
                .isEqualTo(Path.of("/Users/me/Library/Caches/cajal"));
        assertThat(Download.cache("", "Windows 11", "C:/me", "C:/me/Local"))
                .isEqualTo(Path.of("C:/me/Local/cajal/cache"));
        assertThat(Download.cache("", "Windows 11", "C:/me", "")).isEqualTo(Path.of("C:/me/AppData/Local/cajal/cache"));
    }
}

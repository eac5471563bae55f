package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What no page of ours sends is refused, and nothing leads out of the page's own files.
class GuardTest {
    private static Studio studio = Studio.on(0).start();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void warm() throws Exception {
        assertThat(raw("GET / HTTP/1.1", "Host: " + host())).startsWith("HTTP/1.1 200");
    }

    @AfterAll
    static void close() {
        studio.close();
    }

    private static String host() {
        return studio.address().getAuthority();
    }

    /// Sends lines as they are and answers what comes back.
    private static String raw(String... lines) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", studio.address().getPort())) {
            socket.setSoTimeout(10_000);
            String text = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(studio.address() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aForeignHostIsRefused() throws IOException {
        assertThat(raw("GET / HTTP/1.1", "Host: evil.example")).startsWith("HTTP/1.1 403");
        assertThat(raw(
                        "GET /api/activations HTTP/1.1",
                        "Host: evil.example:" + studio.address().getPort()))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void aForeignOriginIsRefusedAndOurOwnIsNot() throws IOException, InterruptedException {
        assertThat(send(to("api/activations").header("Origin", "http://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(to("api/activations").header("Origin", "null")).statusCode())
                .isEqualTo(403);
        assertThat(send(to("api/activations").header("Origin", "http://" + host()))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatChangesSomethingNeedsTheToken() throws IOException, InterruptedException {
        HttpRequest.BodyPublisher nothing = HttpRequest.BodyPublishers.ofString("{}");
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            assertThat(send(to("api/activations").method(method, nothing)).statusCode())
                    .isEqualTo(403);
            assertThat(send(to("api/activations").method(method, nothing).header("X-Cajal-Token", "0".repeat(32)))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(send(to("api/activations").POST(nothing).header("X-Cajal-Token", studio.token()))
                        .statusCode())
                .isIn(404, 405);
    }

    @Test
    void noPathLeadsOutOfThePage() throws IOException {
        for (String path : List.of(
                "/../pom.xml",
                "/lib/../../../../etc/passwd",
                "/..%2f..%2fetc/passwd",
                "/lib/..%5c..%5cpom.xml",
                "//etc/passwd",
                "/cajal/studio/Studio.class",
                "/META-INF/MANIFEST.MF")) {
            assertThat(raw("GET " + path + " HTTP/1.1", "Host: " + host()))
                    .as(path)
                    .matches("(?s)HTTP/1.1 (400|404).*")
                    .doesNotContain("root:");
        }
    }

    @Test
    void aBodyOfAHundredMegabytesIsRefusedBeforeItIsRead() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", studio.address().getPort())) {
            socket.setSoTimeout(10_000);
            String head = "POST /api/activations HTTP/1.1\r\nHost: " + host() + "\r\nX-Cajal-Token: " + studio.token()
                    + "\r\nContent-Length: 104857600\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            byte[] answer = new byte[12];
            int read = socket.getInputStream().readNBytes(answer, 0, 12);
            assertThat(new String(answer, 0, read, StandardCharsets.ISO_8859_1)).matches("HTTP/1.1 4..");
        }
    }

    @Test
    void slowAndIdleConnectionsDelayNobody() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket("127.0.0.1", studio.address().getPort());
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.ISO_8859_1));
                idle.add(socket);
            }
            assertThat(send(to("api/activations")).statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void thePagesFilesAreAllThereAndSmall() throws IOException, InterruptedException {
        long sum = 0;
        for (String path : Assets.files().keySet()) {
            HttpResponse<byte[]> answer = CLIENT.send(
                    to(path.substring(1)).header("Accept-Encoding", "gzip").build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .as(path)
                    .get()
                    .asString()
                    .doesNotContain("octet");
            sum += answer.body().length;
        }
        assertThat(sum).as("bytes of all files, compressed").isLessThan(600_000);
    }
}

package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The page is small: all of its files together stay below what one may load first.
class PageSizeTest {
    @Test
    void allFilesOfThePageTogetherAreBelow600Kilobytes() throws IOException, InterruptedException {
        long zipped = 0;
        try (Studio studio = Studio.on(0).runs(Path.of("target", "no-runs")).start();
                HttpClient client = HttpClient.newHttpClient()) {
            for (String name : PageFiles.NAMES) {
                HttpRequest request = HttpRequest.newBuilder(studio.address().resolve(name))
                        .header("Accept-Encoding", "gzip")
                        .build();
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                assertThat(answer.statusCode()).as(name).isEqualTo(200);
                assertThat(answer.headers().firstValue("Content-Encoding"))
                        .as(name)
                        .hasValue("gzip");
                zipped += answer.body().length;
            }
        }
        System.getLogger("test").log(System.Logger.Level.INFO, "the page's files: " + zipped + " bytes compressed");
        assertThat(zipped).isBetween(50_000L, 600_000L);
    }
}

package cajal.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A web server of a few lines, for tests: a connection is one request.
final class Server implements AutoCloseable {
    private final ServerSocket socket;
    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    /// Answers a request.
    @FunctionalInterface
    interface Page {
        void answer(Exchange exchange) throws IOException;
    }

    /// A request, and where its answer goes.
    ///
    /// @param from the first byte that is wanted, or -1 for all
    /// @param out where the answer goes
    record Exchange(int from, OutputStream out) {
        /// Sends the head of an answer; a length below 0 is not told.
        void head(int status, long length, String... headers) throws IOException {
            StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
            for (String header : headers) {
                text.append(header).append("\r\n");
            }
            if (length >= 0) {
                text.append("Content-Length: ").append(length).append("\r\n");
            }
            out.write(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        }

        void send(byte[] bytes, int from, int to) throws IOException {
            out.write(bytes, from, to - from);
            out.flush();
        }
    }

    Server() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket one = socket.accept();
                    Thread.ofVirtual().start(() -> serve(one));
                }
            } catch (IOException _) {
                // closed
            }
        });
    }

    private void serve(Socket connection) {
        try (connection;
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
            String path = in.readLine().replaceAll("\\S+ (\\S+) .*", "$1");
            int from = -1;
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("range: bytes=")) {
                    from = Integer.parseInt(line.substring("range: bytes=".length(), line.length() - 1));
                }
            }
            pages.get(path).answer(new Exchange(from, connection.getOutputStream()));
        } catch (IOException _) {
            // the client went away
        }
    }

    URI page(String path, Page page) {
        pages.put(path, page);
        return address(path);
    }

    URI address(String path) {
        return URI.create("http://localhost:" + socket.getLocalPort() + path);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

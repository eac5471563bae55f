package cajal.train;

import cajal.format.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The thread that writes a [Feed]'s lines and reads the wishes, so that a slow disk delays no step. What
/// does not fit into its queue, or into the file, is left out.
final class FeedWriter implements Runnable {
    private static final System.Logger LOG = System.getLogger("cajal.train");
    private static final int WAITING = 1024; // lines
    private static final long LARGEST = 64L << 20; // bytes of the file, but for the lines of epochs and of the end
    private static final long TURN_MILLIS = 100;
    private static final long END_MILLIS = 3000;

    private final Path folder;
    private final Run run;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread = new Thread(this, "cajal-feed");
    private volatile boolean lookedAt;
    private final CountDownLatch over = new CountDownLatch(1);
    private long size;
    private long read; // bytes of the wishes that were heard
    private boolean paused;

    FeedWriter(Path folder, Run run) {
        this.folder = folder;
        this.run = run;
        thread.setDaemon(true);
    }

    /// Begins with a line; what the file holds is kept if the run is resumed. Wishes of before are forgotten.
    void begin(boolean resumed, Map<String, Object> line) {
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(Feed.FILE);
            Path wishes = folder.resolve(Feed.WISHES);
            if (!resumed) {
                Files.deleteIfExists(file);
            } else if (Files.exists(file)) {
                dropHalfLine(file);
            }
            read = Files.exists(wishes) ? Files.size(wishes) : 0;
            lookedAt = Feed.isLookedAt(folder);
            size = Files.exists(file) ? Files.size(file) : 0;
            write(Json.write(line) + "\n");
        } catch (IOException e) {
            throw Appending.failed(folder, e);
        }
        thread.start();
    }

    /// Takes out what a killed run could not end.
    private static void dropHalfLine(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int end = all.length;
        while (end > 0 && all[end - 1] != '\n') {
            end--;
        }
        if (end < all.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
        }
    }

    boolean isLookedAt() {
        return lookedAt;
    }

    void add(Map<String, Object> line) {
        Object kind = line.get("kind");
        boolean needed = "epoch".equals(kind) || "end".equals(kind) || "failed".equals(kind);
        if (needed || size < LARGEST) {
            waiting.offer(Json.write(line) + "\n");
        }
    }

    /// Writes what waits, and ends the thread.
    void end() {
        over.countDown();
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the thread without waiting.
    void abandon() {
        over.countDown();
        run.goOn();
    }

    @Override
    public void run() {
        try {
            do {
                turn();
            } while (!over.await(TURN_MILLIS, TimeUnit.MILLISECONDS));
            flush();
        } catch (IOException | RuntimeException | InterruptedException e) {
            lookedAt = false;
            LOG.log(
                    System.Logger.Level.WARNING,
                    folder + " cannot be written to any more: the run goes on, but nobody can look at it (" + e + ")");
            run.goOn(); // nobody could end a pause
        }
    }

    private void turn() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        hear();
        if (run.isPaused() != paused) {
            paused = !paused;
            add(Feed.line(paused ? "paused" : "running", run));
        }
        flush();
    }

    private void hear() throws IOException {
        Path wishes = folder.resolve(Feed.WISHES);
        lookedAt = Feed.isLookedAt(folder);
        if (!Files.exists(wishes)) {
            read = 0;
            return;
        }
        long now = Files.size(wishes);
        if (now < read) {
            read = 0;
        }
        if (now > read) {
            for (String line : lines(wishes, now)) {
                Feed.grant(run, line).ifPresent(rate -> {
                    Map<String, Object> told = Feed.line("rate", run);
                    told.put("rate", rate);
                    add(told);
                });
            }
        }
    }

    /// The whole lines behind what was read.
    private List<String> lines(Path file, long until) throws IOException {
        byte[] bytes = new byte[(int) Math.min(until - read, 1 << 16)];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            java.nio.ByteBuffer into = java.nio.ByteBuffer.wrap(bytes);
            while (into.hasRemaining() && channel.read(into, read + into.position()) >= 0) {}
        }
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        read += end == 0 && bytes.length == 1 << 16 ? bytes.length : end; // a line without an end is no wish
        return new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
    }

    private void flush() throws IOException {
        List<String> lines = new ArrayList<>();
        waiting.drainTo(lines);
        if (!lines.isEmpty()) {
            write(String.join("", lines));
        }
    }

    private void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(Feed.FILE), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size += bytes.length;
    }
}

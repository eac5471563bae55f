package cajal.studio;

import cajal.format.FormatException;
import cajal.format.Json;
import cajal.train.Feed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// The lines of a run's feed, as they come: first what is there, then what is added. A run without a feed
/// has the epochs of its log instead.
///
/// Of a large feed not every sample is told: as many as a page can show.
final class RunTail {
    private static final int PIECE = 1 << 18; // bytes that are read at once
    private static final long PLENTY = 8L << 20; // bytes from which on samples are left out
    private static final String SAMPLE = "{\"kind\":\"sample\"";

    private final Path folder;
    private final Path file;
    private long at;
    private long samples;
    private long everySample = 1;
    private boolean loggedTold;
    private byte[] rest = new byte[0];

    RunTail(Path folder) {
        this.folder = folder;
        file = folder.resolve(Feed.FILE);
    }

    /// Tells what is new: lines, and before them whether they begin anew because the file was replaced.
    void tell(BiConsumer<Boolean, List<String>> to) throws IOException {
        if (!Files.isRegularFile(file)) {
            if (!loggedTold && Files.isRegularFile(folder.resolve("log.csv"))) {
                loggedTold = true;
                List<String> lines = new ArrayList<>();
                for (Map<String, Object> epoch : RunState.epochs(folder.resolve("log.csv"), new ArrayList<>())) {
                    lines.add(Json.write(epoch));
                }
                to.accept(true, lines);
            }
            return;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long size = in.length();
            boolean anew = size < at || at == 0 && size > 0;
            if (anew) {
                at = 0;
                rest = new byte[0];
                samples = 0;
                everySample = 1 + size / PLENTY;
            }
            while (at < size) {
                byte[] piece = new byte[(int) Math.min(PIECE, size - at)];
                in.seek(at);
                in.readFully(piece);
                at += piece.length;
                to.accept(anew, lines(piece));
                anew = false;
            }
            everySample = 1;
        }
    }

    /// The whole lines of what was left over and a further piece; what is no JSON is left out.
    private List<String> lines(byte[] piece) {
        byte[] all = java.util.Arrays.copyOf(rest, rest.length + piece.length);
        System.arraycopy(piece, 0, all, rest.length, piece.length);
        int end = all.length;
        while (end > 0 && all[end - 1] != '\n') {
            end--;
        }
        rest = java.util.Arrays.copyOfRange(all, end, all.length);
        List<String> lines = new ArrayList<>();
        for (String line : new String(all, 0, end, StandardCharsets.UTF_8).split("\n")) {
            if (line.startsWith(SAMPLE) && samples++ % everySample != 0) {
                continue;
            }
            if (isObject(line)) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static boolean isObject(String line) {
        try {
            return !line.isEmpty() && Json.parseObject(line, Feed.FILE).containsKey("kind");
        } catch (FormatException damaged) {
            return false;
        }
    }
}

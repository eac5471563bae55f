package cajal.studio;

import cajal.train.Feed;
import cajal.train.Watcher;
import io.avaje.jex.Jex;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/// The live view: a server that only this computer can reach, and a page on which networks are seen at work.
///
/// `try (var studio = Studio.on(0).start()) { ... studio.address() ... }`
///
/// Everything that the page shows is computed by the library when it is asked for.
public final class Studio implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    static final int LARGEST_BODY = 4 << 20; // bytes

    /// Kept, or its level would be forgotten: the server's own word that it started is nobody's business.
    private static final java.util.logging.Logger LOG = java.util.logging.Logger.getLogger("io.avaje.jex");

    static {
        // A client that sends its request slower than this many seconds is cut off.
        setDefault("sun.net.httpserver.maxReqTime", "20");
        setDefault("sun.net.httpserver.maxReqHeaders", "64");
        setDefault("jdk.httpserver.maxConnections", "256");
        LOG.setLevel(java.util.logging.Level.WARNING);
    }

    private final Jex.Server server;
    private final List<Room> rooms;
    private final Guard guard;
    private final RunFolders folders;
    private final List<Path> temporary = new ArrayList<>();

    private Studio(Jex.Server server, List<Room> rooms, Guard guard, RunFolders folders) {
        this.folders = folders;
        this.server = server;
        this.rooms = rooms;
        this.guard = guard;
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /// A studio that will listen on a port of 127.0.0.1; 0 for any that is free.
    public static Plan on(int port) {
        return new Plan(port);
    }

    /// What a studio is to show.
    public static final class Plan {
        private final int port;
        private Path runs = Path.of("runs");

        private Plan(int port) {
            this.port = port;
        }

        /// With the training runs in this folder.
        public Plan runs(Path folder) {
            runs = folder;
            return this;
        }

        /// Starts the server.
        ///
        /// **Throws** [StudioException] if the port is taken.
        public Studio start() {
            Guard guard = new Guard();
            RunFolders folders = new RunFolders(runs);
            List<Room> rooms = new ArrayList<>(Rooms.of(runs, folders));
            Jex jex = Jex.create();
            jex.config(c -> {
                c.host(HOST);
                c.port(port);
                c.health(false);
                c.maxRequestSize(LARGEST_BODY);
                c.executor(Executors.newVirtualThreadPerTaskExecutor());
            });
            jex.filter(guard);
            Answers.onErrors(jex);
            Answers.elsewhere(jex.routing());
            new Assets(guard).routes(jex.routing());
            rooms.forEach(room -> room.routes(jex.routing()));
            try {
                Jex.Server server = jex.start();
                guard.listensOn(server.port());
                return new Studio(server, rooms, guard, folders);
            } catch (IllegalStateException | java.io.UncheckedIOException e) {
                throw new StudioException(
                        "Port " + port + " of " + HOST + " cannot be listened on: " + e.getMessage()
                                + "\n  rule: a port belongs to one program\n  fix:  name another one, or 0 for any that is free");
            }
        }
    }

    /// The page's address.
    public URI address() {
        return URI.create("http://" + HOST + ":" + server.port() + "/");
    }

    /// The address of a run below the studio's folder of runs, or of this program ([#watcher()]).
    ///
    /// @param name its folder's path from there on, as in `digits-1`
    public URI address(String name) {
        String encoded = java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
        return URI.create(address() + "#/runs?run=" + encoded.replace("+", "%20"));
    }

    /// Shows a run of this program: `trainer.watch(studio.watcher())`. A run that is kept below the studio's
    /// folder of runs (`trainer.folder(...)`) is shown anyway.
    ///
    /// **Throws** [StudioException] if there is no room for temporary files.
    public Watcher watcher() {
        try {
            Path folder = Files.createTempDirectory("cajal-live-");
            synchronized (temporary) {
                temporary.add(folder);
            }
            folders.add(folder);
            return new Feed(folder);
        } catch (IOException e) {
            throw new StudioException("No run can be shown: temporary files cannot be written: " + e);
        }
    }

    /// A studio on any free port that shows a run of this program: `trainer.watch(Studio.live())`. Its
    /// address is in the log, as a line of `cajal.studio`. It stays when the run is over, and the program
    /// with it, until Ctrl-C; to end it earlier: `try (var studio = Studio.on(0).start())` and
    /// [#watcher()].
    public static Watcher live() {
        Studio studio = on(0).start();
        Runtime.getRuntime().addShutdownHook(new Thread(studio::close));
        Watcher watcher = studio.watcher();
        System.getLogger("cajal.studio").log(System.Logger.Level.INFO, "watch the run at " + studio.address("live-1"));
        return watcher;
    }

    /// What a request that changes something must carry in the header `X-Cajal-Token`.
    String token() {
        return guard.token();
    }

    /// Ends the server and all that it computes.
    @Override
    public void close() {
        rooms.forEach(Room::close);
        server.shutdown();
        synchronized (temporary) {
            temporary.forEach(Studio::delete);
            temporary.clear();
        }
    }

    private static void delete(Path folder) {
        for (String name : List.of(Feed.FILE, Feed.WISHES, "")) {
            try {
                Files.deleteIfExists(folder.resolve(name));
            } catch (IOException inUse) {
                continue; // it is in the system's folder for what may go
            }
        }
    }
}

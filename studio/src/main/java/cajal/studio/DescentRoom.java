package cajal.studio;

import cajal.data.Batches;
import cajal.train.Optimizer;
import io.avaje.jex.Routing;
import io.avaje.jex.http.sse.SseClient;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.ToDoubleFunction;

/// Optimisers that race down surfaces of two weights, and a real network that is trained in several ways.
final class DescentRoom implements Room {
    static final int GRID = 49;
    private static final int RUNNERS = 6;
    private static final int MOST_STEPS = 500;
    private static final double FARTHEST = 1000;

    private final Map<String, Land> lands = new ConcurrentHashMap<>();
    private final Semaphore walking = new Semaphore(2);
    private final Semaphore training = new Semaphore(1, true);
    private final Sessions<Training> sessions = new Sessions<>(8, t -> t.ended = true);

    /// A rate that suits an optimiser somewhere.
    @Json
    record Rate(String optimizer, double rate) {}

    /// A surface to choose.
    @Json
    record Place(
            String name,
            String title,
            String formula,
            String lesson,
            int samples,
            double xLow,
            double xHigh,
            double yLow,
            double yHigh,
            double startX,
            double startY,
            int steps,
            List<Rate> rates) {}

    /// What can be chosen.
    ///
    /// @param training rates for the network that is trained
    @Json
    record Choices(List<String> optimizers, List<Place> surfaces, List<Rate> training) {}

    /// The loss over the area of a surface, row by row from the lowest `y` on.
    @Json
    record Land(String name, int columns, int rows, String loss) {}

    /// Who races; a batch of 0 is all samples.
    @Json
    record Entrant(String optimizer, double rate, int batch) {
        Entrant {
            if (optimizer == null || optimizer.length() > 100 || batch < 0 || batch > 1_000_000) {
                throw new StudioException("The optimiser '" + optimizer + "' with a batch of " + batch
                        + " cannot race\n  rule: an optimiser by name, and a batch from 1, or 0 for all samples");
            }
        }
    }

    /// A race that is asked for.
    @Json
    record Wish(String surface, double x, double y, int steps, long seed, List<Entrant> entrants) {
        Wish {
            entrants = checked(entrants);
            within("steps", steps, 1, MOST_STEPS);
            within("x", x, -FARTHEST, FARTHEST);
            within("y", y, -FARTHEST, FARTHEST);
            surface = String.valueOf(surface);
        }
    }

    /// A way down: the start and the place after each step.
    ///
    /// @param lost whether it left all bounds, and so is shorter than the others
    @Json
    record Way(String x, String y, String loss, String xSlope, String ySlope, boolean lost) {}

    /// All ways, in the order in which they were asked for.
    @Json
    record Ways(List<Way> ways) {}

    /// A training that is asked for.
    @Json
    record Order(int samples, int epochs, long seed, List<Entrant> entrants) {
        Order {
            entrants = checked(entrants);
            within("samples", samples, 100, 5_000);
            within("epochs", epochs, 1, 20);
        }
    }

    /// The name under which the training can be watched.
    @Json
    record Ticket(String session) {}

    /// A runner of the training sets out.
    ///
    /// @param bytes what the operations of one step put out
    @Json
    record Start(int runner, long batch, long bytes) {}

    /// How far a runner of the training is.
    @Json
    record Progress(int runner, long updates, long samples, double seconds, double loss) {}

    private static final class Training {
        private final Order order;
        private volatile boolean ended;

        Training(Order order) {
            this.order = order;
        }
    }

    @Override
    public void routes(Routing routing) {
        routing.get("/api/descent", c -> Answers.send(c, Choices.class, choices()));
        routing.get("/api/descent/surface", c -> Answers.send(c, Land.class, land(Query.text(c, "name"))));
        routing.post("/api/descent/race", c -> {
            Wish wish = Answers.read(c, Wish.class);
            try (var _ = turn(walking)) {
                Answers.send(c, Ways.class, race(wish));
            }
        });
        routing.post("/api/descent/training", c -> {
            Order order = Answers.read(c, Order.class);
            Answers.send(c, Ticket.class, new Ticket(sessions.add(new Training(order))));
        });
        Streams.route(routing, "/api/descent/training/events", client -> {
            String name = Query.text(client.ctx(), "session");
            try (var _ = turn(training)) {
                train(sessions.of(name), client);
            } catch (StudioException | IllegalArgumentException e) {
                client.sendEvent("refused", Answers.text(Refusal.class, new Refusal(String.valueOf(e.getMessage()))));
            }
        });
    }

    /// Why a training cannot go on.
    @Json
    record Refusal(String message) {}

    /// A turn that is over when closed.
    private interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for a turn: what computes for long does so a bounded number of times at once.
    private static Turn turn(Semaphore of) {
        of.acquireUninterruptibly();
        return of::release;
    }

    private static List<Entrant> checked(List<Entrant> entrants) {
        if (entrants == null || entrants.isEmpty() || entrants.size() > RUNNERS) {
            throw new StudioException("A race of " + (entrants == null ? 0 : entrants.size())
                    + " optimisers\n  rule: from 1 to " + RUNNERS);
        }
        return List.copyOf(entrants);
    }

    private static void within(String what, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new StudioException(what + " is " + value + "\n  rule: a number from " + low + " to " + high);
        }
    }

    static Choices choices() {
        List<Place> places = new ArrayList<>();
        for (String name : Surface.names()) {
            Surface s = Surface.named(name);
            Surface.Area a = s.area();
            places.add(new Place(
                    name,
                    s.text().title(),
                    s.text().formula(),
                    s.text().lesson(),
                    s.samples(),
                    a.xLow(),
                    a.xHigh(),
                    a.yLow(),
                    a.yHigh(),
                    a.startX(),
                    a.startY(),
                    a.steps(),
                    Optimizer.names().stream().map(o -> new Rate(o, s.rate(o))).toList()));
        }
        List<Rate> training = Optimizer.names().stream()
                .map(o -> new Rate(o, trainingRate(o)))
                .toList();
        return new Choices(Optimizer.names(), places, training);
    }

    /// What suits the network of the [Race]; else where one usually starts.
    private static double trainingRate(String optimizer) {
        return Race.RUNNERS.stream()
                .filter(r -> r.optimizer().equals(optimizer) && r.batch() > 1 && r.batch() < Batches.ALL)
                .mapToDouble(Race.Runner::rate)
                .findFirst()
                .orElseGet(() -> Optimizer.named(optimizer).baseRate());
    }

    Land land(String name) {
        Surface surface = Surface.named(name);
        return lands.computeIfAbsent(
                surface.name(), n -> new Land(n, GRID, GRID, Numbers.of(surface.grid(GRID, GRID))));
    }

    static Ways race(Wish wish) {
        Surface surface = Surface.named(wish.surface);
        List<Way> ways = new ArrayList<>();
        for (Entrant e : wish.entrants) {
            int batch = e.batch == 0 ? surface.samples() : e.batch;
            List<Descent.Place> places = Descent.walk(
                    surface, new Descent.Runner(e.optimizer, e.rate, batch), wish.x, wish.y, wish.steps, wish.seed);
            ways.add(new Way(
                    column(places, Descent.Place::x),
                    column(places, Descent.Place::y),
                    column(places, Descent.Place::loss),
                    column(places, Descent.Place::xSlope),
                    column(places, Descent.Place::ySlope),
                    places.size() <= wish.steps));
        }
        return new Ways(ways);
    }

    private static String column(List<Descent.Place> places, ToDoubleFunction<Descent.Place> of) {
        float[] values = new float[places.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) of.applyAsDouble(places.get(i));
        }
        return Numbers.of(values);
    }

    /// Runs one after the other, so that none takes another's time, and tells of each point.
    private static void train(Training training, SseClient client) {
        Order order = training.order;
        Race race = new Race(order.samples, order.epochs, order.seed);
        for (int i = 0; i < order.entrants.size() && !client.terminated(); i++) {
            Race.Runner runner = runner(order.entrants.get(i));
            int number = i;
            long batch = Math.min(runner.batch(), order.samples);
            client.sendEvent("start", Answers.text(Start.class, new Start(number, batch, race.bytes(runner))));
            race.run(runner, p -> {
                client.sendEvent(
                        "point",
                        Answers.text(
                                Progress.class,
                                new Progress(number, p.updates(), p.samplesSeen(), p.seconds(), p.loss())));
                return !client.terminated() && !training.ended;
            });
        }
        client.sendEvent("end", "{}");
    }

    static Race.Runner runner(Entrant e) {
        return new Race.Runner(e.optimizer, e.optimizer, e.rate, e.batch == 0 ? Batches.ALL : e.batch);
    }

    @Override
    public void close() {
        sessions.closeAll();
    }
}

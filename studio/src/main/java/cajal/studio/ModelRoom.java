package cajal.studio;

import cajal.kernel.Shape;
import io.avaje.jex.Routing;
import io.avaje.jex.http.Context;
import io.avaje.jsonb.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Any model taken apart: layers, operations, shapes, sizes, measured times, weights.
///
/// All that is computed runs on one thread of its own, so that a model that computes for long delays nobody on
/// the other pages.
final class ModelRoom implements Room {
    private static final int WAITING = 16; // requests
    private static final int PATIENCE = 60; // seconds
    private static final long MOST_ACTIVATIONS = 512L << 20; // bytes in a measured pass
    private static final int MOST_TENSORS = 5_000;

    private final ModelFiles files;
    private final Semaphore places = new Semaphore(WAITING);
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("cajal-model").daemon().factory());

    ModelRoom(Path runs) {
        files = new ModelFiles(runs);
    }

    /// A model that can be chosen.
    @Json
    record Choice(String id, String label) {}

    /// What can be chosen.
    ///
    /// @param largest how many bytes a file may have that the page sends
    @Json
    record Choices(List<Choice> models, long largest) {}

    /// A tensor.
    @Json
    record Entry(String name, String shape, String type, long size, long bytes) {}

    /// A text beside the tensors.
    @Json
    record Told(String name, String text) {}

    /// A model.
    ///
    /// @param why why there is no network to see; empty if there is one
    /// @param input the shape of one input
    /// @param multiplyAdds of one pass
    @Json
    record Scene(
            String id,
            String label,
            String why,
            String input,
            List<String> classes,
            List<ModelGraph.Layer> layers,
            List<ModelGraph.Operation> operations,
            long multiplyAdds,
            List<Entry> tensors,
            long bytes,
            List<Told> told) {}

    /// What is to be measured.
    @Json
    record Order(@Nullable String model, long batch) {
        Order {
            if (batch < 1 || batch > 1024) {
                throw new StudioException("batch is " + batch + "\n  rule: a whole number from 1 to 1024");
            }
        }
    }

    /// A file that will come.
    @Json
    record Parcel(@Nullable String name, long size) {}

    /// The name of a model.
    @Json
    record Ticket(String id) {}

    @Override
    public void routes(Routing routing) {
        routing.get("/api/model", c -> Answers.send(c, Choices.class, choices()));
        routing.get("/api/model/scene", c -> {
            String id = Query.text(c, "model");
            Answers.send(c, Scene.class, onWorker(() -> scene(id)));
        });
        routing.get("/api/model/tensor", c -> {
            String id = Query.text(c, "model");
            String name = Query.text(c, "name");
            Answers.send(c, WeightFigures.class, onWorker(() -> figures(id, name)));
        });
        routing.post("/api/model/times", c -> {
            Order order = Answers.read(c, Order.class);
            Answers.send(c, ModelTimes.class, onWorker(() -> times(String.valueOf(order.model), order.batch)));
        });
        routing.post("/api/model/file", c -> {
            Parcel parcel = Answers.read(c, Parcel.class);
            Answers.send(c, Ticket.class, new Ticket(files.begin(String.valueOf(parcel.name), parcel.size)));
        });
        routing.post("/api/model/piece", this::piece);
    }

    private void piece(Context c) {
        String id = Query.text(c, "model");
        long at = Query.whole(c, "at", 0, 0, ModelFiles.LARGEST_UPLOAD);
        files.add(id, at, c.bodyAsBytes());
        Answers.send(c, Ticket.class, new Ticket(id));
    }

    Choices choices() {
        List<Choice> models = new ArrayList<>();
        files.offers().forEach(o -> models.add(new Choice(o.id(), o.label())));
        return new Choices(models, ModelFiles.LARGEST_UPLOAD);
    }

    Scene scene(String id) {
        ShownModel model = files.of(id);
        List<Entry> tensors = new ArrayList<>();
        long bytes = 0;
        for (var e : model.tensors().entrySet()) {
            ShownModel.Entry t = e.getValue();
            bytes += t.bytes();
            if (tensors.size() < MOST_TENSORS) {
                tensors.add(new Entry(
                        e.getKey(), t.shape().toString(), t.type(), t.shape().size(), t.bytes()));
            }
        }
        List<Told> told = new ArrayList<>();
        model.told().forEach((name, text) -> told.add(new Told(name, text)));
        ModelGraph graph = model.net()
                .map(net -> ModelGraph.of(net, model.inputs(1)))
                .orElse(new ModelGraph(List.of(), List.of(), false));
        return new Scene(
                id,
                model.label(),
                model.why(),
                model.net().isPresent() ? model.input().toString() : "",
                model.classes(),
                graph.layers(),
                graph.operations(),
                graph.multiplyAdds(),
                tensors,
                bytes,
                told);
    }

    WeightFigures figures(String id, String name) {
        ShownModel model = files.of(id);
        String type = model.tensors().containsKey(name)
                ? java.util.Objects.requireNonNull(model.tensors().get(name)).type()
                : "";
        return WeightFigures.of(name, type, model.tensor(name), model.input());
    }

    ModelTimes times(String id, long batch) {
        ShownModel model = files.of(id);
        ModelGraph graph = ModelGraph.of(model.network(), model.inputs(1));
        long bytes = graph.operations().stream()
                .mapToLong(ModelGraph.Operation::bytes)
                .sum();
        if (bytes * batch > MOST_ACTIVATIONS) {
            throw new StudioException("A pass of " + batch + " inputs keeps " + (bytes * batch >> 20)
                    + " MiB\n  rule: at most " + (MOST_ACTIVATIONS >> 20) + "\n  fix:  a batch of at most "
                    + Math.max(1, MOST_ACTIVATIONS / bytes));
        }
        Shape inputs = model.inputs(batch);
        return ModelTimes.of(model.network(), graph, inputs);
    }

    /// What the room's thread computes.
    ///
    /// **Throws** [StudioException] if it takes too long, or too much is waiting, or memory does not suffice.
    private <T> T onWorker(Callable<T> work) {
        if (!places.tryAcquire()) {
            throw new StudioException("Too much is being computed on this page: try again in a moment.");
        }
        var future = worker.submit(() -> {
            try {
                return work.call();
            } finally {
                places.release();
            }
        });
        try {
            return future.get(PATIENCE, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new StudioException("This takes longer than " + PATIENCE + " seconds: choose a smaller batch.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StudioException("The studio ends.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new StudioException("This model needs more memory than there is: " + e.getCause());
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
        files.close();
    }
}

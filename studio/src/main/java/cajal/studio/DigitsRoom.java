package cajal.studio;

import cajal.data.DigitImage;
import cajal.data.Picture;
import cajal.nn.Block;
import cajal.nn.Inspection;
import cajal.tensor.Mode;
import cajal.tensor.Tensor;
import io.avaje.jex.Routing;
import io.avaje.jex.http.Context;
import io.avaje.jsonb.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A picture of a digit on its way through a network, and the error on its way back.
///
/// Nothing is kept for a page: a request says the picture, the network, the right answer and the updates,
/// so that a link shows the same.
final class DigitsRoom implements Room {
    /// The side of a drawing, in pixels.
    static final int SIDE = 112;
    static final int MOST_UPDATES = 50;
    private static final int AT_ONCE = 4; // computations side by side; more wait

    private final DigitNets nets;
    private final DigitSamples samples = new DigitSamples();
    private final Semaphore free = new Semaphore(AT_ONCE, true);

    DigitsRoom(Path runs) {
        nets = new DigitNets(runs);
    }

    /// A choice and what it is called.
    @Json
    record Choice(String id, String label) {}

    /// What can be chosen, the newest first.
    @Json
    record Choices(List<Choice> models, int side, int samples) {}

    /// How far a network is.
    ///
    /// @param done the steps that were made
    /// @param steps the steps that there are
    /// @param moments the moments of its training that can be looked at, once it is ready
    @Json
    record Ready(
            String model,
            boolean ready,
            long done,
            long steps,
            List<String> moments,
            List<String> classes,
            String layers,
            long parameters) {}

    /// What a request looks at.
    ///
    /// @param model the network; empty for the newest
    /// @param moment when in its training; empty for the end
    /// @param ink a drawing of `SIDE` by `SIDE` pixels, row by row, a byte each from 0 (paper) to 255
    ///     (ink), in base 64; empty for a sample
    /// @param sample the number of a test digit
    /// @param answer the right class; empty for what the sample shows, or for what the network says of a
    ///     drawing
    /// @param rate the learning rate of updates
    /// @param updates how many updates are made
    /// @param column the number of the column of a neuron
    /// @param neuron the number of the neuron in it
    /// @param backward whether the chain rule is wanted
    @Json
    record Ask(
            @Nullable String model,
            @Nullable String moment,
            @Nullable String ink,
            int sample,
            @Nullable String answer,
            double rate,
            int updates,
            int column,
            int neuron,
            boolean backward) {
        /// Checks the ranges.
        Ask {
            if (sample < 0 || sample >= DigitSamples.count()) {
                throw new StudioException(
                        "sample is " + sample + "\n  rule: a number from 0 to " + (DigitSamples.count() - 1));
            }
            if (!(rate >= 0 && rate <= 10)) {
                throw new StudioException("rate is " + rate + "\n  rule: a number from 0 to 10");
            }
            if (updates < 0 || updates > MOST_UPDATES) {
                throw new StudioException("updates is " + updates + "\n  rule: a number from 0 to " + MOST_UPDATES);
            }
        }
    }

    /// How the class's score changes with each pixel.
    @Json
    record Saliency(int answer, double score, String pixels) {}

    /// What the network said at a moment of its training.
    @Json
    record Moment(String name, int best, double p, double loss) {}

    /// All moments.
    @Json
    record Moments(int answer, List<Moment> moments) {}

    /// Test digits.
    @Json
    record Exciting(List<DigitSamples.Excited> pictures) {}

    /// The number of a test digit.
    @Json
    record Sample(int sample, int label) {}

    @Override
    public void routes(Routing routing) {
        routing.get("/api/digits", c -> Answers.send(c, Choices.class, choices()));
        routing.get("/api/digits/sample", c -> {
            int label = (int) Query.whole(c, "label", 7, 0, 9);
            int after = (int) Query.whole(c, "after", -1, -1, DigitSamples.count());
            Answers.send(c, Sample.class, new Sample(samples.next(label, after), label));
        });
        routing.post("/api/digits/ready", c -> Answers.send(c, Ready.class, ready(ask(c))));
        routing.post("/api/digits/forward", c -> answer(c, DigitPass.Forward.class, this::forward));
        routing.post("/api/digits/backward", c -> answer(c, DigitPass.Backward.class, this::backward));
        routing.post("/api/digits/neuron", c -> answer(c, DigitNeuron.Formula.class, this::neuron));
        routing.post("/api/digits/exciting", c -> answer(c, Exciting.class, this::exciting));
        routing.post("/api/digits/saliency", c -> answer(c, Saliency.class, this::saliency));
        routing.post("/api/digits/moments", c -> answer(c, Moments.class, this::moments));
    }

    private static Ask ask(Context c) {
        return Answers.read(c, Ask.class);
    }

    private <T> void answer(Context c, Class<T> type, java.util.function.Function<Ask, T> how) {
        Ask ask = ask(c);
        Answers.send(c, type, inTurn(() -> how.apply(ask)));
    }

    private <T> T inTurn(Supplier<T> work) {
        free.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            free.release();
        }
    }

    private Choices choices() {
        return new Choices(
                nets.offers().stream().map(o -> new Choice(o.id(), o.label())).toList(), SIDE, DigitSamples.count());
    }

    private String model(Ask ask) {
        String model = ask.model;
        return model == null || model.isEmpty() ? nets.offers().getFirst().id() : model;
    }

    Ready ready(Ask ask) {
        String model = model(ask);
        QuickDigits quick = nets.quick(model).orElse(null);
        if (quick != null) {
            quick.start();
            if (!quick.isReady()) {
                return new Ready(model, false, quick.steps(), QuickDigits.allSteps(), List.of(), List.of(), "", 0);
            }
        }
        DigitNet net = nets.of(model);
        Block trained = net.at(DigitNet.TRAINED);
        List<String> layers = new ArrayList<>();
        trained.parts().values().forEach(p -> layers.add(p.describe()));
        return new Ready(
                model,
                true,
                0,
                0,
                List.copyOf(net.moments().keySet()),
                net.classes(),
                String.join(" → ", layers),
                trained.parameterCount());
    }

    /// What a request is about.
    DigitScene scene(Ask ask) {
        DigitNet net = nets.of(model(ask));
        String moment = ask.moment;
        Block at = net.at(moment == null || moment.isEmpty() ? DigitNet.TRAINED : moment);
        String ink = ask.ink;
        boolean drawn = ink != null && !ink.isEmpty();
        Tensor picture = ink != null && !ink.isEmpty() ? seen(ink) : samples.picture(ask.sample);
        Tensor x = net.input(picture);
        String said = ask.answer;
        boolean assumed = drawn && (said == null || said.isEmpty());
        int answer = said != null && !said.isEmpty()
                ? net.classOf(said)
                : drawn ? net.answer(net.at(DigitNet.TRAINED), x) : samples.label(ask.sample);
        return new DigitScene(net, at, picture, x, answer, assumed);
    }

    /// A drawing in the form in which networks see digits.
    static Tensor seen(String ink) {
        float[] pixels = Numbers.readBytes(ink, SIDE * SIDE);
        return DigitImage.of(new Picture(1, SIDE, SIDE, pixels));
    }

    DigitPass.Forward forward(Ask ask) {
        DigitScene scene = scene(ask);
        return DigitPass.forward(scene, DigitPass.updated(scene, scene.at(), ask.rate, ask.updates));
    }

    DigitPass.Backward backward(Ask ask) {
        DigitScene scene = scene(ask);
        return DigitPass.backward(scene, ask.rate, ask.updates);
    }

    DigitNeuron.Formula neuron(Ask ask) {
        DigitScene scene = scene(ask);
        Block net = DigitPass.updated(scene, scene.at(), ask.rate, ask.updates);
        return DigitNeuron.of(scene, net, ask.column, ask.neuron, ask.rate, ask.backward);
    }

    Exciting exciting(Ask ask) {
        DigitScene scene = scene(ask);
        return new Exciting(samples.exciting(scene.net(), scene.at(), ask.column, ask.neuron));
    }

    Saliency saliency(Ask ask) {
        DigitScene scene = scene(ask);
        Block net = DigitPass.updated(scene, scene.at(), ask.rate, ask.updates);
        Tensor pixels = DigitPass.pixels(scene, net, out -> out.flatten(0).at(scene.answer()));
        double score;
        try (var _ = Mode.inference()) {
            score = Inspection.forward(net, scene.x()).output().flatten(0).get(scene.answer());
        }
        return new Saliency(scene.answer(), score, Numbers.of(pixels));
    }

    Moments moments(Ask ask) {
        DigitScene scene = scene(ask);
        List<Moment> moments = new ArrayList<>();
        scene.net().moments().forEach((name, net) -> {
            Inspection seen = DigitPass.look(scene, net);
            float[] p = scene.net().probabilities(seen.output());
            moments.add(new Moment(
                    name,
                    (int) seen.output().at(0).argmax(0).item(),
                    p[scene.answer()],
                    seen.loss().orElseThrow().item()));
        });
        return new Moments(scene.answer(), moments);
    }

    @Override
    public void close() {
        nets.close();
    }
}

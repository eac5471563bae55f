package cajal.studio;

import cajal.data.Dataset;
import cajal.data.Digits;
import cajal.nn.Block;
import cajal.nn.Inspection;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.Tensor;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Test digits that no network was trained on, and which of them excite a neuron.
final class DigitSamples {
    private static final int SAMPLES = 1000;
    private static final int AT_ONCE = 250;
    private static final int MOST = 8;
    private static final int KEPT = 8;

    private final Dataset test = Digits.handwriting(0, SAMPLES, 1).test();
    private final Map<Block, List<Favourites>> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Block, List<Favourites>> eldest) {
            return size() > KEPT;
        }
    };

    /// For each neuron or map of a column the samples that excite it most, the strongest first.
    private record Favourites(int[][] samples, float[][] values) {
        static Favourites none(int units) {
            return new Favourites(new int[units][0], new float[units][0]);
        }
    }

    /// A test digit that excites a neuron.
    ///
    /// @param sample its number
    /// @param label what it shows
    /// @param value the neuron's activation; of a map the strongest one
    @Json
    record Excited(int sample, String label, double value, String picture) {}

    /// A test digit by its number, `(1, 28, 28)`.
    Tensor picture(int sample) {
        return test.batch(sample).inputs().at(0);
    }

    /// What a test digit shows.
    int label(int sample) {
        return (int) test.targets(sample).toLongs()[0];
    }

    static int count() {
        return SAMPLES;
    }

    /// The next test digit of a class after one; the first one after the last.
    int next(int label, int after) {
        for (int i = 1; i <= SAMPLES; i++) {
            int at = Math.floorMod(after + i, SAMPLES);
            if (label(at) == label) {
                return at;
            }
        }
        throw new StudioException("There is no test digit of class " + label);
    }

    /// The test digits that excite a neuron most; of a map, wherever in it.
    synchronized List<Excited> exciting(DigitNet net, Block at, int column, int neuron) {
        List<Favourites> all = known.get(at);
        if (all == null) {
            all = favourites(net, at);
            known.put(at, all);
        }
        if (column < 1 || column >= all.size()) {
            throw new StudioException("There is no column " + column);
        }
        Favourites favourites = all.get(column);
        int units = favourites.samples.length;
        if (neuron < 0 || neuron >= units) {
            throw new StudioException("There is no neuron " + neuron + " in column " + column);
        }
        List<Excited> excited = new ArrayList<>();
        for (int i = 0; i < favourites.samples[neuron].length; i++) {
            int sample = favourites.samples[neuron][i];
            excited.add(new Excited(
                    sample,
                    test.classes().get(label(sample)),
                    favourites.values[neuron][i],
                    Numbers.of(picture(sample))));
        }
        return excited;
    }

    private List<Favourites> favourites(DigitNet net, Block at) {
        List<Favourites> all = new ArrayList<>();
        for (int first = 0; first < SAMPLES; first += AT_ONCE) {
            Tensor pictures = test.batch(IntStream.range(first, first + AT_ONCE)
                            .asLongStream()
                            .toArray())
                    .inputs();
            List<DigitColumn> columns;
            try (var _ = Grad.off();
                    var _ = Mode.inference()) {
                Tensor x = net.inputs(pictures);
                columns = DigitColumn.of(at, x, Inspection.forward(at, x));
            }
            for (int c = 0; c < columns.size(); c++) {
                Tensor values = columns.get(c).values();
                Tensor each = values.rank() == 4 ? values.max(2, 3) : values.flatten(1);
                int units = (int) each.dim(1);
                if (first == 0) {
                    all.add(Favourites.none(units));
                }
                merge(all.get(c), each.toFloats(), units, first);
            }
        }
        return all;
    }

    /// Takes further samples in, whose values `(samples, units)` are given.
    private static void merge(Favourites favourites, float[] values, int units, int first) {
        for (int u = 0; u < units; u++) {
            int unit = u;
            int old = favourites.samples[u].length;
            float[] strength = new float[old + AT_ONCE];
            int[] number = new int[old + AT_ONCE];
            System.arraycopy(favourites.values[u], 0, strength, 0, old);
            System.arraycopy(favourites.samples[u], 0, number, 0, old);
            for (int i = 0; i < AT_ONCE; i++) {
                strength[old + i] = values[i * units + unit];
                number[old + i] = first + i;
            }
            int[] order = IntStream.range(0, strength.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -strength[i]))
                    .limit(MOST)
                    .mapToInt(i -> i)
                    .toArray();
            favourites.samples[u] = IntStream.of(order).map(i -> number[i]).toArray();
            float[] best = new float[order.length];
            for (int i = 0; i < order.length; i++) {
                best[i] = strength[order[i]];
            }
            favourites.values[u] = best;
        }
    }
}

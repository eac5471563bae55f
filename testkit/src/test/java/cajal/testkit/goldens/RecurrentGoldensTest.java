package cajal.testkit.goldens;

import cajal.nn.GRU;
import cajal.nn.GRUCell;
import cajal.nn.LSTM;
import cajal.nn.LSTMCell;
import cajal.nn.RNN;
import cajal.nn.RNNCell;
import cajal.nn.Recurrent;
import cajal.tensor.Tensor;
import cajal.testkit.GoldenCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Recurrent layers give the outputs, states and gradients that PyTorch gives.
class RecurrentGoldensTest {
    private static Map<String, Consumer<GoldenCase>> subjects() {
        Map<String, Consumer<GoldenCase>> all = new LinkedHashMap<>();
        all.put("lstm", layer(() -> new LSTM(3, 2), 0, false));
        all.put(
                "lstm-two-layers-both-directions",
                layer(() -> new LSTM(3, 2).layers(2).bidirectional(), 2, false));
        all.put("lstm-no-bias", layer(() -> new LSTM(3, 2).noBias(), 2, false));
        all.put("lstm-packed", layer(() -> new LSTM(3, 2).layers(2).bidirectional(), 2, true));
        all.put("gru", layer(() -> new GRU(3, 2), 0, false));
        all.put(
                "gru-two-layers-both-directions",
                layer(() -> new GRU(3, 2).layers(2).bidirectional(), 1, false));
        all.put("gru-packed", layer(() -> new GRU(3, 2).bidirectional(), 1, true));
        all.put("rnn", layer(() -> new RNN(3, 2), 1, false));
        all.put("rnn-relu", layer(() -> new RNN(3, 2).relu(), 1, false));
        all.put(
                "lstm-cell",
                g -> g.check(() -> new LSTMCell(3, 2), (cell, in) -> cell.apply(in.get(0), in.get(1), in.get(2))));
        all.put(
                "gru-cell",
                g -> g.check(() -> new GRUCell(3, 2), (cell, in) -> List.of(cell.apply(in.get(0), in.get(1)))));
        all.put(
                "rnn-cell",
                g -> g.check(() -> new RNNCell(3, 2), (cell, in) -> List.of(cell.apply(in.get(0), in.get(1)))));
        return all;
    }

    /// A layer with so many first states among the inputs, and lengths behind them.
    private static <P extends Recurrent<P>> Consumer<GoldenCase> layer(Supplier<P> made, int states, boolean lengths) {
        return golden -> golden.check(made, (part, in) -> {
            List<Tensor> start = in.subList(1, 1 + states);
            var result = lengths ? part.run(in.getFirst(), start, in.getLast()) : part.run(in.getFirst(), start);
            List<Tensor> out = new ArrayList<>(List.of(result.outputs()));
            out.addAll(result.states());
            return out;
        });
    }

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("recurrent", subjects(), (golden, check) -> check.accept(golden));
    }
}

import static org.bytedeco.pytorch.global.torch.ScalarType;

import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.PackedSequence;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Recurrent layers: every cell, layers, directions, states, packed sequences.
class Recurrent {
    private static final Golden g = new Golden("recurrent", 3);

    public static void main(String[] args) throws Exception {
        lstm("lstm", 1, false, true, false, null);
        lstm("lstm-two-layers-both-directions", 2, true, true, true, null);
        lstm("lstm-no-bias", 1, false, false, true, null);
        lstm("lstm-packed", 2, true, true, true, new long[] {4, 2, 1});
        gru("gru", 1, false, false, null);
        gru("gru-two-layers-both-directions", 2, true, true, null);
        gru("gru-packed", 1, true, true, new long[] {3, 4, 1});
        rnn("rnn", false);
        rnn("rnn-relu", true);
        cells();
        g.write();
    }

    /// The parameters in libtorch's order, under PyTorch's names.
    private static TensorVector params(int gates, int layers, boolean both, boolean bias, long in, long hidden) {
        TensorVector all = new TensorVector();
        for (int layer = 0; layer < layers; layer++) {
            for (String end : both ? List.of("", "_reverse") : List.of("")) {
                long wide = layer == 0 ? in : hidden * (both ? 2 : 1);
                String name = "_l" + layer + end;
                all.push_back(g.param("weight_ih" + name, gates * hidden, wide));
                all.push_back(g.param("weight_hh" + name, gates * hidden, hidden));
                if (bias) {
                    all.push_back(g.param("bias_ih" + name, gates * hidden));
                    all.push_back(g.param("bias_hh" + name, gates * hidden));
                }
            }
        }
        return all;
    }

    private static Tensor lengths(long[] lengths) {
        return g.fixed("lengths", torch.tensor(lengths).to(ScalarType.Long));
    }

    private static void lstm(String name, int layers, boolean both, boolean bias, boolean started, long[] lengths) {
        g.begin(name, "LSTM(3, 2, " + layers + ", bias=" + bias + ", batch_first=True, bidirectional=" + both + ")");
        TensorVector params = params(4, layers, both, bias, 3, 2);
        Tensor x = g.in("x", 3, 4, 3);
        long n = layers * (both ? 2 : 1);
        TensorVector start = new TensorVector();
        for (String state : List.of("h0", "c0")) {
            start.push_back(started ? g.in(state, n, 3, 2) : torch.zeros(n, 3, 2).to(ScalarType.Double));
        }
        if (lengths == null) {
            var out = torch.lstm(x, start, params, bias, layers, 0, false, both, true);
            g.out("y", out.get0());
            g.out("h", out.get1());
            g.out("c", out.get2());
        } else {
            PackedSequence packed = torch.pack_padded_sequence(x, lengths(lengths), true, true);
            var out = torch.lstm(packed.data(), packed.batch_sizes(), start, params, bias, layers, 0, false, both);
            g.out("y", padded(out.get0(), packed));
            g.out("h", out.get1());
            g.out("c", out.get2());
        }
        g.end();
    }

    private static Tensor padded(Tensor data, PackedSequence like) {
        var packed = new PackedSequence(data, like.batch_sizes(), like.sorted_indices(), like.unsorted_indices());
        return torch.pad_packed_sequence(packed, true, 0, new LongOptional(4)).get0();
    }

    private static void gru(String name, int layers, boolean both, boolean started, long[] lengths) {
        g.begin(name, "GRU(3, 2, " + layers + ", batch_first=True, bidirectional=" + both + ")");
        TensorVector params = params(3, layers, both, true, 3, 2);
        Tensor x = g.in("x", 3, 4, 3);
        long n = layers * (both ? 2 : 1);
        Tensor start = started ? g.in("h0", n, 3, 2) : torch.zeros(n, 3, 2).to(ScalarType.Double);
        if (lengths == null) {
            var out = torch.gru(x, start, params, true, layers, 0, false, both, true);
            g.out("y", out.get0());
            g.out("h", out.get1());
        } else {
            PackedSequence packed = torch.pack_padded_sequence(x, lengths(lengths), true, false);
            Tensor sorted = start.index_select(1, packed.sorted_indices());
            var out = torch.gru(packed.data(), packed.batch_sizes(), sorted, params, true, layers, 0, false, both);
            g.out("y", padded(out.get0(), packed));
            g.out("h", out.get1().index_select(1, packed.unsorted_indices()));
        }
        g.end();
    }

    private static void rnn(String name, boolean relu) {
        g.begin(name, "RNN(3, 2, 1, nonlinearity='" + (relu ? "relu" : "tanh") + "', batch_first=True)");
        TensorVector params = params(1, 1, false, true, 3, 2);
        Tensor x = g.in("x", 3, 4, 3);
        Tensor start = g.in("h0", 1, 3, 2);
        var out = relu
                ? torch.rnn_relu(x, start, params, true, 1, 0, false, false, true)
                : torch.rnn_tanh(x, start, params, true, 1, 0, false, false, true);
        g.out("y", out.get0());
        g.out("h", out.get1());
        g.end();
    }

    private static void cells() {
        g.begin("lstm-cell", "LSTMCell(3, 2)(x, (h, c))");
        Tensor x = g.in("x", 4, 3);
        TensorVector states = new TensorVector(g.in("h0", 4, 2), g.in("c0", 4, 2));
        var next = torch.lstm_cell(
                x,
                states,
                g.param("weight_ih", 8, 3),
                g.param("weight_hh", 8, 2),
                new org.bytedeco.pytorch.TensorOptional(g.param("bias_ih", 8)),
                new org.bytedeco.pytorch.TensorOptional(g.param("bias_hh", 8)));
        g.out("h", next.get0());
        g.out("c", next.get1());
        g.end();

        g.begin("gru-cell", "GRUCell(3, 2)(x, h)");
        g.out("h", torch.gru_cell(
                g.in("x", 4, 3),
                g.in("h0", 4, 2),
                g.param("weight_ih", 6, 3),
                g.param("weight_hh", 6, 2),
                new org.bytedeco.pytorch.TensorOptional(g.param("bias_ih", 6)),
                new org.bytedeco.pytorch.TensorOptional(g.param("bias_hh", 6))));
        g.end();

        g.begin("rnn-cell", "RNNCell(3, 2)(x, h)");
        g.out("h", torch.rnn_tanh_cell(
                g.in("x", 4, 3),
                g.in("h0", 4, 2),
                g.param("weight_ih", 2, 3),
                g.param("weight_hh", 2, 2),
                new org.bytedeco.pytorch.TensorOptional(g.param("bias_ih", 2)),
                new org.bytedeco.pytorch.TensorOptional(g.param("bias_hh", 2))));
        g.end();
    }
}

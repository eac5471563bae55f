package bench;

import static bench.Task.Rule.ADAM;
import static bench.Task.Rule.ADAMW;
import static bench.Task.Rule.NONE;
import static bench.Task.Rule.SGD;

import bench.Task.Cnn;
import bench.Task.Conv;
import bench.Task.Conv.Pass;
import bench.Task.Gemm;
import bench.Task.Mlp;
import bench.Task.ResNet;
import bench.Task.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A row of the table: what is computed, which group it belongs to, and how many times faster than the best
/// peer it shall be.
///
/// @param targets a peer's name, or `best`, and the ratio; or `seconds` and the most that it may take
record Workload(String name, Group group, Task task, List<Target> targets) {
    enum Group {
        MACHINE("What the machine can do"),
        TRAINING("Training, a step"),
        INFERENCE("Inference, a batch"),
        PRODUCT("Matrix products"),
        CONVOLUTION("Convolutions, the shapes of ResNet-50"),
        OPERATION("Operations"),
        SCALAR("Without the Vector API: the scalar fallback beside the vector kernels"),
        START("Start");

        final String title;

        Group(String title) {
            this.title = title;
        }
    }

    record Target(String peer, double ratio) {}

    static final List<Workload> ALL = all();

    static Workload named(String name) {
        return ALL.stream()
                .filter(w -> w.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload is called '" + name + "'\n  there are: "
                        + String.join(", ", ALL.stream().map(Workload::name).toList())));
    }

    private static Workload of(String name, Group group, Task task, Object... targets) {
        List<Target> list = new ArrayList<>();
        for (int i = 0; i < targets.length; i += 2) {
            list.add(new Target((String) targets[i], ((Number) targets[i + 1]).doubleValue()));
        }
        return new Workload(name, group, task, list);
    }

    private static Mlp mlp(int batch, Task.Rule rule, double rate, int... sizes) {
        return new Mlp(sizes, false, batch, rule, rate);
    }

    private static Task gpt(int batch, Task.Rule rule, double rate) {
        return new Task.Gpt(batch, 64, 4, 4, 128, 65, rule, rate);
    }

    private static Task lstm(int batch, Task.Rule rule, double rate) {
        return new Task.Lstm(128, 128, 64, batch, rule, rate);
    }

    private static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        all.add(of("peak", Group.MACHINE, new Task.Peak()));
        all.add(of("triad", Group.MACHINE, new Task.Triad(1 << 24)));
        int[] nielsen = {784, 30, 10};
        all.addAll(Arrays.asList(
                of("tiny", Group.TRAINING, mlp(16, SGD, 0.01, 4, 16, 3), "Smile", 2, "Libtorch", 20),
                of("online", Group.TRAINING, new Mlp(nielsen, true, 1, SGD, 0.01), "Smile", 2),
                of("nielsen", Group.TRAINING, new Mlp(nielsen, true, 10, SGD, 0.01), "best", 5),
                of("mlp", Group.TRAINING, mlp(128, SGD, 0.01, 784, 256, 128, 10), "best", 1.5),
                of("mlp-adam", Group.TRAINING, mlp(128, ADAM, 1e-4, 784, 256, 128, 10), "best", 2),
                of("wide", Group.TRAINING, mlp(256, ADAM, 1e-4, 784, 1024, 1024, 10), "best", 1.3),
                of("cnn", Group.TRAINING, new Cnn(64, ADAM, 1e-4), "best", 1.5),
                of("resnet", Group.TRAINING, new ResNet(64, SGD, 0.01), "best", 1.2),
                of("gpt", Group.TRAINING, gpt(12, ADAMW, 1e-4), "best", 1.3),
                of("lstm", Group.TRAINING, lstm(32, ADAM, 1e-4), "best", 1.5)));
        for (int batch : new int[] {1, 256}) {
            Object[] target = {"best", 1};
            all.add(of("tiny-infer-" + batch, Group.INFERENCE, mlp(batch, NONE, 0, 4, 16, 3)));
            all.add(of("nielsen-infer-" + batch, Group.INFERENCE, new Mlp(nielsen, true, batch, NONE, 0)));
            all.add(of("mlp-infer-" + batch, Group.INFERENCE, mlp(batch, NONE, 0, 784, 256, 128, 10), target));
            all.add(of("cnn-infer-" + batch, Group.INFERENCE, new Cnn(batch, NONE, 0), batch == 1 ? target : new Object[0]));
            all.add(of("wide-infer-" + batch, Group.INFERENCE, mlp(batch, NONE, 0, 784, 1024, 1024, 10)));
            all.add(of("resnet-infer-" + batch, Group.INFERENCE, new ResNet(batch, NONE, 0)));
            all.add(of("gpt-infer-" + batch, Group.INFERENCE, gpt(batch, NONE, 0)));
            all.add(of("lstm-infer-" + batch, Group.INFERENCE, lstm(batch, NONE, 0)));
        }
        for (int n : new int[] {256, 512, 1024}) {
            all.add(of("gemm-" + n, Group.PRODUCT, new Gemm(n, n, n, false, false), "best", 1));
        }
        for (int[] s : new int[][] {{128, 256, 784}, {128, 128, 256}, {128, 10, 128}, {256, 1024, 1024}, {10, 30, 784},
            {1, 256, 784}, {768, 512, 128}, {768, 65, 128}}) {
            all.add(of("gemm-" + s[0] + "x" + s[1] + "x" + s[2], Group.PRODUCT, new Gemm(s[0], s[1], s[2], false, true), "best", 1));
        }
        for (int[] s : new int[][] {{256, 784, 128}, {1024, 1024, 256}, {30, 784, 10}}) {
            all.add(of("gemm-" + s[0] + "x" + s[1] + "x" + s[2] + "-weight", Group.PRODUCT,
                    new Gemm(s[0], s[1], s[2], true, false), "best", 1));
        }
        int[][] shapes = {{3, 224, 64, 7, 2, 3}, {64, 56, 64, 1, 1, 0}, {64, 56, 64, 3, 1, 1}, {64, 56, 256, 1, 1, 0},
            {256, 56, 128, 1, 1, 0}, {128, 56, 128, 3, 2, 1}, {128, 28, 128, 3, 1, 1}, {256, 28, 256, 3, 2, 1},
            {256, 14, 256, 3, 1, 1}, {512, 7, 512, 3, 1, 1}, {512, 7, 2048, 1, 1, 0}};
        for (int[] s : shapes) {
            for (Pass pass : Pass.values()) {
                String name = "conv-" + s[0] + "-" + s[2] + "-" + s[1] + "-k" + s[3] + "s" + s[4];
                all.add(of(pass == Pass.FORWARD ? name : name + "-gradients", Group.CONVOLUTION,
                        new Conv(4, s[0], s[1], s[2], s[3], s[4], s[5], pass)));
            }
        }
        for (String operation : new String[] {"add", "relu", "exp", "tanh", "gelu", "softmax", "layernorm"}) {
            boolean rows = operation.equals("softmax") || operation.equals("layernorm");
            all.add(of(operation, Group.OPERATION, new Rows(operation, 1024, rows ? 1024 : 4096, false)));
        }
        all.add(of("softmax-gradient", Group.OPERATION, new Rows("softmax", 1024, 1024, true)));
        all.add(of("layernorm-gradient", Group.OPERATION, new Rows("layernorm", 1024, 1024, true)));
        all.add(of("many", Group.INFERENCE, new Task.Many(mlp(1, NONE, 0, 784, 256, 128, 10), 64)));
        all.add(of("mlp-scalar", Group.SCALAR, mlp(128, SGD, 0.01, 784, 256, 128, 10)));
        all.add(of("gemm-512-scalar", Group.SCALAR, new Gemm(512, 512, 512, false, false)));
        all.add(of("gelu-scalar", Group.SCALAR, new Rows("gelu", 1024, 4096, false)));
        all.add(of("start", Group.START, new Task.Start(mlp(1, NONE, 0, 784, 256, 128, 10)), "seconds", 0.3));
        return List.copyOf(all);
    }
}

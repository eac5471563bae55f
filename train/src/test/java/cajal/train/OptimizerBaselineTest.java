package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.kernel.DType;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every optimiser against reference trajectories: a network of 13 parameters, 1,001 steps.
class OptimizerBaselineTest {
    private static final double[] X = {.1, .2, .3, .4, .5, .6};

    /// One line of the reference: the loss and the parameters after step `iteration + 1`.
    private record Row(int iteration, double loss, double[] weights) {}

    @ParameterizedTest
    @CsvSource({
        "SGD, F64, 1e-9",
        "SGD_with_momentum, F64, 1e-9",
        "SGD_with_weight_decay, F64, 1e-9",
        "SGD_with_weight_decay_and_momentum, F64, 1e-9",
        "Adam, F64, 1e-9",
        "Adagrad, F64, 1e-9",
        "RMSprop, F64, 1e-9",
        "SGD, F32, 5e-5",
        "SGD_with_momentum, F32, 5e-5",
        "SGD_with_weight_decay, F32, 5e-5",
        "SGD_with_weight_decay_and_momentum, F32, 5e-5",
        "Adam, F32, 5e-5",
        "Adagrad, F32, 5e-5",
        "RMSprop, F32, 5e-5"
    })
    void followsTheReferenceTrajectory(String name, DType dtype, double tolerance) throws IOException {
        Optional<Path> file = SharedData.file("data/optim-baseline/trajectories.csv");
        assumeTrue(file.isPresent(), "the reference trajectories are not on this machine");
        Map<String, List<Row>> rows = read(file.get());
        Map<String, Param> params = params(rows.get("init").getFirst().weights, dtype);
        Optimizer optimizer = optimizer(name);
        double worst = 0;
        int checked = 0;
        for (int i = 0; i <= 1000; i++) {
            params.values().forEach(Param::zeroGrad);
            loss(params, dtype).backward();
            optimizer.step(params);
            for (Row row : rows.get(name)) {
                if (row.iteration == i) {
                    worst = Math.max(worst, distance(row, params, dtype));
                    checked++;
                }
            }
        }
        assertThat(checked).as("rows compared").isEqualTo(11);
        assertThat(worst).isCloseTo(0, within(tolerance));
        assertThat(optimizer.steps()).isEqualTo(1001);
    }

    private static double distance(Row row, Map<String, Param> params, DType dtype) {
        double worst = Math.abs(loss(params, dtype).item() - row.loss);
        int k = 0;
        for (Param p : params.values()) {
            for (double value : p.toDoubles()) {
                worst = Math.max(worst, Math.abs(value - row.weights[k++]));
            }
        }
        return worst;
    }

    private static Optimizer optimizer(String name) {
        return switch (name) {
            case "SGD" -> new SGD(0.1);
            case "SGD_with_momentum" -> new SGD(0.1).momentum(0.9);
            case "SGD_with_weight_decay" -> new SGD(0.1).weightDecay(0.01);
            case "SGD_with_weight_decay_and_momentum" ->
                new SGD(0.1).momentum(0.9).weightDecay(0.01);
            case "Adam" -> new Adam(1);
            case "Adagrad" -> new Adagrad(1);
            case "RMSprop" -> new RMSprop(0.1);
            default -> throw new AssertionError(name);
        };
    }

    private static Tensor loss(Map<String, Param> p, DType dtype) {
        Tensor x = Tensor.ofDoubles(X, 3, 2).to(dtype);
        Tensor hidden = x.matmul(p.get("w0").t()).add(p.get("b0")).sigmoid(); // (3, 3)
        return hidden.matmul(p.get("w2").t()).add(p.get("b2")).sigmoid().sum();
    }

    private static Map<String, Param> params(double[] w, DType dtype) {
        Map<String, Param> params = new LinkedHashMap<>();
        params.put("w0", param("w0", w, 0, dtype, 3, 2));
        params.put("b0", param("b0", w, 6, dtype, 3));
        params.put("w2", param("w2", w, 9, dtype, 1, 3));
        params.put("b2", param("b2", w, 12, dtype, 1));
        return params;
    }

    private static Param param(String name, double[] all, int from, DType dtype, long... dims) {
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        double[] mine = java.util.Arrays.copyOfRange(all, from, from + n);
        return new Param(name, Tensor.ofDoubles(mine, dims).to(dtype));
    }

    /// The rows by optimiser, Adam in today's form only.
    private static Map<String, List<Row>> read(Path file) throws IOException {
        Map<String, List<Row>> rows = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",");
            if (cells[1].equals("today") || cells[1].equals("start")) {
                double[] weights = new double[13];
                for (int i = 0; i < 13; i++) {
                    weights[i] = Double.parseDouble(cells[4 + i]);
                }
                rows.computeIfAbsent(cells[0], _ -> new ArrayList<>())
                        .add(new Row(Integer.parseInt(cells[2]), Double.parseDouble(cells[3]), weights));
            }
        }
        return rows;
    }
}

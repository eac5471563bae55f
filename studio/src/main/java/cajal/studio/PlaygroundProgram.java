package cajal.studio;

import cajal.kernel.Shape;
import cajal.train.SavedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a playground does, as a program of one file, and what it came to, as a file of weights.
final class PlaygroundProgram {
    private PlaygroundProgram() {}

    /// A program that comes to the same weights, and prints the same loss.
    static String of(PlaygroundRun run) {
        Recipe r = run.recipe;
        boolean values = Problem.isRegression(r.problem());
        List<String> text = new ArrayList<>();
        text.add("// A playground of Cajal Studio as a program.");
        text.add("// Run it:  ./cajal run Playground.java");
        text.add("import module cajal;");
        text.add("");
        text.add("void main() {");
        data(text, run);
        text.add("");
        net(text, run, values);
        text.add("");
        training(text, run, values);
        text.add("");
        report(text, run, values);
        text.add("}");
        helpers(text, run);
        return String.join("\n", text) + "\n";
    }

    private static void data(List<String> text, PlaygroundRun run) {
        Recipe r = run.recipe;
        text.add("    var data = " + Problem.java(r, run.problem.all().classes()));
        if (run.problem.split().isPresent()) {
            text.add("    var parts = Split.of(data, " + r.test() + ", RandomKey.of(" + r.draw()
                    + ")); // the second part is never learnt from");
        }
    }

    private static String train(PlaygroundRun run) {
        return run.problem.split().isPresent() ? "parts.first()" : "data";
    }

    private static void net(List<String> text, PlaygroundRun run, boolean values) {
        Recipe r = run.recipe;
        String init = r.init().isEmpty() ? "" : ".init(Init.named(\"" + r.init() + "\"))";
        List<String> layers = new ArrayList<>();
        int in = 2;
        for (Recipe.Hidden h : r.hidden()) {
            layers.add("new Linear(" + in + ", " + h.neurons() + ")" + init + ", " + activation(h.activation())
                    + (h.dropout() > 0 ? ", new Dropout(" + h.dropout() + ")" : ""));
            in = h.neurons();
        }
        long outputs = values ? 1 : run.problem.all().classes().size();
        layers.add("new Linear(" + in + ", " + outputs + ")" + init);
        text.add("    var net = Sequential.of(");
        text.add("            " + String.join(",\n            ", layers) + ");");
        text.add("    net.init(" + r.seed() + ");");
        run.edits().stream().filter(e -> e.step() == 0).forEach(e -> text.add("    " + set(e)));
    }

    static String activation(String name) {
        if (name.contains(":")) {
            return "Activation.named(\"" + name + "\")";
        }
        return name.equals("prelu") ? "new PReLU()" : "Activation." + camel(name) + "()";
    }

    private static String camel(String name) {
        StringBuilder all = new StringBuilder();
        for (String word : name.toLowerCase(Locale.ROOT).split("-", -1)) {
            all.append(all.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return all.toString();
    }

    private static String optimizer(Recipe r) {
        String rate = "(" + r.rate() + ")";
        return switch (r.optimizer()) {
            case "sgd" -> "new SGD" + rate;
            case "momentum" -> "new SGD" + rate + ".momentum(0.9)";
            case "nesterov" -> "new SGD" + rate + ".momentum(0.9).nesterov()";
            case "adam" -> "new Adam" + rate;
            case "adamw" -> "new AdamW" + rate;
            case "rmsprop" -> "new RMSprop" + rate;
            default -> "Optimizer.named(\"" + r.optimizer() + "\", " + r.rate() + ")";
        };
    }

    private static void training(List<String> text, PlaygroundRun run, boolean values) {
        Recipe r = run.recipe;
        text.add("    var trainer = Trainer.of(net, " + r.lossChoice().java() + ", " + optimizer(r) + ")");
        text.add("            .seed(" + r.seed() + ")" + (r.batch() == 0 ? ".fullBatch()" : ".batch(" + r.batch() + ")")
                + ".epochs(" + (run.step() == 0 ? 0 : r.epochs()) + ")");
        if (!r.schedule().equals("constant")) {
            text.add("            .schedule(Schedule.of(\"" + r.schedule() + "\"))");
        }
        if (r.l1() + r.l2() > 0) {
            text.add("            .penalty(\"*.weight\", new Penalty(" + r.l1() + ", " + r.l2() + "))");
        }
        text.add("            .metrics(Metric." + (values ? "r2" : "accuracy") + "())");
        text.add("            .onStep((run, loss) -> {");
        run.edits().stream().filter(e -> e.step() > 0 && e.step() <= run.step()).forEach(e -> {
            text.add("                if (run.steps() == " + e.step() + ") { // a weight was set by hand here");
            text.add("                    " + set(e));
            text.add("                }");
        });
        text.add("                if (run.steps() == " + run.step() + ") { // where the playground stands");
        text.add("                    run.stop();");
        text.add("                }");
        text.add("            });");
        text.add("    trainer.fit(" + train(run) + ");");
    }

    private static String set(Edit e) {
        return "set(net, \"" + e.path() + "\", " + e.index() + ", " + e.value() + "f);";
    }

    private static void report(List<String> text, PlaygroundRun run, boolean values) {
        String score = values ? "r2" : "accuracy";
        text.add("    IO.println(\"steps     " + run.step() + "\");");
        text.add("    report(\"training\", trainer.evaluate(" + train(run) + "));");
        if (run.problem.split().isPresent()) {
            text.add("    report(\"testing\", trainer.evaluate(parts.second()));");
        }
        text.add("}");
        text.add("");
        text.add("void report(String what, Evaluation e) {");
        text.add("    IO.println(what + \"  loss \" + e.loss() + \"  " + score + " \" + e.metrics().get(\"" + score
                + "\"));");
    }

    private static void helpers(List<String> text, PlaygroundRun run) {
        if (run.edits().stream().anyMatch(e -> e.step() <= run.step())) {
            text.add("");
            text.add("void set(Block net, String path, int index, float value) {");
            text.add("    var weight = net.parameters().get(path);");
            text.add("    var values = weight.toFloats();");
            text.add("    values[index] = value;");
            text.add("    weight.set(Tensor.of(values, weight.shape().dims()));");
            text.add("}");
        }
        Recipe r = run.recipe;
        if (Problem.isOwn(r.problem())) {
            text.add("");
            text.add("/// Some columns of the points.");
            text.add("Tensor numbers(int... columns) {");
            text.add("    var rows = POINTS.lines().map(line -> line.split(\" \")).toList();");
            text.add("    var all = new float[rows.size()][columns.length];");
            text.add("    for (int i = 0; i < all.length; i++) {");
            text.add("        for (int j = 0; j < columns.length; j++) {");
            text.add("            all[i][j] = Float.parseFloat(rows.get(i)[columns[j]]);");
            text.add("        }");
            text.add("    }");
            text.add("    return Tensor.of(all);");
            text.add("}");
            text.add("");
            text.add("// x, y, " + (Problem.isRegression(r.problem()) ? "value" : "class"));
            text.add("static final String POINTS = \"\"\"");
            OwnPoints.rows(r.points(), Problem.isRegression(r.problem())).forEach(row -> text.add("        " + row));
            text.add("        \"\"\";");
        }
    }

    /// The trained network as `cajal predict` reads it: parameters by path, and what the network is made of.
    static byte[] weights(PlaygroundRun run) {
        try {
            Path file = Files.createTempFile("cajal-playground", ".safetensors");
            try {
                new SavedModel(run.net, Shape.of(2), run.problem.all().classes(), Map.of(), Map.of()).write(file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// Draws the figures of the guide as SVG files: every curve, path, surface and activation in them is computed by the library.
// Run it:  ./cajal run docs/guide/figures/Draw.java [FOLDER]
import module cajal;

static final String PAPER = "#fbf7ee", INK = "#2b2a33", FAINT = "#8d8778", GRID = "#e3dbc9";
static final String BLUE = "#2468b0", RED = "#cf4a3c", GREEN = "#2f8a64", GOLD = "#c98a12";
static final int LEVELS = 7; // shades on each side of a picture's palette

void main(String[] args) throws IOException {
    var folder = Path.of(args.length > 0 ? args[0] : "docs/guide/figures");
    var reader = new Reader();
    var figures = new LinkedHashMap<String, Svg>();
    figures.put("layers", layers());
    figures.put("xor", xor());
    figures.put("seven", seven(reader));
    figures.put("error", error(reader));
    figures.put("weights", weights(reader));
    figures.put("activations", activations());
    figures.put("regimes", regimes());
    figures.put("optimizers", optimizers());
    for (var figure : figures.entrySet()) {
        Files.writeString(folder.resolve(figure.getKey() + ".svg"), figure.getValue().toString());
        IO.println(figure.getKey() + ".svg");
    }
}

// ---- the network that reads digits, before and after training

final class Reader {
    final Block net = Sequential.of(new Flatten(), new Linear(784, 32), Tensor::relu, new Linear(32, 10));
    final Tensor before;
    final Tensor seven; // (1, 1, 28, 28)

    Reader() {
        var digits = Digits.handwriting(6_000, 200, 42);
        net.init(42);
        before = net.parameters().get("1.weight").copy();
        Trainer.of(net, Loss.crossEntropy(), new Adam(3e-3)).seed(42).batch(64).epochs(3).fit(digits.train());
        var all = digits.test().all();
        long[] right = all.targets().toLongs();
        long[] said = net.apply(all.inputs()).detach().argmax(1).toLongs();
        int at = 0; // the first seven that is read rightly and ends above the last row of pixels
        while (right[at] != 7 || said[at] != 7 || all.inputs().at(at).select(1, 27).sum().item() > 0) {
            at++;
        }
        seven = all.inputs().slice(0, at, at + 1);
    }
}

// ---- 01: layers

Svg layers() {
    var svg = new Svg(880, 400);
    var net = Sequential.of(new Linear(4, 7), Tensor::relu, new Linear(7, 5), Tensor::relu, new Linear(5, 3));
    net.init(7);
    int[] sizes = {4, 7, 5, 3};
    String[] titles = {"input layer", "hidden layer 1", "hidden layer 2", "output layer"};
    String[] notes = {"4 measurements", "7 neurons", "5 neurons", "one neuron a class"};
    String[] matrices = {"0.weight", "2.weight", "4.weight"};
    for (int k = 0; k < 3; k++) {
        var w = net.parameters().get(matrices[k]);
        double most = w.abs().max().item();
        for (int i = 0; i < sizes[k + 1]; i++) {
            for (int j = 0; j < sizes[k]; j++) {
                double v = w.get(i, j) / most;
                svg.line(110 + 220 * k, row(j, sizes[k]), 330 + 220 * k, row(i, sizes[k + 1]), v < 0 ? RED : BLUE, 0.3 + 2.6 * Math.abs(v));
            }
        }
    }
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < sizes[k]; i++) {
            svg.circle(110 + 220 * k, row(i, sizes[k]), 14, k == 0 ? PAPER : k == 3 ? GOLD : INK, INK);
        }
        svg.text(110 + 220 * k, 356, 15, INK, "middle", titles[k]);
        svg.text(110 + 220 * k, 376, 13, FAINT, "middle", notes[k]);
    }
    return svg;
}

double row(int i, int n) {
    return 180 + (i - (n - 1) / 2.0) * 46;
}

// ---- 01: what a hidden layer is good for

Svg xor() {
    var svg = new Svg(880, 330);
    var data = Toys.xor(160, 0.28, 3);
    var straight = Sequential.of(new Linear(2, 2));
    var bent = Sequential.of(new Linear(2, 8), Tensor::tanh, new Linear(8, 2));
    bent.init(5);
    surface(svg, 310, "8 hidden, not trained", bent, data);
    Trainer.of(straight, Loss.crossEntropy(), new Adam(0.05)).seed(5).fullBatch().epochs(150).fit(data);
    Trainer.of(bent, Loss.crossEntropy(), new Adam(0.05)).seed(5).fullBatch().epochs(150).fit(data);
    surface(svg, 30, "no hidden layer, trained", straight, data);
    surface(svg, 590, "8 hidden, trained", bent, data);
    return svg;
}

void surface(Svg svg, double left, String title, Block net, Dataset data) {
    int n = 65;
    var axis = Tensor.linspace(-2, 2, n);
    var x = axis.unsqueeze(0).expand(n, n).reshape(n * n, 1);
    var y = axis.flip(0).unsqueeze(1).expand(n, n).reshape(n * n, 1);
    var p = net.apply(Tensor.concat(1, x, y)).detach().softmax(1).select(1, 1).reshape(n, n);
    svg.picture(p.mul(1.2).sub(0.6), left, 24, 260, true);
    var all = data.all();
    double right = net.apply(all.inputs()).detach().argmax(1).eq(all.targets()).to(DType.F32).mean().item();
    for (int i = 0; i < data.size(); i++) {
        double px = left + (all.inputs().get(i, 0) + 2) * 65;
        double py = 24 + (2 - all.inputs().get(i, 1)) * 65;
        if (px > left + 2 && px < left + 258 && py > 26 && py < 282) {
            svg.circle(px, py, 3.2, all.targets().get(i) > 0 ? BLUE : RED, PAPER);
        }
    }
    svg.text(left + 130, 306, 14, INK, "middle", title + ": " + Math.round(100 * right) + " % right");
}

// ---- 02: a seven goes through

Svg seven(Reader r) {
    var svg = new Svg(880, 330);
    var look = Inspection.forward(r.net, r.seven);
    svg.picture(r.seven.reshape(28, 28), 40, 50, 224, false);
    var fired = look.stages().get(2).output().reshape(8, 4);
    svg.arrow(286, 162, 330, 162, FAINT);
    svg.picture(fired.div(fired.max().item()), 350, 50, 112, false);
    svg.arrow(484, 162, 528, 162, FAINT);
    var p = look.output().softmax(-1);
    for (int i = 0; i < 10; i++) {
        double y = 60 + 21.6 * i;
        svg.text(560, y + 13, 14, INK, "middle", Integer.toString(i));
        svg.rect(578, y + 1, Math.max(0.6, 200 * p.get(0, i)), 15, i == 7 ? GOLD : BLUE);
        svg.text(584 + 200 * p.get(0, i), y + 13, 12, FAINT, "start", String.format(Locale.ROOT, "%.1f %%", 100 * p.get(0, i)));
    }
    long firing = look.stages().get(2).firing();
    svg.text(152, 302, 14, INK, "middle", "784 pixels go in");
    svg.text(406, 302, 14, INK, "middle", firing + " of 32 hidden neurons fire");
    svg.text(680, 302, 14, INK, "middle", "10 probabilities come out");
    return svg;
}

// ---- 03: the error flows back

Svg error(Reader r) {
    var svg = new Svg(880, 330);
    var seven = Tensor.indices(7);
    // One output too sure of itself is no lesson: a little less ink makes the network doubt, and the error visible.
    var look = Inspection.backward(r.net, r.seven.mul(0.5), out -> Loss.crossEntropy().of(out, seven));
    var pixels = look.stages().get(0).error().orElseThrow().reshape(28, 28);
    var hidden = look.stages().get(2).error().orElseThrow().reshape(8, 4);
    var scores = look.stages().get(3).error().orElseThrow();
    svg.picture(pixels.div(pixels.abs().max().item()), 40, 50, 224, true);
    svg.arrow(330, 162, 286, 162, FAINT);
    svg.picture(hidden.div(hidden.abs().max().item()), 350, 50, 112, true);
    svg.arrow(528, 162, 484, 162, FAINT);
    double most = scores.abs().max().item();
    for (int i = 0; i < 10; i++) {
        double y = 60 + 21.6 * i;
        double length = 110 * scores.get(0, i) / most;
        svg.text(560, y + 13, 14, INK, "middle", Integer.toString(i));
        svg.rect(Math.min(700, 700 + length), y + 1, Math.max(0.6, Math.abs(length)), 15, length < 0 ? RED : BLUE);
        svg.text(830, y + 13, 12, FAINT, "end", String.format(Locale.ROOT, "%+.3f", scores.get(0, i)).replace('-', '−'));
    }
    svg.line(700, 54, 700, 280, FAINT, 0.8);
    svg.text(152, 302, 14, INK, "middle", "d loss / d pixel");
    svg.text(406, 302, 14, INK, "middle", "d loss / d hidden neuron");
    svg.text(700, 302, 14, INK, "middle", "d loss / d score = p − right answer");
    return svg;
}

// ---- 04: what eight hidden neurons look for

Svg weights(Reader r) {
    var svg = new Svg(880, 310);
    var after = r.net.parameters().get("1.weight");
    var strongest = after.detach().sub(r.before).norm(1).topK(6, 0).indices();
    svg.text(28, 92, 14, INK, "start", "before");
    svg.text(28, 222, 14, INK, "start", "trained");
    for (int k = 0; k < 6; k++) {
        int neuron = (int) strongest.get(k);
        var old = r.before.at(neuron).reshape(28, 28);
        var now = after.detach().at(neuron).reshape(28, 28);
        svg.picture(old.div(old.abs().max().item()), 96 + 126 * k, 28, 112, true);
        svg.picture(now.div(now.abs().max().item()), 96 + 126 * k, 158, 112, true);
        svg.text(152 + 126 * k, 290, 12, FAINT, "middle", "neuron " + neuron);
    }
    return svg;
}

// ---- 05: activation functions and their slopes

Svg activations() {
    var svg = new Svg(880, 620);
    Map<String, UnaryOperator<Tensor>> family = new LinkedHashMap<>();
    family.put("ReLU", Tensor::relu);
    family.put("leaky ReLU (0.1)", x -> x.leakyRelu(0.1));
    family.put("ELU", Tensor::elu);
    family.put("softplus", Tensor::softplus);
    family.put("GELU", Tensor::gelu);
    family.put("SiLU", Tensor::silu);
    family.put("mish", Tensor::mish);
    family.put("hard swish", Tensor::hardSwish);
    family.put("sigmoid", Tensor::sigmoid);
    family.put("tanh", Tensor::tanh);
    family.put("softsign", Tensor::softsign);
    family.put("hard tanh", Tensor::hardTanh);
    int k = 0;
    for (var member : family.entrySet()) {
        double left = 36 + 208 * (k % 4);
        double top = 40 + 188 * (k++ / 4);
        var x = Tensor.linspace(-4, 4, 161).requireGrad();
        var y = member.getValue().apply(x);
        var slope = Grad.of(y.sum(), x).getFirst();
        DoubleUnaryOperator across = v -> left + (v + 4) * 23;
        DoubleUnaryOperator down = v -> top + (2.6 - v) * 33;
        svg.line(left, down.applyAsDouble(0), left + 184, down.applyAsDouble(0), GRID, 1.2);
        svg.line(across.applyAsDouble(0), top, across.applyAsDouble(0), top + 139, GRID, 1.2);
        svg.curve(slope, x, across, down, top, RED, "5 4");
        svg.curve(y.detach(), x, across, down, top, BLUE, "");
        svg.text(left + 92, top - 8, 14, INK, "middle", member.getKey());
    }
    svg.line(300, 600, 340, 600, BLUE, 2.4);
    svg.text(348, 605, 13, INK, "start", "the function, −4 to 4");
    svg.dashed(510, 600, 550, 600, RED);
    svg.text(558, 605, 13, INK, "start", "its derivative");
    return svg;
}

// ---- 06: three batch sizes on the way to the same minimum

Svg regimes() {
    var svg = new Svg(880, 350);
    var x = Tensor.uniform(RandomKey.of(1), -1, 2, 64, 1);
    var data = Dataset.of(x, x.mul(1.5).sub(0.5).add(Tensor.normal(RandomKey.of(2), 64, 1).mul(0.7)));
    regime(svg, 30, "all 64 samples a step", data, 64, 40);
    regime(svg, 310, "mini-batches of 8", data, 8, 5);
    regime(svg, 590, "one sample a step", data, 1, 1);
    return svg;
}

void regime(Svg svg, double left, String title, Dataset data, long batch, int epochs) {
    var net = new Linear(1, 1);
    net.load(Map.of("weight", Tensor.of(new float[][] {{-1.1f}}), "bias", Tensor.of(1.4f)));
    var optimizer = new SGD(0.12);
    var batches = Batches.shuffled(data, batch, RandomKey.of(4));
    var path = new ArrayList<double[]>();
    for (int epoch = 0; epoch < epochs; epoch++) {
        for (long i = 0; i < batches.count(); i++) {
            path.add(new double[] {net.parameters().get("weight").item(), net.parameters().get("bias").item()});
            net.parameters().values().forEach(Tensor::zeroGrad);
            Loss.mse().of(net.apply(batches.at(epoch, i).inputs()), batches.at(epoch, i).targets()).backward();
            optimizer.step(net.parameters());
        }
    }
    path.add(new double[] {net.parameters().get("weight").item(), net.parameters().get("bias").item()});
    var all = data.all();
    UnaryOperator<Tensor> loss = p -> all.inputs().mul(p.select(0, 0)).add(p.select(0, 1)).sub(all.targets()).square().mean();
    svg.valley(loss, path, left, 24, 260, 270, -1.6, 3.0, -1.9, 2.1, GREEN);
    svg.text(left + 130, 316, 14, INK, "middle", title);
    svg.text(left + 130, 335, 12, FAINT, "middle", (path.size() - 1) + " updates, " + epochs * data.size() + " samples seen");
}

// ---- 06: update rules in a ravine

Svg optimizers() {
    var svg = new Svg(880, 470);
    ravine(svg, 30, 20, "gradient descent", new SGD(0.09));
    ravine(svg, 450, 20, "with momentum 0.9", new SGD(0.02).momentum(0.9));
    ravine(svg, 30, 242, "RMSprop", new RMSprop(0.12));
    ravine(svg, 450, 242, "Adam", new Adam(0.3));
    return svg;
}

void ravine(Svg svg, double left, double top, String title, Optimizer optimizer) {
    UnaryOperator<Tensor> f = p -> p.square().mul(Tensor.of(0.1f, 10)).sum();
    var p = new Param("p", Tensor.of(-4.2f, 0.8f));
    var path = new ArrayList<double[]>();
    for (int step = 0; step <= 50; step++) {
        path.add(p.toDoubles());
        p.zeroGrad();
        f.apply(p).backward();
        optimizer.step(Map.of("p", p));
    }
    double end = f.apply(Tensor.of((float) path.getLast()[0], (float) path.getLast()[1])).item();
    svg.valley(f, path, left, top, 400, 180, -4.8, 2.4, -1.1, 1.1, BLUE);
    svg.text(left + 200, top + 200, 14, INK, "middle", title + String.format(Locale.ROOT, ": f = %.3f after 50 steps", end));
}

// ---- the pen

static final class Svg {
    private final StringBuilder body = new StringBuilder();
    private final int width, height;

    Svg(int width, int height) {
        this.width = width;
        this.height = height;
    }

    void add(String format, Object... values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] instanceof Double d ? number(d) : values[i];
        }
        body.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    static String number(double v) {
        long tenths = Math.round(v * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
    }

    void line(double x1, double y1, double x2, double y2, String colour, double width) {
        add("<path d='M%s %sL%s %s' stroke='%s' stroke-width='%s'/>", x1, y1, x2, y2, colour, width);
    }

    void dashed(double x1, double y1, double x2, double y2, String colour) {
        add("<path d='M%s %sL%s %s' stroke='%s' stroke-width='2' stroke-dasharray='5 4'/>", x1, y1, x2, y2, colour);
    }

    void arrow(double x1, double y1, double x2, double y2, String colour) {
        double back = x2 > x1 ? -9 : 9;
        line(x1, y1, x2, y2, colour, 2.0);
        add("<path d='M%s %sL%s %sL%s %s' fill='none' stroke='%s' stroke-width='2'/>", x2 + back, y2 - 6, x2, y2, x2 + back, y2 + 6, colour);
    }

    void rect(double x, double y, double w, double h, String colour) {
        add("<rect x='%s' y='%s' width='%s' height='%s' fill='%s'/>", x, y, w, h, colour);
    }

    void circle(double x, double y, double r, String fill, String edge) {
        add("<circle cx='%s' cy='%s' r='%s' fill='%s' stroke='%s' stroke-width='%s'/>", x, y, r, fill, edge, r > 5 ? 1.8 : 0.6);
    }

    void text(double x, double y, int size, String colour, String anchor, String text) {
        add("<text x='%s' y='%s' font-size='%s' fill='%s' text-anchor='%s'>%s</text>", x, y, size, colour, anchor, text);
    }

    /// A matrix as a picture: 0 is paper; 1 is ink, or if `signed` blue, and -1 red.
    void picture(Tensor values, double left, double top, double width, boolean signed) {
        long rows = values.dim(0);
        long columns = values.dim(1);
        double cell = width / columns;
        Map<Integer, StringBuilder> shades = new TreeMap<>();
        for (long i = 0; i < rows; i++) {
            for (long j = 0, end; j < columns; j = end) {
                int shade = shade(values.get(i, j));
                end = j + 1;
                while (end < columns && shade(values.get(i, end)) == shade) {
                    end++;
                }
                if (shade != 0) {
                    shades.computeIfAbsent(shade, _ -> new StringBuilder()).append("M" + j + " " + i + "h" + (end - j) + "v1h-" + (end - j) + "z");
                }
            }
        }
        rect(left, top, width, cell * rows, "#fffdf8");
        body.append("<g shape-rendering='crispEdges' transform='translate(" + number(left) + " " + number(top) + ") scale(" + cell + ")'>\n");
        shades.forEach((shade, d) -> add("<path fill='%s' d='%s'/>", mix(!signed ? INK : shade > 0 ? BLUE : RED, Math.abs(shade)), d));
        body.append("</g>\n");
        add("<rect x='%s' y='%s' width='%s' height='%s' fill='none' stroke='%s'/>", left, top, width, cell * rows, FAINT);
    }

    static int shade(double value) {
        return (int) Math.clamp(Math.round(value * LEVELS), -LEVELS, LEVELS);
    }

    /// A colour on paper, as thick as its shade.
    static String mix(String colour, int shade) {
        int c = Integer.parseInt(colour.substring(1), 16);
        int paper = 0xfffdf8;
        int mixed = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int from = paper >> shift & 255;
            mixed |= from + ((c >> shift & 255) - from) * shade / LEVELS << shift;
        }
        return String.format("#%06x", mixed);
    }

    /// The curve through `(x, y)`, where it lies within 139 below `top`.
    void curve(Tensor y, Tensor x, DoubleUnaryOperator across, DoubleUnaryOperator down, double top, String colour, String dashes) {
        var d = new StringBuilder();
        for (int i = 0; i < x.size(); i++) {
            double py = down.applyAsDouble(y.get(i));
            if (py >= top && py <= top + 139) {
                d.append(d.isEmpty() ? "M" : "L").append(number(across.applyAsDouble(x.get(i)))).append(' ').append(number(py));
            }
        }
        add("<path fill='none' stroke='%s' stroke-width='%s' stroke-dasharray='%s' stroke-linejoin='round' d='%s'/>", colour, 2.4, dashes.isEmpty() ? "none" : dashes, d);
    }

    /// A quadratic valley by its contour lines, and a path into it. The lines follow from the second
    /// derivatives: `f` grows by `c` where `(p - minimum)ᵀ H (p - minimum) / 2 = c`.
    void valley(UnaryOperator<Tensor> f, List<double[]> path, double left, double top, double width, double height,
            double x0, double x1, double y0, double y1, String colour) {
        var zero = Tensor.ofDoubles(new double[2], 2).requireGrad();
        var g = Grad.of(f.apply(zero.to(DType.F32)), List.of(zero), Grad.CREATE_GRAPH).getFirst();
        var h0 = Grad.of(g.select(0, 0), List.of(zero), Grad.KEEP_GRAPH).getFirst();
        var h1 = Grad.of(g.select(0, 1), List.of(zero)).getFirst();
        double a = h0.get(0), b = h0.get(1), d = h1.get(1), det = a * d - b * b;
        double mx = (b * g.get(1) - d * g.get(0)) / det;
        double my = (b * g.get(0) - a * g.get(1)) / det;
        double l11 = Math.sqrt(a), l21 = b / l11, l22 = Math.sqrt(d - l21 * l21); // H = L·Lᵀ
        add("<svg x='%s' y='%s' width='%s' height='%s'>", left, top, width, height);
        rect(0, 0, width, height, "#fffdf8");
        for (double c = 0.04; c < 60; c *= 2.2) {
            var line = new StringBuilder();
            for (int k = 0; k < 72; k++) {
                double v = Math.sqrt(2 * c) * StrictMath.sin(k * Math.PI / 36) / l22;
                double u = (Math.sqrt(2 * c) * StrictMath.cos(k * Math.PI / 36) - l21 * v) / l11;
                line.append(k == 0 ? "M" : "L").append(number((mx + u - x0) / (x1 - x0) * width)).append(' ').append(number((y1 - my - v) / (y1 - y0) * height));
            }
            add("<path fill='none' stroke='#cfc4ab' stroke-width='1' d='%sz'/>", line);
        }
        var steps = new StringBuilder();
        var dots = new StringBuilder();
        for (double[] p : path) {
            String at = number((p[0] - x0) / (x1 - x0) * width) + " " + number((y1 - p[1]) / (y1 - y0) * height);
            steps.append(steps.isEmpty() ? "M" : "L").append(at);
            dots.append("M").append(at).append("h0");
        }
        add("<path fill='none' stroke='%s' stroke-width='1.6' stroke-linejoin='round' d='%s'/>", colour, steps);
        add("<path fill='none' stroke='%s' stroke-width='5' stroke-linecap='round' d='%s'/>", colour, dots);
        double cx = (mx - x0) / (x1 - x0) * width, cy = (y1 - my) / (y1 - y0) * height;
        add("<path stroke='%s' stroke-width='2' d='M%s %sh12m-6 -6v12'/>", RED, cx - 6, cy);
        add("</svg>");
        add("<rect x='%s' y='%s' width='%s' height='%s' fill='none' stroke='%s'/>", left, top, width, height, FAINT);
    }

    @Override
    public String toString() {
        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + width + " " + height + "' width='" + width + "' height='" + height
                + "' font-family='system-ui, \"Segoe UI\", Helvetica, Arial, sans-serif'>\n<rect width='100%' height='100%' rx='10' fill='"
                + PAPER + "'/>\n" + body + "</svg>\n";
    }
}

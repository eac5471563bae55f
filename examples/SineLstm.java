// An LSTM learns to go on with a wave: from 24 points the next one, and from its own answers a whole period.
// Run it:  ./cajal run examples/SineLstm.java
import module cajal;

static final int SEEN = 24; // points that the net sees; a period has 20

// A wave of points t = from, from + 1, ...: a sine with a smaller, faster one on it.
static double wave(double t) {
    return 0.8 * Math.sin(2 * Math.PI * t / 20) + 0.2 * Math.sin(2 * Math.PI * t / 5);
}

void main() {
    int samples = 400;
    var inputs = new double[samples * SEEN];
    var targets = new double[samples];
    var random = RandomKey.of(3).generator();
    for (int i = 0; i < samples; i++) {
        double from = 20 * random.nextDouble(); // a sample may begin anywhere in the period
        for (int t = 0; t < SEEN; t++) {
            inputs[i * SEEN + t] = wave(from + t);
        }
        targets[i] = wave(from + SEEN);
    }
    var x = Tensor.ofDoubles(inputs, samples, SEEN, 1).to(DType.F32); // (samples, time, 1)
    var y = Tensor.ofDoubles(targets, samples, 1).to(DType.F32);

    var net = Sequential.of(new LSTM(1, 24), t -> t.select(1, SEEN - 1), new Linear(24, 1));
    var trainer = Trainer.of(net, Loss.mse(), new Adam(0.01)).seed(1).batch(25).epochs(40).schedule(Schedule.cosine());
    trainer.fit(Dataset.of(x, y));

    // It goes on alone: each answer becomes the last point that it sees.
    var seen = new double[SEEN + 20];
    for (int t = 0; t < SEEN; t++) {
        seen[t] = wave(t);
    }
    double worst = 0;
    for (int t = SEEN; t < seen.length; t++) {
        var last = Tensor.ofDoubles(Arrays.copyOfRange(seen, t - SEEN, t), 1, SEEN, 1).to(DType.F32);
        seen[t] = trainer.predict(last).item();
        worst = Math.max(worst, Math.abs(seen[t] - wave(t)));
        int at = (int) Math.round(30 + 25 * seen[t]);
        IO.println(" ".repeat(at) + "o   %.3f, right is %.3f".formatted(seen[t], wave(t)));
    }
    IO.println("largest error over a period of its own: %.4f".formatted(worst));
}

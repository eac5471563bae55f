// Tells whether a review is content, with an LSTM that reads it in both directions. The order of the words decides:
// what follows "but" counts, and "not" turns a word round, so that counting words is not enough.
// Run it:  ./cajal run examples/TextClassifier.java
import module cajal;

static final List<String> CLASSES = List.of("not content", "content");

final class Reader extends Part { // no layer, which is a function of one tensor: it needs the texts' lengths, too
    private final Embedding words;
    private final LSTM lstm = add("lstm", new LSTM(16, 16).bidirectional());
    private final Linear head = add("head", new Linear(32, 2));

    Reader(int vocabulary) {
        words = add("words", new Embedding(vocabulary, 16));
    }

    Tensor apply(Tensor x, Tensor lengths) { // (B, T), (B)
        return call(() -> {
            var last = lstm.run(words.apply(x), lengths).hidden(); // (2, B, 16): read forwards, and backwards
            return head.apply(Tensor.concat(1, last.at(0), last.at(1)));
        }, x);
    }
}

void main() {
    var texts = new ArrayList<String>();
    var labels = new long[900];
    var random = RandomKey.of(5).generator();
    for (int i = 0; i < labels.length; i++) {
        boolean good = random.nextBoolean();
        texts.add((random.nextBoolean() ? clause(random, random.nextBoolean()) + " but " : "") + clause(random, good));
        labels[i] = good ? 1 : 0;
    }
    var words = WordTokenizer.fit(texts, 1);
    var all = LabelledTexts.of(words, texts, labels, CLASSES, 13);
    var parts = Split.of(all, 0.2, RandomKey.of(1));

    var net = new Reader(words.size());
    Trainer.of(net, b -> Loss.crossEntropy().of(net.apply(b.inputs(), b.extra("lengths")), b.targets()), new Adam(5e-3))
            .seed(1).batch(32).epochs(12).fit(parts.first());
    var test = parts.second().all();
    var found = net.apply(test.inputs(), test.extra("lengths")).argmax(1);
    IO.println("accuracy on reviews it never saw: %.4f".formatted(found.eq(test.targets()).to(DType.F32).mean().item()));
    for (var review : List.of("the room was dirty but the view was not bad", "the food was great but the waiter was slow")) {
        var tokens = Tensor.indices(words.encode(review)).unsqueeze(0);
        var answer = net.apply(tokens, Tensor.indices(tokens.dim(1))).argmax(1);
        IO.println(review + ": " + CLASSES.get((int) answer.item()));
    }
}

// "the view was great", or the same said by its opposite: "the view was not bad".
String clause(java.util.random.RandomGenerator random, boolean good) {
    String[] what = {"room", "food", "view", "waiter", "music"}, yes = {"great", "lovely", "fine"}, no = {"bad", "dirty", "slow"};
    boolean turned = random.nextInt(3) == 0;
    return "the " + what[random.nextInt(5)] + " was " + (turned ? "not " : "") + (good != turned ? yes : no)[random.nextInt(3)];
}

// A small GPT learns to write, character by character, and then writes.
// Run it:  ./cajal run examples/CharacterGpt.java [TEXT.txt]
//
// The text that it brings along has a small grammar, so that one sees whether it was learned. A real text takes longer:
// ./cajal train TEXT.txt trains a larger net on it.
import module cajal;

void main(String[] args) throws IOException {
    var text = args.length > 0 ? Files.readString(Path.of(args[0])) : tale();
    var characters = CharacterTokenizer.fit(text);
    var tokens = Corpus.of(characters.encode(text));
    long cut = tokens.size() * 9 / 10; // the end is kept to measure on

    int block = 32, width = 32; // the characters that it sees at once; the numbers that stand for each
    var net = Sequential.of(
            new Embedding(characters.size(), width).init(Init.normal(0, 0.02)),
            new LearnedPositions(block, width),
            new TransformerEncoder(2, () -> new TransformerEncoderLayer(width, 4) // causal: no place sees what follows
                    .feedForward(4 * width).dropout(0).gelu().normFirst().causal()).norm(width),
            new Linear(width, characters.size()));

    int steps = 400, batch = 16;
    var trainer = Trainer.of(net, Loss.crossEntropy().eachPlace(), new AdamW(5e-3))
            .seed(1)
            .batch(batch)
            .clipNorm(1)
            .schedule(Schedule.of("warmup:20:cosine"));
    trainer.fit(TextWindows.random(tokens.part(0, cut), block, steps * batch)); // one epoch of as many windows
    var rest = TextWindows.inOrder(tokens.part(cut, tokens.size()), block);
    IO.println("loss on text it never saw: %.3f nats a character; a guess: %.3f".formatted(
            trainer.evaluate(rest).loss(), Math.log(characters.size())));

    var prompt = text.substring(0, 4);
    long[] more = new Generation(net, block).temperature(0.5).seed(1).after(characters.encode(prompt)).limit(300).toArray();
    IO.println("it writes: " + prompt + characters.decode(more));
}

// Sentences of a subject, a verb and an object.
String tale() {
    var random = RandomKey.of(7).generator();
    String[] who = {"the cat", "a dog", "the old man", "my sister"}, does = {"sees", "likes", "hears"};
    var text = new StringBuilder();
    while (text.length() < 20_000) {
        text.append(who[random.nextInt(4)]).append(' ').append(does[random.nextInt(3)]).append(' ')
                .append(who[random.nextInt(4)]).append(".\n");
    }
    return text.toString();
}

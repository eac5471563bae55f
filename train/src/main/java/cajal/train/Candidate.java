package cajal.train;

import cajal.train.HyperSearch.End;
import cajal.train.HyperSearch.Trial;
import cajal.train.HyperSearch.Values;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;

/// A combination of hyper-parameters while it is being tried.
final class Candidate {
    /// Complete ones first, then those that still run, then those that were given up, the longer-lived ones
    /// first; among equals the better score, then the earlier number; those without a score at the end.
    static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(Candidate::rank)
            .thenComparingInt(c -> c.end == End.DROPPED ? -c.epochs : 0)
            .thenComparingDouble(c -> c.higherIsBetter ? -c.score : c.score)
            .thenComparingInt(c -> c.number);

    private final int number;
    private final Values values;
    private Optional<Work> work = Optional.empty();
    private End end = End.INTERRUPTED; // until it is known
    private boolean running = true;
    private double score = Double.NaN;
    private boolean higherIsBetter;
    private int epochs;
    private String remark = "";

    /// What is done for a score.
    interface Work {
        /// Goes on until so many epochs are done; answers nothing if it was interrupted.
        Optional<Score> until(int epochs, String by);
    }

    /// How good it is so far.
    record Score(double value, boolean higherIsBetter, int epochs) {}

    Candidate(int number, Values values) {
        this.number = number;
        this.values = values;
    }

    private int rank() {
        if (Double.isNaN(score)) {
            return 3;
        }
        return switch (end) {
            case COMPLETE -> 0;
            case INTERRUPTED -> 1;
            case DROPPED -> 2;
            case FAILED -> 3;
        };
    }

    boolean isRunning() {
        return running;
    }

    /// Trains on; whatever goes wrong with it is its own end and nobody else's.
    void advance(Together together, Function<Values, Work> maker, String by, int until, boolean last) {
        try {
            Work mine = work.orElseGet(() -> maker.apply(values));
            work = Optional.of(mine);
            Optional<Score> now = mine.until(until, by);
            if (now.isEmpty()) {
                together.stop();
                return;
            }
            score = now.get().value;
            higherIsBetter = now.get().higherIsBetter;
            epochs = now.get().epochs;
            if (!Double.isFinite(score)) {
                fail("its " + by + " is " + score);
            } else if (last) {
                finish(End.COMPLETE);
            }
        } catch (RuntimeException e) {
            fail(String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()));
        }
    }

    private void fail(String why) {
        score = Double.NaN;
        remark = why;
        finish(End.FAILED);
    }

    void drop() {
        finish(End.DROPPED);
    }

    private void finish(End how) {
        end = how;
        running = false;
        work = Optional.empty(); // its network may go
    }

    Trial trial() {
        return new Trial(number, values, end, score, epochs, remark);
    }
}

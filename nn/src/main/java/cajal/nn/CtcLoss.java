package cajal.nn;

import cajal.kernel.IndexException;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.nn.Loss.Reduction;
import cajal.tensor.Tensor;
import java.util.Arrays;

/// Connectionist temporal classification: `-ln` of the probability of all ways to spread a text over more
/// time steps than it has letters, each letter repeated at will and blanks put in at will, between equal
/// letters at least one.
///
/// The forward recursion runs over the labels with blanks between and around them, `l'` of length `2·S +
/// 1`: `a_t(s) = ln(e^a_(t-1)(s) + e^a_(t-1)(s-1) + e^a_(t-1)(s-2)) + o_t(l'_s)`, the last term only where
/// `l'_s` is no blank and differs from `l'_(s-2)`. Made by [Loss#ctc()].
///
/// **Shapes** log probabilities `(T, B, C)`, labels `(B, S)` of an integer type, both lengths `(B)`: how
/// many of the time steps and of the labels of each sample count.
///
/// **Gradient** that of the recursion: minus the probability, given the text, of being at class `c` at time
/// `t`. It is the backward recursion of the paper, and exists in every order.
///
/// **Numerics** in logarithms throughout. A text that does not fit into its time steps loses infinitely
/// much (0 with [#zeroInfinity(boolean)]), with gradient 0. The mean is taken over the samples, each loss
/// being divided by the length of its text (at least 1) first, as in PyTorch.
///
/// **Source** Graves, Fernández, Gomez, Schmidhuber, "Connectionist temporal classification", 2006, section
/// 4.1.
///
/// Legend: `T` time, `B` batch, `C` classes, `S` labels.
///
/// @param blank the class that stands for no letter
/// @param zeroInfinity whether an infinite loss counts as 0
/// @param reduction how the samples' losses become one number
public record CtcLoss(int blank, boolean zeroInfinity, Reduction reduction) {
    /// The logarithm of what cannot be: far below all that can, and finite, so that its derivatives are.
    private static final double NEVER = -1e30;

    /// **Throws** [IllegalArgumentException] if the blank is negative.
    public CtcLoss {
        if (blank < 0) {
            throw new IllegalArgumentException("blank(" + blank + ")\n  rule: it is a class, counted from 0");
        }
    }

    /// The same loss with another class as the blank.
    public CtcLoss blank(int index) {
        return new CtcLoss(index, zeroInfinity, reduction);
    }

    /// The same loss in which a text that does not fit into its time steps counts nothing (or infinitely much).
    public CtcLoss zeroInfinity(boolean zero) {
        return new CtcLoss(blank, zero, reduction);
    }

    /// The same loss with another reduction.
    public CtcLoss reduction(Reduction reduction) {
        return new CtcLoss(blank, zeroInfinity, reduction);
    }

    /// The loss of a batch: one number, unless it was told [Reduction#NONE].
    ///
    /// @param logProbabilities `(T, B, C)`
    /// @param labels `(B, S)`; what stands behind the length of a text does not matter
    /// @param times how many time steps of each sample count, `(B)`
    /// @param lengths how many labels of each sample count, `(B)`
    ///
    /// **Throws** [ShapeException] if shapes or types do not fit, [IndexException] if a label is the blank
    /// or no class, or a length exceeds what there is.
    public Tensor of(Tensor logProbabilities, Tensor labels, Tensor times, Tensor lengths) {
        checkShapes(logProbabilities.shape(), labels, times, lengths);
        int samples = (int) labels.dim(0);
        int most = (int) labels.dim(1);
        long[] t = times.toLongs();
        long[] n = lengths.toLongs();
        long[] text = labels.toLongs();
        checkLengths("time", t, logProbabilities.dim(0));
        checkLengths("text", n, most);
        int states = 2 * most + 1;
        long[] path = new long[samples * states]; // l'
        double[] skip = new double[samples * states]; // 0 where two steps at once are allowed
        Arrays.fill(path, blank);
        Arrays.fill(skip, NEVER);
        for (int b = 0; b < samples; b++) {
            for (int s = 0; s < n[b]; s++) {
                long label = checked(text[b * most + s], b, s, logProbabilities.dim(2));
                int at = b * states + 2 * s + 1;
                path[at] = label;
                skip[at] = s > 0 && label != text[b * most + s - 1] ? 0 : NEVER;
            }
        }
        Tensor emitted = logProbabilities.gather(
                2, Tensor.ofLongs(path, 1, samples, states).expand(logProbabilities.dim(0), samples, states));
        Tensor allowed = Tensor.ofDoubles(skip, samples, states).to(logProbabilities.dtype());
        return reduced(ended(forward(emitted, allowed, t), n), n);
    }

    /// `a` after the last time step of each sample, `(B, 2·S + 1)`.
    private static Tensor forward(Tensor emitted, Tensor allowed, long[] times) {
        int samples = times.length;
        long states = emitted.dim(2);
        double[] start = new double[samples * (int) states];
        Arrays.fill(start, NEVER);
        for (int b = 0; b < samples; b++) {
            start[b * (int) states] = 0; // before the first step: a state that only the first two follow
        }
        Tensor a = Tensor.ofDoubles(start, samples, states).to(emitted.dtype());
        for (int step = 0; step < emitted.dim(0); step++) {
            Tensor before = a.pad(NEVER, new long[] {2, 0}); // (B, 2 + 2·S + 1)
            Tensor one = before.slice(1, 1, states + 1);
            Tensor two = before.slice(1, 0, states).add(allowed);
            Tensor next = sum(a, one, two).add(emitted.at(step));
            a = withinTime(next, a, times, step);
        }
        return a;
    }

    /// `ln(e^a + e^b + e^c)`
    private static Tensor sum(Tensor a, Tensor b, Tensor c) {
        Tensor most = a.detach().maximum(b.detach()).maximum(c.detach());
        return a.sub(most)
                .exp()
                .add(b.sub(most).exp())
                .add(c.sub(most).exp())
                .log()
                .add(most);
    }

    /// The next values of the samples that still run, the old ones of the others.
    private static Tensor withinTime(Tensor next, Tensor old, long[] times, int step) {
        boolean[] runs = new boolean[times.length];
        boolean all = true;
        for (int b = 0; b < runs.length; b++) {
            runs[b] = step < times[b];
            all &= runs[b];
        }
        return all ? next : Tensor.where(Tensor.of(runs).unsqueeze(1), next, old);
    }

    /// Minus the logarithm of the probability of having come to the last label or the blank behind it, `(B)`.
    private static Tensor ended(Tensor a, long[] lengths) {
        long[] last = new long[2 * lengths.length];
        double[] counts = new double[last.length];
        for (int b = 0; b < lengths.length; b++) {
            last[2 * b] = 2 * lengths[b];
            last[2 * b + 1] = Math.max(0, 2 * lengths[b] - 1);
            counts[2 * b + 1] = lengths[b] == 0 ? NEVER : 0; // an empty text has only the blank
        }
        Tensor ends = a.gather(1, Tensor.ofLongs(last, lengths.length, 2))
                .add(Tensor.ofDoubles(counts, lengths.length, 2).to(a.dtype()));
        return ends.logSumExp(1).neg();
    }

    private Tensor reduced(Tensor each, long[] lengths) {
        double infinity = zeroInfinity ? 0 : Double.POSITIVE_INFINITY;
        Tensor loss = Tensor.where(each.lt(-NEVER / 2), each, Tensor.scalar(infinity, each.dtype()));
        if (reduction != Reduction.MEAN) {
            return reduction.of(loss);
        }
        double[] letters =
                Arrays.stream(lengths).mapToDouble(n -> Math.max(1, n)).toArray();
        return loss.div(Tensor.ofDoubles(letters, letters.length).to(each.dtype()))
                .mean();
    }

    // ---- errors

    private static void checkShapes(Shape logs, Tensor labels, Tensor times, Tensor lengths) {
        boolean whole = !labels.dtype().isFloat()
                && !times.dtype().isFloat()
                && !lengths.dtype().isFloat();
        if (whole
                && logs.rank() == 3
                && labels.rank() == 2
                && labels.dim(0) == logs.dim(1)
                && times.shape().equals(Shape.of(logs.dim(1)))
                && lengths.shape().equals(times.shape())) {
            return;
        }
        throw new ShapeException("ctc got log probabilities " + logs + ", labels " + labels.shape() + " "
                + labels.dtype() + ", time lengths " + times.shape() + " " + times.dtype() + ", text lengths "
                + lengths.shape() + " " + lengths.dtype()
                + "\n  rule: (T, B, C), (B, S), (B) and (B), the last three of an integer type");
    }

    private static void checkLengths(String what, long[] lengths, long most) {
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] < 0 || lengths[b] > most) {
                throw new IndexException("ctc got the " + what + " length " + lengths[b] + " for sample " + b
                        + "\n  rule: it lies in 0 .. " + most);
            }
        }
    }

    private long checked(long label, int sample, int position, long classes) {
        if (label >= 0 && label < classes && label != blank) {
            return label;
        }
        throw new IndexException("ctc got label " + label + " (position " + position + " of sample " + sample + ")"
                + "\n  rule: labels are classes in 0 .. " + (classes - 1) + ", but not the blank " + blank);
    }
}

package cajal.train;

import cajal.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// A rule that weights must keep: after each step they are moved to where it holds.
///
/// **Source** Srebro and Shraibman, "Rank, trace-norm and max-norm", COLT 2005; Srivastava et al., "Dropout",
/// JMLR 15, 2014, section 5.1, for nets.
public sealed interface Constraint {
    /// The allowed weights for some weights, of the same shape.
    Tensor of(Tensor weights);

    /// The text from which [#of(String)] makes it again.
    String describe();

    /// No unit's incoming weights (a row: all axes but the first) are longer than `limit`; see [Tensor#norm].
    ///
    /// **Throws** [IllegalArgumentException] unless `limit` is a finite number above 0.
    static Constraint maxNorm(double limit) {
        return new MaxNorm(limit);
    }

    /// Each unit's incoming weights have length 1; rows of zeros stay.
    static Constraint unitNorm() {
        return new UnitNorm();
    }

    /// No weight is below 0.
    static Constraint nonNegative() {
        return new NonNegative();
    }

    /// The constraint of a text: `max-norm:LIMIT`, `unit-norm`, `non-negative`.
    ///
    /// **Throws** [IllegalArgumentException] for another one.
    static Constraint of(String text) {
        String[] words = text.strip().split(":", -1);
        try {
            if (words.length == 2 && words[0].equals("max-norm")) {
                return maxNorm(Double.parseDouble(words[1]));
            }
        } catch (NumberFormatException _) {
            throw Options.wrong("The constraint '" + text + "'", "the limit", words[1], "a number above 0", "");
        }
        return switch (text.strip()) {
            case "unit-norm" -> unitNorm();
            case "non-negative" -> nonNegative();
            default -> throw Names.unknown("constraint", text, List.of("max-norm:LIMIT", "unit-norm", "non-negative"));
        };
    }

    /// The lengths of the rows, ready to be broadcast; of the whole for a vector.
    private static Tensor lengths(Tensor w) {
        int first = w.rank() > 1 ? 1 : 0;
        return w.rank() == 0
                ? w.abs()
                : w.square().sumKeep(IntStream.range(first, w.rank()).toArray()).sqrt();
    }

    /// See [#maxNorm].
    ///
    /// @param limit the greatest length
    record MaxNorm(double limit) implements Constraint {
        /// Checks the limit.
        public MaxNorm {
            Options.positive("max-norm", "the limit", limit);
        }

        @Override
        public Tensor of(Tensor weights) {
            Tensor length = lengths(weights);
            Tensor factor = Tensor.where(
                    length.gt(limit),
                    length.add(1e-7).reciprocal().mul(limit),
                    Tensor.ones(length.dtype(), length.shape()));
            return weights.mul(factor);
        }

        @Override
        public String describe() {
            return "max-norm:" + limit;
        }
    }

    /// See [#unitNorm].
    record UnitNorm() implements Constraint {
        @Override
        public Tensor of(Tensor weights) {
            Tensor length = lengths(weights);
            return weights.div(length.maximum(Tensor.full(1e-12, length.dtype(), length.shape())));
        }

        @Override
        public String describe() {
            return "unit-norm";
        }
    }

    /// See [#nonNegative].
    record NonNegative() implements Constraint {
        @Override
        public Tensor of(Tensor weights) {
            return weights.relu();
        }

        @Override
        public String describe() {
            return "non-negative";
        }
    }
}

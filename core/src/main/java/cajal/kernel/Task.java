package cajal.kernel;

/// What a backend can be asked to do, as data; inputs and outputs are views, given beside it.
///
/// Axes are already brought to where a task expects them (by permuting views, which costs nothing), shapes are
/// already checked. Outputs hold arbitrary numbers before, unless a task accumulates; they never overlap inputs
/// unless they are the same elements ([Pointwise] only).
public interface Task {
    /// Evaluates a program for each element of the outputs, which are of one shape; inputs can be expanded to it.
    ///
    /// @param program what to compute
    record Pointwise(Program program) implements Task {}

    /// A task, after which a function of one argument takes each element of the first output to its value, in its
    /// place. A backend without a kernel for both runs one after the other.
    ///
    /// @param first the task
    /// @param then the function
    record Then(Task first, Pointwise then) implements Task {}

    /// A task that takes a gradient, which before goes back through a function: the first input becomes
    /// `slope(value, first input)`. The value is the last input, behind those of the task; meanwhile the first
    /// output, which has the first input's shape, holds the slope. A backend without a kernel for both runs one
    /// after the other.
    ///
    /// @param slope what the gradient becomes
    /// @param then the task, whose first output may lie where its first input does
    record Sloped(Pointwise slope, Task then) implements Task {}

    /// Reduces the axes along which the output has length 1 and the input has not.
    ///
    /// @param kind how two elements become one
    record Reduce(Reduction kind) implements Task {}

    /// The position (`I64`) of the first largest or smallest element along the last axis; the output lacks
    /// that axis. A NaN wins over every number.
    ///
    /// @param largest whether the largest is looked for
    record ArgReduce(boolean largest) implements Task {}

    /// `C = A·B`, or `C += A·B`, over the last two axes; the leading axes of all three agree.
    ///
    /// @param accumulate whether the product is added to what the output holds
    record MatMul(boolean accumulate) implements Task {}

    /// `y = x·Wᵀ + b` (inputs: `x (N, in)`, `W (out, in)`, `b (out)`; output `(N, out)`).
    record Affine() implements Task {}

    /// The gradients of [Affine] (inputs: that of `y`, `x` and, if the third one is wanted, `W`; outputs: those
    /// of `W`, `b` and `x`).
    record AffineGradient() implements Task {}

    /// `e^x_i / sum_j e^x_j` along the last axis, or its logarithm, each without overflow.
    ///
    /// @param log whether the logarithm is wanted
    record Softmax(boolean log) implements Task {}

    /// The gradient of [Softmax] (inputs: that of its result, then the result): `y·(g - sum(g·y))`, for the
    /// logarithm `g - e^y·sum(g)`.
    ///
    /// @param log as there
    record SoftmaxGradient(boolean log) implements Task {}

    /// `-sum_i ln softmax(x_i)_(t_i)` (inputs: scores `(N, C)`, class indices `(N)`; outputs: one number, and
    /// the logarithms of the softmax).
    ///
    /// @param mean whether the sum is divided by `N`
    record CrossEntropy(boolean mean) implements Task {}

    /// The gradient of [CrossEntropy] by the scores, `(softmax(x) - onehot(t))·g`, for the mean divided by
    /// `N` (inputs: the logarithms of the softmax, class indices, `g`).
    ///
    /// @param mean as there
    record CrossEntropyGradient(boolean mean) implements Task {}

    /// `y = (x - mean) / sqrt(variance + epsilon) · w + b` with one mean and one variance a group (inputs:
    /// `x` `(A, G, S)`, whose groups are `x[:, g, :]`, then, where wanted, `w` or `w` and `b`, of length
    /// `G` or `S`; outputs: `y`, the means `(G)`, the variances `(G)`).
    ///
    /// @param centred whether the mean is taken away; if not, it counts as 0
    /// @param epsilon what is added to the variance
    /// @param perGroup whether `w` and `b` hold a number a group, or a number a place within each run of a
    ///     group
    record Normalise(boolean centred, double epsilon, boolean perGroup) implements Task {}

    /// The gradients of [Normalise] (inputs: that of `y`, `x`, means, variances, and `w` where there is one;
    /// outputs: those of `x`, which may lie where the first input does, and, where there is a `w`, of `w` and `b`).
    ///
    /// @param centred as there
    /// @param epsilon as there
    /// @param perGroup as there
    record NormaliseGradient(boolean centred, double epsilon, boolean perGroup) implements Task {}
    /// Attention of many heads: see `cajal.tensor.Attention`. Inputs: queries `(..., Tq, H, D)`, keys `(...,
    /// Tk, G,
    /// D)`, values `(..., Tk, G, E)`, then a bias and factors of the weights, if there are any, both `(..., H,
    /// Tq,
    /// Tk)`; outputs: `(..., Tq, H, E)` and the logarithm of each row's sum, `(..., H, Tq)`.
    ///
    /// @param form how the weights come about
    record Attention(AttentionForm form) implements Task {}

    /// The gradients of [Attention] by queries, keys and values. Inputs: those of the attention, its two
    /// outputs, and
    /// the gradient of the first one.
    ///
    /// @param form how the weights come about
    record AttentionGradient(AttentionForm form) implements Task {}

    /// How the weights of an attention come about: `e^(scale·q·k + bias)`, divided by their sum, times the
    /// factors.
    ///
    /// @param scale what scores are multiplied with
    /// @param causal whether query `i` of `Tq` sees only the first `i + 1 + Tk - Tq` keys
    /// @param biased whether there is a bias
    /// @param factored whether there are factors, as dropout has them
    record AttentionForm(double scale, boolean causal, boolean biased, boolean factored) {
        /// The number of keys that a query sees.
        ///
        /// @param query the number of the query, from 0
        /// @param queries how many there are
        /// @param keys how many keys there are
        public int visible(int query, int queries, int keys) {
            return causal ? Math.clamp(query + 1L + keys - queries, 0, keys) : keys;
        }
    }

    /// A recurrent layer over all steps: see `cajal.tensor.Recurrence`. Inputs: what each gate gets from the
    /// input, `(B, T, G·H)`, weights `(G·H, H)` and bias `(G·H)` of the states, then first states `(B, H)`, of
    /// which an LSTM has two, and lengths `(B)`, if there are any. Outputs: the states `(B, T, H)`, for an LSTM
    /// the cells' too, and what the gradient needs of the gates, [Cell#kept] numbers a step and neuron.
    ///
    /// @param form what is computed
    record Recurrence(RecurrenceForm form) implements Task {}

    /// The gradients of [Recurrence]. Inputs: weights, first states and lengths as there, its outputs, the
    /// gradients of the states (for an LSTM the cells' too). Outputs: the gradients by what each gate gets from
    /// the input, for a GRU those by what it gets from the states, and those by the first states.
    ///
    /// @param form what is computed
    record RecurrenceGradient(RecurrenceForm form) implements Task {}

    /// What a recurrent layer computes.
    ///
    /// @param cell the rule of one step
    /// @param reverse whether the last step comes first
    /// @param started whether first states are given
    /// @param lengths whether sequences end early: beyond its length a sequence keeps its state
    record RecurrenceForm(Cell cell, boolean reverse, boolean started, boolean lengths) {
        /// The number of state tensors: an LSTM has two.
        public int states() {
            return cell == Cell.LSTM ? 2 : 1;
        }
    }

    /// The rule of one step of a recurrent layer; `x` and `u` are what a gate gets from input and states.
    enum Cell {
        /// `h = tanh(x + u)`
        TANH(1, 0),
        /// `h = max(x + u, 0)`
        RELU(1, 0),
        /// `c = f·c + i·g`, `h = o·tanh(c)`; gates in the order i, f, g, o.
        LSTM(4, 5),
        /// `n = tanh(x + r·u)`, `h = (1 - z)·n + z·h`; gates in the order r, z, n.
        GRU(3, 4);

        private final int gates;
        private final int kept;

        Cell(int gates, int kept) {
            this.gates = gates;
            this.kept = kept;
        }

        /// The number of gates.
        public int gates() {
            return gates;
        }

        /// How many numbers a step and neuron the gradient needs: the gates' values, for an LSTM also `tanh(c)`, for a
        /// GRU `u` of `n`.
        public int kept() {
            return kept;
        }
    }

    /// Running sums along the last axis.
    record Cumulate() implements Task {}

    /// `out[..., j] = in[..., index[..., j]]` along the last axis (inputs: values, `I64` or `I32` index).
    record Gather() implements Task {}

    /// `out[..., index[..., j]] += in[..., j]` along the last axis, on zeros, in order of `j` (inputs: values,
    /// index).
    record Scatter() implements Task {}

    /// `out[i, ...] = in[index[i], ...]` along the first axis, with a one-dimensional index (inputs: values,
    /// index).
    record Take() implements Task {}

    /// `out[index[i], ...] += in[i, ...]` along the first axis, on zeros, in order of `i` (inputs: values,
    /// index).
    record Put() implements Task {}

    /// Sorts along the last axis, stably, NaN as the largest (outputs: values, `I64` positions).
    ///
    /// @param descending whether the largest comes first
    record Sort(boolean descending) implements Task {}

    /// The largest element of each window over the last two axes, and where it lies in its plane: `i·width +
    /// j` (outputs: values, `I32` positions). The first of equals; a NaN wins over every number.
    ///
    /// @param rows the windows along the last axis but one
    /// @param columns the windows along the last axis
    record MaxPool(PoolWindow rows, PoolWindow columns) implements Task {}

    /// The sum over each window of the last two axes divided by the number of its elements, or by a constant.
    ///
    /// @param rows the windows along the last axis but one
    /// @param columns the windows along the last axis
    /// @param padded whether positions in the padding are counted among the elements
    /// @param constant what sums are divided by; 0 for the number of elements
    record AvgPool(PoolWindow rows, PoolWindow columns, boolean padded, int constant) implements Task {
        /// What the sum over window `(row, column)` of a plane `(h, w)` is divided by.
        int divisor(int row, int column, int h, int w) {
            if (constant != 0) {
                return constant;
            }
            return padded
                    ? rows.positions(row, h) * columns.positions(column, w)
                    : rows.elements(row, h) * columns.elements(column, w);
        }
    }

    /// The transpose of [AvgPool]: each element divided and added to all elements of its window.
    ///
    /// @param of what it is the transpose of
    record AvgSpread(AvgPool of) implements Task {}

    /// Fills the output with random numbers, element `i` in row-major order from counter `i` (input: the key,
    /// one `I64`).
    ///
    /// @param distribution how the numbers are distributed
    record Random(Distribution distribution) implements Task {}

    /// One of the three tensors that a convolution ties together, from the other two: `y[b, o, t] += x[b,
    /// c, p]·w[o, c, k]` wherever `p = t·stride + k·dilation - before` lies inside `x`, along each of the
    /// axes behind the first two, for `o` and `c` of one group.
    ///
    /// Inputs are `x, w` for the output, `y, w` for the input, `x, y` for the weight; a third one is a bias, to
    /// which the sums of each channel are added.
    ///
    /// @param wanted which of the three is computed
    /// @param stride how far the kernel moves from one output to the next, an axis each
    /// @param before how many zeros stand before the first element
    /// @param dilation how far the kernel's elements lie apart
    /// @param groups into how many groups both kinds of channels are cut
    record Convolution(Role wanted, long[] stride, long[] before, long[] dilation, long groups) implements Task {}

    /// What a tensor is to a convolution.
    enum Role {
        /// What the kernel moves over: `(B, C, S...)`.
        INPUT,
        /// The kernel: `(O, C / groups, K...)`.
        WEIGHT,
        /// The result: `(B, O, T...)`.
        OUTPUT
    }

    /// How two elements become one.
    enum Reduction {
        /// Their sum; of nothing: 0.
        SUM,
        /// Their product; of nothing: 1.
        PROD,
        /// The larger one; NaN wins; of nothing: -infinity.
        MAX,
        /// The smaller one; NaN wins; of nothing: infinity.
        MIN;

        /// The result for no element.
        public double neutral() {
            return switch (this) {
                case SUM -> 0;
                case PROD -> 1;
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
            };
        }

        /// The result for two.
        public double of(double a, double b) {
            return switch (this) {
                case SUM -> a + b;
                case PROD -> a * b;
                case MAX -> Math.max(a, b);
                case MIN -> Math.min(a, b);
            };
        }
    }

    /// How random numbers are distributed.
    enum Distribution {
        /// Evenly over [0, 1).
        UNIFORM,
        /// Standard normal: mean 0, variance 1.
        NORMAL
    }
}

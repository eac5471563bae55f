package bench;

import java.util.Arrays;

/// What is computed in a workload, as data: each peer builds it with its own means.
sealed interface Task {
    /// Floating-point operations of one step, as far as matrix products and convolutions need them; 0 where
    /// they are not what counts.
    default double flops() {
        return 0;
    }

    /// Bytes that one step must read and write in memory at least; 0 where they are not what counts.
    default double bytes() {
        return 0;
    }

    /// How weights are changed; `NONE` where the workload is inference.
    enum Rule {
        NONE,
        SGD,
        ADAM,
        ADAMW
    }

    /// Fully connected layers with an activation between them; softmax and cross entropy at the end.
    record Mlp(int[] sizes, boolean sigmoid, int batch, Rule rule, double rate) implements Task {
        boolean training() {
            return rule != Rule.NONE;
        }

        @Override
        public double flops() {
            double forward = 0;
            for (int i = 1; i < sizes.length; i++) {
                forward += 2.0 * batch * sizes[i - 1] * sizes[i];
            }
            return training() ? 3 * forward - 2.0 * batch * sizes[0] * sizes[1] : forward;
        }

        @Override
        public String toString() {
            return Arrays.toString(sizes).replaceAll("[\\[\\] ]", "").replace(',', '-') + (sigmoid ? ", sigmoid" : ", ReLU")
                    + ", batch " + batch + (training() ? ", " + rule : "");
        }
    }

    /// PyTorch's MNIST example: two convolutions, pooling, dropout, two linear layers.
    record Cnn(int batch, Rule rule, double rate) implements Task {
        boolean training() {
            return rule != Rule.NONE;
        }

        @Override
        public double flops() {
            double first = 2.0 * batch * 32 * 26 * 26 * 9;
            double rest = 2.0 * batch * (64.0 * 24 * 24 * 32 * 9 + 9216 * 128 + 128 * 10);
            return training() ? 2 * first + 3 * rest : first + rest;
        }

        @Override
        public String toString() {
            return "PyTorch's MNIST example, batch " + batch + (training() ? ", " + rule : "");
        }
    }

    /// ResNet-20 for pictures of 3 x 32 x 32.
    record ResNet(int batch, Rule rule, double rate) implements Task {
        boolean training() {
            return rule != Rule.NONE;
        }

        @Override
        public double flops() {
            double first = 2.0 * batch * 16 * 1024 * 27;
            double rest = 0;
            int in = 16;
            for (int stage = 0; stage < 3; stage++) {
                int out = 16 << stage;
                double places = batch * 1024.0 / (1 << 2 * stage);
                for (int block = 0; block < 3; block++) {
                    rest += 2 * places * 9 * out * (in + out) + (in == out ? 0 : 2 * places * in * out);
                    in = out;
                }
            }
            return training() ? 2 * first + 3 * rest : first + rest;
        }

        @Override
        public String toString() {
            return "ResNet-20, 3×32×32, batch " + batch + (training() ? ", " + rule : "");
        }
    }

    /// A transformer over characters: nanoGPT's configuration for a processor.
    record Gpt(int batch, int block, int layers, int heads, int width, int characters, Rule rule, double rate) implements Task {
        boolean training() {
            return rule != Rule.NONE;
        }

        @Override
        public double flops() {
            double places = (double) batch * block;
            double each = 12.0 * width * width + 2.0 * block * width;
            return (training() ? 3 : 1) * 2 * places * (layers * each + (double) width * characters);
        }

        @Override
        public String toString() {
            return layers + " layers, " + heads + " heads, width " + width + ", block " + block + ", batch " + batch + (training() ? ", AdamW" : "");
        }
    }

    /// A long short-term memory over a sequence, the last output into a linear layer with ten classes.
    record Lstm(int in, int hidden, int steps, int batch, Rule rule, double rate) implements Task {
        boolean training() {
            return rule != Rule.NONE;
        }

        @Override
        public double flops() {
            double forward = 2.0 * batch * steps * 4 * hidden * (in + hidden);
            return training() ? 3 * forward - 2.0 * batch * steps * 4 * hidden * in : forward;
        }

        @Override
        public String toString() {
            return in + " inputs, " + hidden + " hidden, " + steps + " steps, batch " + batch + (training() ? ", Adam" : "");
        }
    }

    /// A matrix product `(m, k)·(k, n)`; `across` of B means that it lies transposed in memory, as a linear layer's
    /// weight does, `across` of A likewise, as in the gradient of a weight.
    record Gemm(int m, int n, int k, boolean acrossA, boolean acrossB) implements Task {
        @Override
        public double flops() {
            return 2.0 * m * n * k;
        }

        @Override
        public String toString() {
            return m + "×" + k + (acrossA ? "ᵀ" : "") + " · " + k + "×" + n + (acrossB ? "ᵀ" : "");
        }
    }

    /// A convolution of `size` x `size` pictures and its two gradients.
    record Conv(int batch, int in, int size, int out, int kernel, int stride, int padding, Pass pass) implements Task {
        enum Pass {
            FORWARD,
            GRADIENTS
        }

        int outSize() {
            return (size + 2 * padding - kernel) / stride + 1;
        }

        @Override
        public double flops() {
            double forward = 2.0 * batch * out * outSize() * outSize() * in * kernel * kernel;
            return pass == Pass.FORWARD ? forward : 2 * forward;
        }

        @Override
        public String toString() {
            return in + " → " + out + " channels, " + size + "×" + size + ", kernel " + kernel + ", stride " + stride
                    + ", batch " + batch + (pass == Pass.FORWARD ? "" : ", both gradients");
        }
    }

    /// An operation on each element of a tensor, or each row of a matrix.
    record Rows(String operation, int rows, int columns, boolean backward) implements Task {
        @Override
        public double bytes() {
            double tensors = (operation.equals("add") ? 3 : 2) + (backward ? 3 : 0);
            return 4.0 * rows * columns * tensors;
        }

        @Override
        public String toString() {
            return operation + " of " + rows + "×" + columns + (backward ? " and its gradient" : "");
        }
    }

    /// From the start of a process to its first prediction.
    record Start(Mlp net) implements Task {
        @Override
        public String toString() {
            return "a process that predicts once with " + net;
        }
    }

    /// Many threads that predict with one network; a step is [#EACH] predictions of every thread.
    record Many(Mlp net, int threads) implements Task {
        static final int EACH = 20;

        @Override
        public double flops() {
            return threads * EACH * net.flops();
        }

        @Override
        public String toString() {
            return threads + " threads, each " + EACH + " times " + net;
        }
    }

    /// What the machine can do at most: fused multiply-adds in registers.
    record Peak() implements Task {
        static final double FLOPS = 4e9; // long beside the start of a thread

        @Override
        public double flops() {
            return FLOPS;
        }

        @Override
        public String toString() {
            return "multiply-adds that never leave the registers";
        }
    }

    /// What the machine can do at most: a[i] = b[i] + s·c[i] over arrays that fit no cache.
    record Triad(int length) implements Task {
        @Override
        public double bytes() {
            return 12.0 * length;
        }

        @Override
        public String toString() {
            return "a = b + s·c over three arrays of " + 4L * length / (1 << 20) + " MiB";
        }
    }
}

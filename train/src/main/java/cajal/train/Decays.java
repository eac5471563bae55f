package cajal.train;

import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Collectors;

/// Further schedules without a memory that fall (or rise) once.
final class Decays {
    private Decays() {}

    record Polynomial(double power, double min) implements Schedule {
        Polynomial {
            Options.positive("polynomial", "the power", power);
            Options.notNegative("polynomial", "the lowest rate", min);
        }

        @Override
        public double rate(double base, Position at) {
            double left = 1 - Math.min(1, (double) at.step() / at.totalSteps());
            return min + (base - min) * StrictMath.pow(left, power);
        }

        @Override
        public String describe() {
            return "polynomial:" + power + ":" + min;
        }
    }

    /// @param steps how long the line is; 0 for the whole run
    record Linear(double start, double end, long steps) implements Schedule {
        Linear {
            Options.positive("linear", "the factor at the start", start);
            Options.notNegative("linear", "the factor at the end", end);
            Options.atLeast("linear", "the number of steps", steps, 0);
        }

        @Override
        public double rate(double base, Position at) {
            double share = Math.min(1, (double) at.step() / (steps == 0 ? at.totalSteps() : steps));
            return base * (start + (end - start) * share);
        }

        @Override
        public String describe() {
            return "linear:" + start + ":" + end + ":" + steps;
        }
    }

    record MultiStep(double gamma, List<Long> epochs) implements Schedule {
        MultiStep {
            epochs = List.copyOf(epochs);
            Options.positive("multistep", "gamma", gamma);
            Options.atLeast("multistep", "the number of epochs named", epochs.size(), 1);
            for (int i = 0; i < epochs.size(); i++) {
                long least = i == 0 ? 1 : epochs.get(i - 1) + 1;
                Options.atLeast("multistep", "epoch " + i + " of " + epochs, epochs.get(i), least);
            }
        }

        @Override
        public double rate(double base, Position at) {
            long passed = epochs.stream().filter(e -> e <= at.epoch()).count();
            return base * StrictMath.pow(gamma, passed);
        }

        @Override
        public String describe() {
            return "multistep:" + gamma + ":"
                    + epochs.stream().map(String::valueOf).collect(Collectors.joining(":"));
        }
    }

    record InverseTime(double decay) implements Schedule {
        InverseTime {
            Options.notNegative("inverse-time", "the decay", decay);
        }

        @Override
        public double rate(double base, Position at) {
            return base / (1 + decay * at.step() / at.stepsPerEpoch());
        }

        @Override
        public String describe() {
            return "inverse-time:" + decay;
        }
    }

    /// @param width the model's width in the paper's formula; 0 for a rate that peaks at `base`
    record Noam(long steps, long width) implements Schedule {
        Noam {
            Options.atLeast("noam", "the number of steps of the rise", steps, 1);
            Options.atLeast("noam", "the model's width", width, 0);
        }

        @Override
        public double rate(double base, Position at) {
            double s = at.step() + 1.0;
            double shape = Math.min(s / steps, StrictMath.sqrt(steps / s));
            return base * shape / (width == 0 ? 1 : StrictMath.sqrt((double) width * steps));
        }

        @Override
        public String describe() {
            return "noam:" + steps + (width == 0 ? "" : ":" + width);
        }
    }

    record Factor(LongToDoubleFunction ofEpoch) implements Schedule {
        @Override
        public double rate(double base, Position at) {
            return base * ofEpoch.applyAsDouble(at.epoch());
        }
    }
}

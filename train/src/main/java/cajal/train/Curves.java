package cajal.train;

/// The schedules without a memory.
final class Curves {
    private Curves() {}

    record Constant() implements Schedule {
        @Override
        public double rate(double base, Position at) {
            return base;
        }

        @Override
        public String describe() {
            return "constant";
        }
    }

    record Step(long size, double gamma) implements Schedule {
        Step {
            Options.atLeast("step", "the number of epochs between two reductions", size, 1);
            Options.positive("step", "gamma", gamma);
        }

        @Override
        public double rate(double base, Position at) {
            long reductions = at.epoch() / size;
            return base * StrictMath.pow(gamma, reductions);
        }

        @Override
        public String describe() {
            return "step:" + size + ":" + gamma;
        }
    }

    record Exponential(double gamma) implements Schedule {
        Exponential {
            Options.positive("exponential", "gamma", gamma);
        }

        @Override
        public double rate(double base, Position at) {
            return base * StrictMath.pow(gamma, at.epoch());
        }

        @Override
        public String describe() {
            return "exponential:" + gamma;
        }
    }

    record Cosine(double min) implements Schedule {
        Cosine {
            Options.notNegative("cosine", "the lowest rate", min);
        }

        @Override
        public double rate(double base, Position at) {
            return anneal(base, min, Math.min(1, (double) at.step() / at.totalSteps()));
        }

        @Override
        public String describe() {
            return min == 0 ? "cosine" : "cosine:" + min;
        }
    }

    record OneCycle(double rise, double div, double finalDiv) implements Schedule {
        OneCycle {
            if (!(rise > 0 && rise < 1)) {
                throw Options.wrong(
                        "oneCycle", "the share of the steps in which the rate rises", rise, "above 0 and below 1", "");
            }
            Options.positive("oneCycle", "div", div);
            Options.positive("oneCycle", "finalDiv", finalDiv);
        }

        @Override
        public double rate(double base, Position at) {
            double first = base / div;
            double peak = rise * at.totalSteps() - 1; // the step, not always a whole one, at which the rate is highest
            double last = at.totalSteps() - 1;
            double step = Math.min(at.step(), last);
            if (step <= peak) {
                return anneal(first, base, peak == 0 ? 1 : step / peak);
            }
            return anneal(base, first / finalDiv, (step - peak) / (last - peak));
        }

        @Override
        public String describe() {
            return "onecycle:" + rise + ":" + div + ":" + finalDiv;
        }
    }

    /// Half a cosine wave from `start` at 0 to `end` at 1.
    static double anneal(double start, double end, double at) {
        return end + (start - end) / 2 * (1 + StrictMath.cos(Math.PI * at));
    }
}

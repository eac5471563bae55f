package cajal.train;

import java.util.Locale;

/// The schedules that rise and fall again and again.
final class Cycles {
    private Cycles() {}

    record Restarts(long first, long factor, double min) implements Schedule {
        Restarts {
            Options.atLeast("restarts", "the number of epochs before the first restart", first, 1);
            Options.atLeast("restarts", "the factor of the periods", factor, 1);
            Options.notNegative("restarts", "the lowest rate", min);
        }

        @Override
        public double rate(double base, Position at) {
            double epoch = (double) at.step() / at.stepsPerEpoch();
            double period = first;
            if (factor == 1) {
                epoch %= period;
            }
            while (epoch >= period) {
                epoch -= period;
                period *= factor;
            }
            return min + (base - min) / 2 * (1 + StrictMath.cos(Math.PI * epoch / period));
        }

        @Override
        public String describe() {
            return "restarts:" + first + ":" + factor + ":" + min;
        }
    }

    record Cyclic(long steps, double min, Schedule.Cycle kind, double gamma) implements Schedule {
        Cyclic {
            Options.atLeast("cyclic", "the number of steps up", steps, 1);
            Options.notNegative("cyclic", "the lowest rate", min);
            Options.positive("cyclic", "gamma", gamma);
        }

        @Override
        public double rate(double base, Position at) {
            long cycle = at.step() / (2 * steps);
            double along = (double) (at.step() % (2 * steps)) / steps; // 0 .. 2
            double height = 1 - Math.abs(along - 1);
            double scale = switch (kind) {
                case TRIANGULAR -> 1;
                case TRIANGULAR2 -> StrictMath.pow(0.5, cycle);
                case EXP_RANGE -> StrictMath.pow(gamma, at.step());
            };
            return min + (base - min) * height * scale;
        }

        @Override
        public String describe() {
            return "cyclic:" + steps + ":" + min + ":"
                    + kind.name().toLowerCase(Locale.ROOT).replace('_', '-')
                    + (kind == Schedule.Cycle.EXP_RANGE ? ":" + gamma : "");
        }
    }
}

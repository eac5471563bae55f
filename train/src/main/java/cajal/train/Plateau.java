package cajal.train;

import java.util.LinkedHashMap;
import java.util.Map;

/// The schedule that waits for a standstill: `rate = max(min, base·factorⁿ)` after `n` reductions, one
/// whenever the watched metric has not improved for more than `patience` epochs.
///
/// An improvement is a value that is better than the best one by more than `threshold·|best|`; NaN is none.
/// For `cooldown` epochs after a reduction nothing counts as a standstill. It hears of values through
/// [#observe] only.
///
/// PyTorch's `ReduceLROnPlateau` with its constants, in relative mode; there `best·(1 - threshold)` calls every
/// negative value an improvement, here it does not.
public final class Plateau implements Schedule {
    private double factor = 0.1;
    private long patience = 10;
    private double threshold = 1e-4;
    private long cooldown;
    private double min;

    private double best = Double.NaN; // NaN: nothing was observed
    private long standstill;
    private long resting;
    private long reductions;

    Plateau() {}

    /// What the rate is multiplied with; 0.1 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside (0, 1).
    public Plateau factor(double factor) {
        if (!(factor > 0 && factor < 1)) {
            throw Options.wrong("plateau", "the factor", factor, "above 0 and below 1, so that the rate falls", "");
        }
        this.factor = factor;
        return this;
    }

    /// How many epochs without an improvement are let pass; 10 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative.
    public Plateau patience(long epochs) {
        this.patience = Options.atLeast("plateau", "the patience in epochs", epochs, 0);
        return this;
    }

    /// How much better, relatively, counts as an improvement; 0.0001 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Plateau threshold(double threshold) {
        this.threshold = Options.notNegative("plateau", "the threshold", threshold);
        return this;
    }

    /// How many epochs after a reduction are not judged; 0 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative.
    public Plateau cooldown(long epochs) {
        this.cooldown = Options.atLeast("plateau", "the cooldown in epochs", epochs, 0);
        return this;
    }

    /// The rate below which it does not go; 0 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Plateau min(double rate) {
        this.min = Options.notNegative("plateau", "the lowest rate", rate);
        return this;
    }

    @Override
    public double rate(double base, Position at) {
        return Math.max(Math.min(base, min), base * StrictMath.pow(factor, reductions));
    }

    @Override
    public void observe(double value, boolean higherIsBetter) {
        double margin = threshold * Math.abs(best);
        boolean better = higherIsBetter ? value > best + margin : value < best - margin;
        if (better || Double.isNaN(best)) {
            best = value;
            standstill = 0;
        } else {
            standstill++;
        }
        if (resting > 0) {
            resting--;
            standstill = 0;
        }
        if (standstill > patience) {
            reductions++;
            resting = cooldown;
            standstill = 0;
        }
    }

    @Override
    public Map<String, Object> state() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("best", Double.toString(best));
        all.put("standstill", standstill);
        all.put("resting", resting);
        all.put("reductions", reductions);
        return all;
    }

    @Override
    public void load(Map<String, ?> state) {
        if (state.get("best") instanceof String b
                && state.get("standstill") instanceof Number s
                && state.get("resting") instanceof Number r
                && state.get("reductions") instanceof Number n
                && state.size() == 4) {
            best = Double.parseDouble(b);
            standstill = s.longValue();
            resting = r.longValue();
            reductions = n.longValue();
            return;
        }
        throw new IllegalArgumentException(
                "The saved memory of the schedule is " + state + "\n  rule: that of '" + describe() + "' has "
                        + state().keySet() + "; a run is continued with the schedule that it began with");
    }

    @Override
    public String describe() {
        return "plateau:" + factor + ":" + patience + ":" + threshold + ":" + cooldown + ":" + min;
    }
}

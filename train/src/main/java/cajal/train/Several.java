package cajal.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Schedules together: each on what the one before gives, or one after the other.
///
/// @param starts the step at which each begins; empty if all run all the time
record Several(List<Schedule> parts, List<Long> starts) implements Schedule {
    Several {
        parts = List.copyOf(parts);
        starts = List.copyOf(starts);
        Options.atLeast("schedules together", "their number", parts.size(), 1);
        for (int i = 0; i < starts.size(); i++) {
            Options.atLeast("a sequence", "start " + i, starts.get(i), i == 0 ? 0 : starts.get(i - 1) + 1);
        }
    }

    @Override
    public double rate(double base, Position at) {
        if (starts.isEmpty()) {
            double rate = base;
            for (Schedule part : parts) {
                rate = part.rate(rate, at);
            }
            return rate;
        }
        int i = starts.size() - 1;
        while (starts.get(i) > at.step()) {
            i--;
        }
        long end = i + 1 < starts.size() ? starts.get(i + 1) : Math.max(at.totalSteps(), starts.get(i) + 1);
        return parts.get(i)
                .rate(base, new Position(at.step() - starts.get(i), at.stepsPerEpoch(), end - starts.get(i)));
    }

    @Override
    public void observe(double value, boolean higherIsBetter) {
        parts.forEach(part -> part.observe(value, higherIsBetter));
    }

    /// The memories of all, each name behind the number of its schedule, as in `1.best`.
    @Override
    public Map<String, Object> state() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String prefix = i + ".";
            parts.get(i).state().forEach((name, value) -> all.put(prefix + name, value));
        }
        return all;
    }

    @Override
    public void load(Map<String, ?> state) {
        int taken = 0;
        for (int i = 0; i < parts.size(); i++) {
            String prefix = i + ".";
            Map<String, Object> own = new LinkedHashMap<>();
            state.forEach((name, value) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), value);
                }
            });
            parts.get(i).load(own);
            taken += own.size();
        }
        if (taken != state.size()) {
            throw new IllegalArgumentException("The saved memory of the schedule is " + state + "\n  rule: that of '"
                    + describe() + "' has " + state().keySet());
        }
    }

    @Override
    public String describe() {
        if (parts.stream().anyMatch(part -> part.describe().equals("custom"))) {
            return "custom";
        }
        if (starts.isEmpty()) {
            return parts.stream().map(Schedule::describe).collect(Collectors.joining("*"));
        }
        StringBuilder text = new StringBuilder(parts.getFirst().describe());
        for (int i = 1; i < parts.size(); i++) {
            text.append(';')
                    .append(starts.get(i))
                    .append('@')
                    .append(parts.get(i).describe());
        }
        return text.toString();
    }
}

package cajal.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The schedules by name, for command lines and files.
final class Schedules {
    private static final Map<String, Entry> NAMED = new LinkedHashMap<>();

    static {
        add("constant", "constant", 0, _ -> new Curves.Constant());
        add("step", "step:SIZE[:GAMMA], as in step:10:0.5", 2, w -> new Curves.Step(w.whole(0), w.real(1, 0.1)));
        add("exponential", "exponential:GAMMA, as in exponential:0.95", 1, w -> new Curves.Exponential(w.real(0)));
        add("cosine", "cosine[:MIN], as in cosine:1e-5", 1, w -> new Curves.Cosine(w.real(0, 0)));
        add(
                "swa",
                "swa:FROM:RATE[:EPOCHS[:SCHEDULE]], as in swa:15:0.005:5:cosine",
                Integer.MAX_VALUE,
                w -> new Settling(
                        w.whole(0), w.real(1), w.whole(2, 5), w.count() > 3 ? of(w.from(3)) : new Curves.Constant()));
        add(
                "warmup",
                "warmup:STEPS[:SCHEDULE], as in warmup:100:cosine",
                Integer.MAX_VALUE,
                w -> new Warmup(w.whole(0), w.count() > 1 ? of(w.from(1)) : new Curves.Constant()));
        add(
                "onecycle",
                "onecycle[:RISE[:DIV[:FINALDIV]]], as in onecycle:0.3",
                3,
                w -> new Curves.OneCycle(w.real(0, 0.3), w.real(1, 25), w.real(2, 1e4)));
        add(
                "polynomial",
                "polynomial[:POWER[:MIN]], as in polynomial:2",
                2,
                w -> new Decays.Polynomial(w.real(0, 1), w.real(1, 0)));
        add(
                "linear",
                "linear[:START[:END[:STEPS]]], as in linear:1:0",
                3,
                w -> new Decays.Linear(w.real(0, 1), w.real(1, 0), w.whole(2, 0)));
        add(
                "multistep",
                "multistep:GAMMA:EPOCH:..., as in multistep:0.1:30:80",
                Integer.MAX_VALUE,
                w -> new Decays.MultiStep(
                        w.real(0),
                        IntStream.range(1, Math.max(2, w.count()))
                                .mapToObj(w::whole)
                                .toList()));
        add("inverse-time", "inverse-time:DECAY, as in inverse-time:0.1", 1, w -> new Decays.InverseTime(w.real(0)));
        add("noam", "noam:STEPS[:WIDTH], as in noam:4000", 2, w -> new Decays.Noam(w.whole(0), w.whole(1, 0)));
        add(
                "restarts",
                "restarts:FIRST[:FACTOR[:MIN]], as in restarts:10:2",
                3,
                w -> new Cycles.Restarts(w.whole(0), w.whole(1, 1), w.real(2, 0)));
        add(
                "cyclic",
                "cyclic:STEPS[:MIN[:KIND[:GAMMA]]], as in cyclic:2000:1e-4:triangular2; the kinds are triangular,"
                        + " triangular2, exp-range",
                4,
                w -> new Cycles.Cyclic(w.whole(0), w.real(1, 0), w.cycle(2), w.count() > 3 ? w.real(3) : 1));
        add(
                "plateau",
                "plateau[:FACTOR[:PATIENCE[:THRESHOLD[:COOLDOWN[:MIN]]]]], as in plateau:0.5:3",
                5,
                w -> new Plateau()
                        .factor(w.real(0, 0.1))
                        .patience(w.whole(1, 10))
                        .threshold(w.real(2, 1e-4))
                        .cooldown(w.whole(3, 0))
                        .min(w.real(4, 0)));
    }

    /// @param form how it is written
    /// @param most how many constants it takes
    /// @param maker the schedule with the given constants
    private record Entry(String form, int most, Function<Words, Schedule> maker) {}

    private Schedules() {}

    private static void add(String name, String form, int most, Function<Words, Schedule> maker) {
        NAMED.put(name, new Entry(form, most, maker));
    }

    static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    static Schedule of(String text) {
        if (text.contains(";")) {
            return sequence(text);
        }
        if (text.contains("*")) {
            return new Several(
                    Arrays.stream(text.split("\\*", -1)).map(Schedules::of).toList(), List.of());
        }
        String[] parts = text.strip().split(":", -1);
        Entry entry = NAMED.get(parts[0].toLowerCase(Locale.ROOT));
        if (entry == null) {
            throw Names.unknown("schedule", parts[0], NAMED.keySet());
        }
        Words words = new Words(text, entry.form, List.of(parts).subList(1, parts.length));
        if (words.count() > entry.most) {
            throw words.wrong("there are " + words.count() + " constants");
        }
        return entry.maker.apply(words);
    }

    private static Schedule sequence(String text) {
        List<Schedule> parts = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        for (String piece : text.split(";", -1)) {
            int at = piece.indexOf('@');
            String start = at < 0 ? "" : piece.substring(0, at).strip();
            if (parts.isEmpty() ? at >= 0 : !start.matches("\\d{1,18}")) {
                throw new IllegalArgumentException("The schedule '" + text + "' cannot be read: '" + piece.strip() + "'"
                        + "\n  rule: a sequence is written SCHEDULE;STEP@SCHEDULE, as in linear:0.1:1:100;100@cosine");
            }
            starts.add(parts.isEmpty() ? 0L : Long.parseLong(start));
            parts.add(of(piece.substring(at + 1)));
        }
        return new Several(parts, starts);
    }

    /// The constants of a schedule as text.
    private record Words(String text, String form, List<String> words) {
        int count() {
            return words.size();
        }

        /// The words from the `start`-th on, as text.
        String from(int start) {
            return String.join(":", words.subList(start, words.size()));
        }

        double real(int i, double otherwise) {
            return i < words.size() ? real(i) : otherwise;
        }

        long whole(int i, long otherwise) {
            return i < words.size() ? whole(i) : otherwise;
        }

        double real(int i) {
            try {
                return Double.parseDouble(word(i));
            } catch (NumberFormatException _) {
                throw wrong("'" + word(i) + "' is no number");
            }
        }

        long whole(int i) {
            try {
                return Long.parseLong(word(i));
            } catch (NumberFormatException _) {
                throw wrong("'" + word(i) + "' is no whole number");
            }
        }

        Schedule.Cycle cycle(int i) {
            if (i >= words.size()) {
                return Schedule.Cycle.TRIANGULAR;
            }
            try {
                return Schedule.Cycle.valueOf(word(i).toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException _) {
                throw wrong("'" + word(i) + "' is no kind of cycle");
            }
        }

        private String word(int i) {
            if (i >= words.size()) {
                throw wrong("a constant is missing");
            }
            return words.get(i).strip();
        }

        IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException(
                    "The schedule '" + text + "' cannot be read: " + what + "\n  rule: it is written " + form);
        }
    }
}

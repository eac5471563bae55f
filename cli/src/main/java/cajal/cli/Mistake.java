package cajal.cli;

import java.util.function.Supplier;

/// Thrown for what the person at the keyboard can put right: the message says what is wrong, the rule and the
/// fix, and the process ends with exit code 2.
final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// A mistake with its whole explanation.
    Mistake(String message) {
        super(message);
    }

    private Mistake(String message, Throwable cause) {
        super(message, cause);
    }

    /// What is wrong, the rule, and the fix; empty parts are left out.
    static Mistake of(String what, String rule, String fix) {
        return new Mistake(
                what + (rule.isEmpty() ? "" : "\n  rule: " + rule) + (fix.isEmpty() ? "" : "\n  fix:  " + fix));
    }

    /// The value of something that a person chose: a refusal of it by the library is their mistake.
    static <T> T ifRefused(Supplier<T> chosen) {
        try {
            return chosen.get();
        } catch (IllegalArgumentException e) {
            throw new Mistake(String.valueOf(e.getMessage()), e);
        }
    }

    /// As [#ifRefused(Supplier)], naming the option that was used.
    static <T> T ifRefused(String option, Supplier<T> chosen) {
        try {
            return chosen.get();
        } catch (IllegalArgumentException e) {
            throw new Mistake(option + ": " + e.getMessage(), e);
        }
    }
}

package cajal.format;

/// Thrown when a file cannot be read or written; the message names the file, the fault, the rule and, where it
/// can be computed, the fix.
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// An exception with its whole explanation.
    public FormatException(String message) {
        super(message);
    }

    /// An exception with its whole explanation and what led to it.
    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }

    /// `where: fault`, and the rule that was broken.
    public static FormatException of(Object where, String fault, String rule) {
        return new FormatException(where + ": " + fault + "\n  rule: " + rule);
    }

    /// `where: fault`, the rule that was broken, and what to do.
    public static FormatException of(Object where, String fault, String rule, String fix) {
        return new FormatException(where + ": " + fault + "\n  rule: " + rule + "\n  fix:  " + fix);
    }
}

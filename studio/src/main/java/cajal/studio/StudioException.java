package cajal.studio;

/// The studio cannot do what was asked: the message says why, the rule and the fix.
public final class StudioException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// With a message for a person.
    public StudioException(String message) {
        super(message);
    }
}

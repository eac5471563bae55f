package cajal.studio;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// What a room keeps for each open page, by a random name: a bounded number, of which the one that was not
/// used for longest has to go.
///
/// @param <S> what is kept
final class Sessions<S> {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int most;
    private final Consumer<S> close;
    private final Map<String, S> open = new LinkedHashMap<>(16, 0.75f, true);

    Sessions(int most, Consumer<S> close) {
        this.most = most;
        this.close = close;
    }

    /// Keeps a session; answers its name.
    synchronized String add(S session) {
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        String name = HexFormat.of().formatHex(bytes);
        open.put(name, session);
        while (open.size() > most) {
            String oldest = open.keySet().iterator().next();
            close.accept(java.util.Objects.requireNonNull(open.remove(oldest)));
        }
        return name;
    }

    /// The session of a name.
    ///
    /// **Throws** [StudioException] if there is none any more.
    synchronized S of(String name) {
        S session = open.get(name);
        if (session == null) {
            throw new StudioException("This page was idle for too long, and others were opened: load it again.");
        }
        return session;
    }

    synchronized void closeAll() {
        open.values().forEach(close);
        open.clear();
    }
}

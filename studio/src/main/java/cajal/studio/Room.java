package cajal.studio;

import io.avaje.jex.Routing;

/// One page's part of the server: its routes under `/api/NAME`, and what it computes.
///
/// Requests that only look are GETs; what computes for long or changes something is a POST, which carries
/// the token.
interface Room {
    /// Adds the routes.
    void routes(Routing routing);

    /// Ends everything that runs.
    default void close() {}
}

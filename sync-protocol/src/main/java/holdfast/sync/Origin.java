package holdfast.sync;

/// How a message reached us.
public interface Origin {
    /// The only path on which messages other than hellos are accepted.
    String INTERCONNECT = "interconnect";

    /// The address of a sender that the transport does not know, or not yet: it learns it a moment after the first
    /// message.
    String UNKNOWN_ADDRESS = "unknown";

    /// [#INTERCONNECT], or the name of a service link.
    String path();

    /// Source address, dotted quad, or [#UNKNOWN_ADDRESS]. It is not authentic.
    String address();

    default boolean isInterconnect() {
        return path().equals(INTERCONNECT);
    }
}

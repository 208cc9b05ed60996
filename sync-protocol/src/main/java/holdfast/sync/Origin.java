package holdfast.sync;

/// How a message reached us.
public interface Origin {
    /// The only path on which messages other than hellos are accepted.
    String INTERCONNECT = "interconnect";

    /// [#INTERCONNECT], or the name of a service link.
    String path();

    /// Source address, dotted quad, or a word if the transport does not know it. It is not authentic.
    String address();

    default boolean isInterconnect() {
        return path().equals(INTERCONNECT);
    }
}

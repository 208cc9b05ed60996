package holdfast.sync;

/// How a message came to us.
public interface Origin {
    /// The only path on which anything but Hellos is taken.
    String INTERCONNECT = "interconnect";

    /// [#INTERCONNECT], or the name of a service link.
    String path();

    /// Source address, dotted quad, or a word where the transport cannot tell. It is not authentic.
    String address();

    default boolean isInterconnect() {
        return path().equals(INTERCONNECT);
    }
}

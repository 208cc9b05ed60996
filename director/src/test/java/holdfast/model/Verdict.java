package holdfast.model;

import holdfast.conf.ForwardingMethod;

/// What becomes of a packet.
public sealed interface Verdict {
    /// To a real server. For NAT address and port are its new destination, for the others the address is the next hop.
    record ToServer(int address, int port, ForwardingMethod method) implements Verdict {}

    /// To the client, with this source.
    record ToClient(int address, int port) implements Verdict {}

    /// An ICMP error, to a real server or to a client. What it quotes is rewritten likewise: address and port are those
    /// of the real server for the one, of the virtual service for the other.
    record ErrorPassed(int nextHop, int address, int port, boolean isRewritten) implements Verdict {}

    /// Dropped without a word.
    record Dropped(Why why) implements Verdict {}

    /// Dropped, and its sender is told (IPVS-REF 1.3, 1.5, 1.9 step 7).
    record Refused(Why why, Answer answer) implements Verdict {}

    /// Waits for the MAC of its next hop, to become of it what `then` says.
    ///
    /// @param displaces  whether an older packet to the same next hop gives way and is dropped
    record Waits(Verdict then, boolean displaces) implements Verdict {}

    /// None of our business: the kernel's.
    record NotOurs() implements Verdict {}

    /// What its sender is told.
    enum Answer {
        PORT_UNREACHABLE,
        PROTOCOL_UNREACHABLE,
        HOST_UNREACHABLE,
        RESET
    }

    /// The reasons.
    enum Why {
        NO_SERVICE,
        NO_CONNECTION,
        NO_REAL_SERVER,
        REAL_SERVER_GONE,
        SERVER_NO_CONNECTION,
        DEFENCE,
        TABLE_FULL
    }
}

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

    /// Dropped, and its sender is told: ICMP port unreachable (IPVS-REF 1.5, 1.9 step 7).
    record Refused(Why why) implements Verdict {}

    /// None of our business: the kernel's.
    record NotOurs() implements Verdict {}

    /// The reasons. Where IPVS accepts a packet into its own stack we drop it (ADR 0005).
    enum Why {
        NO_SERVICE,
        NO_CONNECTION,
        NO_REAL_SERVER,
        REAL_SERVER_GONE,
        NO_NEIGHBOUR,
        SERVER_NO_CONNECTION,
        DEFENCE,
        TABLE_FULL
    }
}

package holdfast.model;

import holdfast.conf.ForwardingMethod;

/// The fate of a packet.
public sealed interface Verdict {
    /// To a real server. For NAT, address and port are its new destination; for other methods the address is the
    /// next hop.
    record ToServer(int address, int port, ForwardingMethod method) implements Verdict {}

    /// To the client, with this source.
    record ToClient(int address, int port) implements Verdict {}

    /// An ICMP error, to a real server or to a client. The quoted packet is rewritten too: address and port are
    /// those of the real server, or of the virtual service.
    record ErrorPassed(int nextHop, int address, int port, boolean isRewritten) implements Verdict {}

    /// Dropped without an answer.
    record Dropped(Why why) implements Verdict {}

    /// Dropped, and its sender gets an answer (IPVS-REF 1.3, 1.5, 1.9 step 7).
    record Refused(Why why, Answer answer) implements Verdict {}

    /// Waits for the MAC of its next hop; `then` is its fate after that.
    ///
    /// @param displaces  whether an older packet to the same next hop makes room and is dropped
    record Waits(Verdict then, boolean displaces) implements Verdict {}

    /// Left to the kernel.
    record NotOurs() implements Verdict {}

    /// The answer to its sender.
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

package holdfast.forward;

import holdfast.table.Counter;

/// The direction and kind of a forwarded frame.
enum Leg {
    /// A client's packet, to its real server.
    TO_SERVER(Counter.FORWARDED_TO_SERVER),
    /// A real server's reply, to its client.
    TO_CLIENT(Counter.FORWARDED_TO_CLIENT),
    /// An ICMP error about a reply, to the real server that sent the reply.
    ERROR_TO_SERVER(Counter.FORWARDED_ICMP_ERROR),
    /// An ICMP error about a client's packet, to that client.
    ERROR_TO_CLIENT(Counter.FORWARDED_ICMP_ERROR);

    private final Counter end;

    Leg(Counter end) {
        this.end = end;
    }

    /// The counter of a frame when it leaves.
    Counter end() {
        return end;
    }
}

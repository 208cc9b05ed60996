package holdfast.table;

import java.util.Locale;

/// What a worker counts. Each packet that comes in ends in one of these, so that none is lost without a number. Beside
/// that, `FORWARDED_BYTES`, `EVICTED_*`, `LOST_DELTA` and their like count other things than packets, and a packet that
/// was forwarded and that the kernel then did not take is in [#DROPPED_SEND] too.
public enum Counter {
    /// Sent on from a client to a real server.
    FORWARDED_TO_SERVER,
    /// Sent on from a real server to its client (NAT).
    FORWARDED_TO_CLIENT,
    /// ICMP errors sent on along the connection that they are about, in either direction.
    FORWARDED_ICMP_ERROR,
    /// Bytes of the IP packets sent on in either direction.
    FORWARDED_BYTES,
    /// Passed to the new active after a handover.
    RELAYED,
    ANSWERED_ARP,
    /// ARP that claims an owned address for the MAC of somebody else: it was stolen, or is configured twice.
    ARP_CONFLICT,
    ANSWERED_ECHO,
    /// ICMP errors sent: no service, no real server, host unreachable, time exceeded, fragmentation needed.
    SENT_ICMP_ERROR,
    /// TCP resets sent to clients, for a port without service or a connection that is not known.
    SENT_RESET,
    /// Not for an owned address and of no known connection: the kernel's business.
    NOT_OURS,
    /// For an owned address while another director is active.
    DROPPED_NOT_ACTIVE,
    DROPPED_MALFORMED,
    DROPPED_FRAGMENT,
    /// For an owned address, but no service has that protocol and port.
    DROPPED_NO_SERVICE,
    /// In the middle of a TCP connection that no table knows.
    DROPPED_NO_CONNECTION,
    /// The service has no real server to take a new connection (answered with ICMP port unreachable).
    DROPPED_NO_REAL_SERVER,
    /// The connection's real server was removed.
    DROPPED_REAL_SERVER_GONE,
    /// Of a NAT server that no connection has, and answered with ICMP port unreachable (`nat-icmp-send`).
    DROPPED_SERVER_NO_CONNECTION,
    /// The first packet of a connection, given up by the `drop-packet` defence.
    DROPPED_BY_DEFENCE,
    /// The first packet of a connection, while more packets arrive than this director takes.
    DROPPED_OVERLOAD,
    /// Without a Call-ID, to a service whose clients are recognised by it.
    DROPPED_NO_CALL_ID,
    /// The first packet of a connection of a client that an operator blocked.
    DROPPED_CLIENT_BLOCKED,
    /// The first packet of a connection of a client that has as many as it may.
    DROPPED_CLIENT_OVER_LIMIT,
    DROPPED_NO_ROUTE,
    /// Waited for the MAC of its next hop, which the kernel was asked for; counted again where it ends.
    WAITED_FOR_NEIGHBOUR,
    /// Waited for that MAC in vain, or did not find the room to wait.
    DROPPED_NO_NEIGHBOUR,
    DROPPED_TTL,
    DROPPED_TOO_BIG,
    /// The connection or template table is full.
    DROPPED_TABLE_FULL,
    /// The send queue of an interface refused it.
    DROPPED_SEND,
    /// Thrown away because they queued up while this director was paused.
    DROPPED_AFTER_PAUSE,
    /// Half-open connections that made room for new ones in a full table.
    EVICTED_HALF_OPEN,
    /// Connections in their last state that made room likewise.
    EVICTED_CLOSING,
    /// Templates that no established connection ever used, that made room for new ones.
    EVICTED_TEMPLATE,
    /// Entries that the `drop-entry` defence gave up.
    EVICTED_BY_DEFENCE,
    /// An ICMP error that was held back by the rate limit.
    SUPPRESSED_ICMP_ERROR,
    /// A TCP reset that was held back by the rate limit.
    SUPPRESSED_RESET,
    /// Templates made while two directors were active whose clients went to another real server, or were forgotten,
    /// when
    /// this one followed the other.
    MERGED_CLIENTS,
    /// Records of connections that this standby did not store, because it does not know their forwarding method: the
    /// active runs a later version. The tables differ until it does.
    UNKNOWN_METHOD,
    /// A change that the sync queue had no room for; every standby gets a new snapshot.
    LOST_DELTA,
    /// Frames that the kernel dropped because a receive ring was full while this director was busy.
    RING_DROPS,
    /// Likewise while packets were held for a planned failover.
    RING_DROPS_HELD,
    /// Likewise while this director did not run: it was stopped, or had no CPU for more than 50 ms.
    RING_DROPS_PAUSED,
    /// Frames passed over because a part of them was missing: the room for large frames was full.
    RING_TRUNCATED,
    /// Times that the packet sockets of a port could not be opened; this is tried again.
    SOCKETS_REFUSED,
    /// Neighbours that the kernel refused to look for: its neighbour table is full, or the link has gone.
    PROBE_REFUSED,
    /// Lists of the kernel that changed during each attempt to read them; they are read again.
    NETLINK_INTERRUPTED,
    /// Times that notifications of the kernel were lost, after which everything is read again.
    NETLINK_OVERRUN,
    /// Netlink sockets that failed and were replaced.
    NETLINK_BROKEN,
    /// Echoes to a real server or gateway that the kernel refused to send: no route, a filter, or a full queue.
    ECHO_NOT_SENT,
    /// Times that the socket for echoes could not be opened or failed; until it is open again ARP alone tells who
    /// answers.
    ECHO_SOCKET_FAILED,
    /// Real servers and gateways that are never asked by echo, because there are too many.
    ECHO_TARGETS_LEFT_OUT,
    /// Orders that a worker ignored because they make no sense in its mode.
    ORDER_IGNORED,
    /// Times that the shield could not be laid around the ports as they are; this is tried again.
    SHIELD_REFUSED;

    /// Whether a packet that it counts went nowhere.
    public boolean isDrop() {
        return name().startsWith("DROPPED_") || name().startsWith("RING_");
    }

    /// As it is written in JSON and metrics: `dropped-no-route`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

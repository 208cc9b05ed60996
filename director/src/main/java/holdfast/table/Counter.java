package holdfast.table;

import java.util.Locale;

/// The counters of a worker. Each incoming packet ends in one of these, so that no packet is lost without a count. In
/// addition, `FORWARDED_BYTES`, `EVICTED_*`, `LOST_DELTA` and similar ones count other things than packets, and a
/// forwarded packet that the kernel then refused counts in [#DROPPED_SEND] too.
public enum Counter {
    /// Forwarded from a client to a real server.
    FORWARDED_TO_SERVER,
    /// Forwarded from a real server to its client (NAT).
    FORWARDED_TO_CLIENT,
    /// ICMP errors forwarded along their connection, in either direction.
    FORWARDED_ICMP_ERROR,
    /// Bytes of the IP packets forwarded in either direction.
    FORWARDED_BYTES,
    /// Relayed to the new active after a handover.
    RELAYED,
    ANSWERED_ARP,
    /// ARP that claims an owned address for another machine's MAC: the address was stolen, or is configured twice.
    ARP_CONFLICT,
    ANSWERED_ECHO,
    /// ICMP errors sent: no service, no real server, host unreachable, time exceeded, fragmentation needed.
    SENT_ICMP_ERROR,
    /// TCP resets sent to clients, for a port without service or an unknown connection.
    SENT_RESET,
    /// Not for an owned address and without a known connection: left to the kernel.
    NOT_OURS,
    /// For an owned address while another director is active.
    DROPPED_NOT_ACTIVE,
    DROPPED_MALFORMED,
    DROPPED_FRAGMENT,
    /// For an owned address, but no service has that protocol and port.
    DROPPED_NO_SERVICE,
    /// In the middle of an unknown TCP connection.
    DROPPED_NO_CONNECTION,
    /// The service has no real server for a new connection (answered with ICMP port unreachable).
    DROPPED_NO_REAL_SERVER,
    /// The connection's real server was removed.
    DROPPED_REAL_SERVER_GONE,
    /// From a NAT server without a connection, and answered with ICMP port unreachable (`nat-icmp-send`).
    DROPPED_SERVER_NO_CONNECTION,
    /// The first packet of a connection, dropped by the `drop-packet` defence.
    DROPPED_BY_DEFENCE,
    /// The first packet of a connection, while more packets arrive than this director can handle.
    DROPPED_OVERLOAD,
    /// Without a Call-ID, to a service with the engine `sip`.
    DROPPED_NO_CALL_ID,
    /// The first packet of a connection of a client that an operator blocked.
    DROPPED_CLIENT_BLOCKED,
    /// The first packet of a connection of a client that has reached its limit.
    DROPPED_CLIENT_OVER_LIMIT,
    DROPPED_NO_ROUTE,
    /// Waited for the MAC of its next hop, which the kernel was asked for; counted again where it ends.
    WAITED_FOR_NEIGHBOUR,
    /// Waited for that MAC in vain, or found no room to wait.
    DROPPED_NO_NEIGHBOUR,
    DROPPED_TTL,
    DROPPED_TOO_BIG,
    /// The first packet of a connection, which found no room in the connection table or in that of templates.
    DROPPED_TABLE_FULL,
    /// The send queue of an interface refused it.
    DROPPED_SEND,
    /// Dropped because they queued up while this director was paused.
    DROPPED_AFTER_PAUSE,
    /// Half-open connections that made room for new ones in a full table.
    EVICTED_HALF_OPEN,
    /// Connections in their last state that made room for new ones in a full table.
    EVICTED_CLOSING,
    /// Templates without an established connection that made room for new ones in a full table.
    EVICTED_TEMPLATE,
    /// Entries that the `drop-entry` defence removed.
    EVICTED_BY_DEFENCE,
    /// ICMP errors that the rate limit suppressed.
    SUPPRESSED_ICMP_ERROR,
    /// TCP resets that the rate limit suppressed.
    SUPPRESSED_RESET,
    /// Templates made while two directors were active whose clients got another real server, or were forgotten,
    /// when this director followed the other.
    MERGED_CLIENTS,
    /// Records of connections that this standby did not store, because it does not know their forwarding method: the
    /// active runs a later version. The tables differ until it does.
    UNKNOWN_METHOD,
    /// Records of the active that this standby did not store, because its table is full. A snapshot repeats them.
    COPY_WITHOUT_ROOM,
    /// A change that the sync queue had no room for; every standby gets a new snapshot.
    LOST_DELTA,
    /// Frames that the kernel dropped because a receive ring was full while this director was busy.
    RING_DROPS,
    /// Frames dropped from a full ring while packets were held for a planned failover.
    RING_DROPS_HELD,
    /// Frames dropped from a full ring while this director did not run: it was stopped, or had no CPU for more than
    /// 50 ms.
    RING_DROPS_PAUSED,
    /// Frames skipped because a part was missing: the room for large frames was full, or the frame was larger than
    /// 66 KiB.
    RING_TRUNCATED,
    /// Times that the packet sockets of a link could not be opened; the worker tries again.
    SOCKETS_REFUSED,
    /// Neighbours that the kernel refused to probe: its neighbour table is full, or the link has disappeared.
    PROBE_REFUSED,
    /// The kernel's lists that changed during each attempt to read them; they are read again.
    NETLINK_INTERRUPTED,
    /// Times that notifications of the kernel were lost, after which everything is read again.
    NETLINK_OVERRUN,
    /// Netlink sockets that failed and were replaced.
    NETLINK_BROKEN,
    /// Echoes to a real server or gateway that the kernel refused to send: no route, a filter, or a full queue.
    ECHO_NOT_SENT,
    /// Times that the socket for echoes could not be opened or failed; until it is open again, only ARP shows which
    /// neighbours answer.
    ECHO_SOCKET_FAILED,
    /// Real servers and gateways that get no echo, because there are too many.
    ECHO_TARGETS_LEFT_OUT,
    /// Orders that a worker ignored because they are not possible in its mode.
    ORDER_IGNORED,
    /// Times that the shield could not be installed around the present links; it is tried again.
    SHIELD_REFUSED;

    /// Whether it counts packets that were dropped.
    public boolean isDrop() {
        return name().startsWith("DROPPED_") || name().startsWith("RING_");
    }

    /// The name in JSON and metrics: `dropped-no-route`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

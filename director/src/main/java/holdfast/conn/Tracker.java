package holdfast.conn;

import holdfast.conf.Protocol;

/// Updates a connection for a forwarded packet: state, counters and expiry (IPVS-REF 4.3 to 4.7).
public final class Tracker {
    private Tracker() {}

    /// Follows a packet.
    ///
    /// @param isInbound  from the client
    /// @param event      a value of [TcpState#event] or [SctpState#event]; ignored for other protocols
    /// @param isSecure   whether `secure_tcp` is active (IPVS-REF 4.5)
    public static void follow(Conn conn, boolean isInbound, int event, boolean isSecure, Timeouts timeouts, long now) {
        int protocol = conn.protocol();
        int table = table(conn, isInbound);
        if (protocol == Protocol.TCP.number()) {
            enter(conn, TcpState.next(isSecure ? table + TcpState.SECURE : table, conn.state(), event));
        } else if (protocol == Protocol.SCTP.number()) {
            enter(conn, SctpState.next(table, conn.state(), event));
        }
        conn.expiresAt(now + timeouts.of(protocol, conn.state()));
    }

    /// Whether a connection in this state counts as active (IPVS-REF 4.3, 4.6); a UDP connection never does.
    public static boolean isActive(int protocol, int state) {
        if (protocol == Protocol.TCP.number()) {
            return TcpState.isActive(state);
        }
        return protocol == Protocol.SCTP.number() && SctpState.isActive(state);
    }

    /// Whether only the last packets of a connection can follow; unknown, so false, for UDP.
    public static boolean isOver(int protocol, int state, boolean isNoOutput) {
        if (protocol == Protocol.TCP.number()) {
            return TcpState.isOver(state, isNoOutput);
        }
        return protocol == Protocol.SCTP.number() && SctpState.isOver(state);
    }

    private static void enter(Conn conn, int state) {
        if (state != conn.state()) {
            conn.state(state);
            conn.inactive(!isActive(conn.protocol(), state));
        }
    }

    /// The first outbound packet shows that output passes here after all.
    private static int table(Conn conn, boolean isInbound) {
        if (isInbound) {
            return conn.isNoOutput() ? TcpState.INPUT_ONLY : TcpState.INPUT;
        }
        if (conn.isNoOutput()) {
            conn.noOutput(false);
        }
        return TcpState.OUTPUT;
    }
}

package holdfast.conn;

/// What a forwarded packet does to its connection: state, counters and expiry (IPVS-REF 4.3, 4.6, 4.7).
public final class Tracker {
    private Tracker() {}

    /// Follows a TCP segment.
    ///
    /// @param isInbound  from the client
    /// @param tcpFlags   the low byte of the flags in the header
    /// @return the code of the state now
    public static int tcp(Conn conn, boolean isInbound, int tcpFlags, Timeouts timeouts, long now) {
        int state = TcpState.next(table(conn, isInbound), conn.state(), TcpState.event(tcpFlags));
        if (state != conn.state()) {
            conn.state(state);
            conn.inactive(!TcpState.isActive(state));
        }
        conn.expiresAt(now + timeouts.tcp(state));
        return state;
    }

    /// Follows a datagram of either direction.
    public static void udp(Conn conn, Timeouts timeouts, long now) {
        conn.expiresAt(now + timeouts.udp());
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

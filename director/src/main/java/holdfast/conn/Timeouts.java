package holdfast.conn;

/// How long a connection lives after its last packet, by protocol and state, in ns. Immutable.
public final class Timeouts {
    /// Of a connection that has no state yet (IPVS-REF 4.1).
    public static final long NEW = seconds(3);

    /// Those of IPVS-REF 4.3 and 4.6: `900 120 300` for established TCP, TCP after FIN, and UDP.
    public static final Timeouts DEFAULT = new Timeouts(defaultTcp(), seconds(300));

    private final long[] tcp;
    private final long udp;

    private Timeouts(long[] tcp, long udp) {
        this.tcp = tcp;
        this.udp = udp;
    }

    /// The three timeouts that may be changed (IPVS-REF 4.9), in seconds; 0 keeps the present one.
    public Timeouts with(int tcpS, int tcpFinS, int udpS) {
        if (tcpS < 0 || tcpFinS < 0 || udpS < 0) {
            throw new IllegalArgumentException(
                    "a timeout cannot be negative: " + tcpS + " " + tcpFinS + " " + udpS + " (tcp, tcpfin, udp)");
        }
        var changed = tcp.clone();
        if (tcpS > 0) {
            changed[TcpState.ESTABLISHED.code()] = seconds(tcpS);
        }
        if (tcpFinS > 0) {
            changed[TcpState.FIN_WAIT.code()] = seconds(tcpFinS);
        }
        return new Timeouts(changed, udpS > 0 ? seconds(udpS) : udp);
    }

    /// @param state  code of a [TcpState]
    public long tcp(int state) {
        return tcp[state];
    }

    public long udp() {
        return udp;
    }

    private static long[] defaultTcp() {
        var timeouts = new long[TcpState.count()];
        for (var state : TcpState.values()) {
            timeouts[state.code()] = seconds(state.timeoutS());
        }
        return timeouts;
    }

    private static long seconds(int seconds) {
        return seconds * 1_000_000_000L;
    }
}

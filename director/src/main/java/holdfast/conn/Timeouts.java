package holdfast.conn;

import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;

/// How long a connection lives after its last packet, by protocol and state, in ns. Immutable.
public final class Timeouts {
    /// Timeout of a connection without a state (IPVS-REF 4.1).
    public static final long NEW = seconds(3);

    /// The timeouts of IPVS-REF 4.3 and 4.6: `900 120 300` for established TCP, TCP after FIN, and UDP.
    public static final Timeouts DEFAULT = of(Ipvs.DEFAULT);

    private final long[] tcp = new long[TcpState.count()];
    private final long[] sctp = new long[SctpState.count()];
    private final long udp;

    private Timeouts(long udp) {
        this.udp = udp;
        for (var state : TcpState.values()) {
            tcp[state.code()] = seconds(state.timeoutS());
        }
        for (var state : SctpState.values()) {
            sctp[state.code()] = seconds(state.timeoutS());
        }
    }

    /// With the three configurable timeouts (IPVS-REF 4.9).
    public static Timeouts of(Ipvs ipvs) {
        var timeouts = new Timeouts(seconds(ipvs.udpTimeoutS()));
        timeouts.tcp[TcpState.ESTABLISHED.code()] = seconds(ipvs.tcpTimeoutS());
        timeouts.tcp[TcpState.FIN_WAIT.code()] = seconds(ipvs.tcpFinTimeoutS());
        return timeouts;
    }

    /// @param protocol  number of the IP header
    /// @param state     code of a [TcpState] or a [SctpState]; ignored for other protocols
    public long of(int protocol, int state) {
        if (protocol == Protocol.TCP.number()) {
            return tcp[state];
        }
        return protocol == Protocol.SCTP.number() ? sctp[state] : udp;
    }

    private static long seconds(int seconds) {
        return seconds * 1_000_000_000L;
    }
}

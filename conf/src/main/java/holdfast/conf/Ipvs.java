package holdfast.conf;

/// IPVS's sysctls (IPVS-REF 8) and the timeouts of `ipvsadm --set` (4.9), with the same names and defaults.
///
/// @param expireNodestConn         connections of a removed real server end at once instead of waiting for its return
/// @param expireQuiescentTemplate  the [DrainMode] of quiesced real servers that have none of their own:
///     KEEP_CONNECTIONS instead of KEEP_ALL
/// @param connReuseMode            0 to 3 (1.6)
/// @param sloppyTcp                any segment but a RST may begin a connection
/// @param sloppySctp               any chunk may begin an association
/// @param scheduleIcmp             an ICMP error about an unknown connection may begin one
/// @param natIcmpSend              a NAT server's packet without a connection is answered with ICMP port unreachable
/// @param dropEntry                0 to 3 (4.10), likewise `dropPacket` and `secureTcp`
/// @param amDroprate               `dropPacket` 3 drops one of this many first packets
/// @param amemthresh               free connection slots below which the automatic defence begins; IPVS counts pages
/// @param lblcExpirationS          seconds after which lblc forgets an address; likewise `lblcrExpirationS`
/// @param tcpTimeoutS              of an established TCP connection
/// @param tcpFinTimeoutS           of a TCP connection in FIN_WAIT
/// @param udpTimeoutS              of UDP
public record Ipvs(
        boolean expireNodestConn,
        boolean expireQuiescentTemplate,
        int connReuseMode,
        boolean sloppyTcp,
        boolean sloppySctp,
        boolean scheduleIcmp,
        boolean natIcmpSend,
        int dropEntry,
        int dropPacket,
        int secureTcp,
        int amDroprate,
        int amemthresh,
        int lblcExpirationS,
        int lblcrExpirationS,
        int tcpTimeoutS,
        int tcpFinTimeoutS,
        int udpTimeoutS) {
    /// IPVS's defaults.
    public static final Ipvs DEFAULT =
            new Ipvs(false, false, 1, false, false, false, false, 0, 0, 0, 10, 1024, 86_400, 86_400, 900, 120, 300);

    /// The same settings with other timeouts.
    public Ipvs withTimeouts(int tcpS, int tcpFinS, int udpS) {
        return new Ipvs(
                expireNodestConn,
                expireQuiescentTemplate,
                connReuseMode,
                sloppyTcp,
                sloppySctp,
                scheduleIcmp,
                natIcmpSend,
                dropEntry,
                dropPacket,
                secureTcp,
                amDroprate,
                amemthresh,
                lblcExpirationS,
                lblcrExpirationS,
                tcpS,
                tcpFinS,
                udpS);
    }
}

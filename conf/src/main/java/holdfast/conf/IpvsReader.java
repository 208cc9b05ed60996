package holdfast.conf;

import java.util.Set;
import java.util.stream.Stream;

/// Reads the section `ipvs` of a configuration.
final class IpvsReader {
    private static final Set<String> IPVS = Section.keys(
            "expire-nodest-conn",
            "expire-quiescent-template",
            "conn-reuse-mode",
            "sloppy-tcp",
            "sloppy-sctp",
            "schedule-icmp",
            "nat-icmp-send",
            "drop-entry",
            "drop-packet",
            "secure-tcp",
            "am-droprate",
            "amemthresh",
            "lblc-expiration-s",
            "lblcr-expiration-s",
            "tcp-timeout-s",
            "tcp-fin-timeout-s",
            "udp-timeout-s");

    /// 31 days, as in ipvsadm.
    private static final int TIMEOUT_S_MAX = 31 * 24 * 60 * 60;

    private IpvsReader() {}

    /// Every key of the section read here, for the test of the documentation.
    static Stream<String> keys() {
        return IPVS.stream();
    }

    static Ipvs read(Section top) {
        var section = top.optional("ipvs", IPVS);
        var usual = Ipvs.DEFAULT;
        return new Ipvs(
                isOn(section, "expire-nodest-conn", usual.expireNodestConn()),
                isOn(section, "expire-quiescent-template", usual.expireQuiescentTemplate()),
                number(section, "conn-reuse-mode", 0, 3, usual.connReuseMode(), "1 is the default (IPVS-REF 1.6)"),
                isOn(section, "sloppy-tcp", usual.sloppyTcp()),
                isOn(section, "sloppy-sctp", usual.sloppySctp()),
                isOn(section, "schedule-icmp", usual.scheduleIcmp()),
                isOn(section, "nat-icmp-send", usual.natIcmpSend()),
                defence(section, "drop-entry", usual.dropEntry()),
                defence(section, "drop-packet", usual.dropPacket()),
                defence(section, "secure-tcp", usual.secureTcp()),
                number(
                        section,
                        "am-droprate",
                        1,
                        Integer.MAX_VALUE,
                        usual.amDroprate(),
                        "10 drops every tenth first packet"),
                number(
                        section,
                        "amemthresh",
                        0,
                        Integer.MAX_VALUE,
                        usual.amemthresh(),
                        "count the free connection slots below which the defence begins"),
                timeout(section, "lblc-expiration-s", usual.lblcExpirationS()),
                timeout(section, "lblcr-expiration-s", usual.lblcrExpirationS()),
                timeout(section, "tcp-timeout-s", usual.tcpTimeoutS()),
                timeout(section, "tcp-fin-timeout-s", usual.tcpFinTimeoutS()),
                timeout(section, "udp-timeout-s", usual.udpTimeoutS()));
    }

    private static boolean isOn(Section section, String key, boolean usual) {
        return section.optional(key, Kind.yesOrNo(), usual).value();
    }

    private static int defence(Section section, String key, int usual) {
        return number(section, key, 0, 3, usual, "0 is off, 1 begins when the table runs full, 3 is always on");
    }

    private static int timeout(Section section, String key, int usual) {
        return number(section, key, 1, TIMEOUT_S_MAX, usual, "write seconds, such as " + usual + ", the default");
    }

    private static int number(Section section, String key, int min, int max, int usual, String remedy) {
        return section.optional(key, Kind.integer(min, max, remedy), usual).value();
    }
}

package holdfast.conf;

import java.util.regex.Pattern;

/// What identifies a virtual service: protocol, VIP and port, written `tcp/192.0.2.10:80`; or a mark, written `mark/7`.
/// Port 0 means every port (IPVS-REF 2.1).
///
/// @param address  the VIP; for a mark, the mark as an address, as in the key of its templates (IPVS-REF 3.3)
/// @param port     0 to 65535; 0 for a mark
public record ServiceKey(Protocol protocol, Ipv4 address, int port) {
    private static final Pattern FORM = Pattern.compile("(tcp|udp|sctp)/([0-9.]+):(0|[1-9][0-9]{0,4})");
    private static final Pattern MARK = Pattern.compile("mark/([1-9][0-9]{0,9})");

    /// The service by a mark.
    ///
    /// @param mark  not 0; an unsigned number
    public static ServiceKey ofMark(int mark) {
        return new ServiceKey(Protocol.MARK, new Ipv4(mark), 0);
    }

    /// Parses a text such as `tcp/192.0.2.10:80` or `mark/7`.
    ///
    /// @throws IllegalArgumentException if the text is no service
    public static ServiceKey of(String text) {
        var mark = MARK.matcher(text);
        if (mark.matches() && Long.parseLong(mark.group(1)) <= 0xffff_ffffL) {
            return ofMark((int) Long.parseLong(mark.group(1)));
        }
        var parts = FORM.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65535) {
            if (text.contains("::")) {
                throw new IllegalArgumentException(
                        "'" + text + "' is a service of IPv6, which Holdfast does not support");
            }
            throw new IllegalArgumentException(
                    "'" + text + "' is not a virtual service such as tcp/192.0.2.10:80 or mark/7");
        }
        var protocol = switch (parts.group(1)) {
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            default -> Protocol.SCTP;
        };
        return new ServiceKey(protocol, Ipv4.of(parts.group(2)), Integer.parseInt(parts.group(3)));
    }

    public boolean isMark() {
        return protocol == Protocol.MARK;
    }

    /// The mark, an unsigned number; 0 for a service by address.
    public int mark() {
        return isMark() ? address.bits() : 0;
    }

    @Override
    public String toString() {
        return isMark() ? "mark/" + Integer.toUnsignedString(mark()) : protocol.word() + "/" + address + ":" + port;
    }
}

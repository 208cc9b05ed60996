package holdfast.conf;

import java.util.regex.Pattern;

/// What identifies a virtual service: protocol, VIP and port; written `tcp/192.0.2.10:80`. Port 0 means every port
/// (IPVS-REF 2.1).
///
/// @param port  0 to 65535
public record ServiceKey(Protocol protocol, Ipv4 address, int port) {
    private static final Pattern FORM = Pattern.compile("(tcp|udp)/([0-9.]+):(0|[1-9][0-9]{0,4})");

    /// The key that a text such as `tcp/192.0.2.10:80` means.
    ///
    /// @throws IllegalArgumentException where the text is none
    public static ServiceKey of(String text) {
        var parts = FORM.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65535) {
            throw new IllegalArgumentException("'" + text + "' is not a virtual service such as tcp/192.0.2.10:80");
        }
        var protocol = parts.group(1).equals("tcp") ? Protocol.TCP : Protocol.UDP;
        return new ServiceKey(protocol, Ipv4.of(parts.group(2)), Integer.parseInt(parts.group(3)));
    }

    @Override
    public String toString() {
        return protocol.word() + "/" + address + ":" + port;
    }
}

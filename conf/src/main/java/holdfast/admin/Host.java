package holdfast.admin;

import holdfast.conf.Ipv4;
import org.jspecify.annotations.Nullable;

/// A client or a real server as an operator names it: `10.0.0.11:8443`, or `10.0.0.11` if the port does not matter.
///
/// @param port  null if the operator gave none
public record Host(Ipv4 address, @Nullable Integer port) {
    /// Parses `ADDRESS` or `ADDRESS:PORT`.
    ///
    /// @throws IllegalArgumentException if the text is no host
    public static Host of(String text) {
        if (text.indexOf(':') < 0) {
            return new Host(Ipv4.of(text), null);
        }
        var endpoint = Endpoint.of(text);
        return new Host(endpoint.address(), endpoint.port());
    }

    /// Whether this host matches an endpoint.
    public boolean fits(Endpoint endpoint) {
        return endpoint.address().equals(address) && (port == null || endpoint.port() == port);
    }

    @Override
    public String toString() {
        return port == null ? address.toString() : address + ":" + port;
    }
}

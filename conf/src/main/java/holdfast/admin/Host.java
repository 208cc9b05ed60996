package holdfast.admin;

import holdfast.conf.Ipv4;
import org.jspecify.annotations.Nullable;

/// A client or a real server as an operator names it: `10.0.0.11:8443`, or `10.0.0.11` where the port
/// does not matter.
///
/// @param port  null where none was given
public record Host(Ipv4 address, @Nullable Integer port) {
    /// The host that a text means.
    ///
    /// @throws IllegalArgumentException where the text is none
    public static Host of(String text) {
        if (text.indexOf(':') < 0) {
            return new Host(Ipv4.of(text), null);
        }
        var endpoint = Endpoint.of(text);
        return new Host(endpoint.address(), endpoint.port());
    }

    /// Whether an endpoint is meant by this.
    public boolean fits(Endpoint endpoint) {
        return endpoint.address().equals(address) && (port == null || endpoint.port() == port);
    }

    @Override
    public String toString() {
        return port == null ? address.toString() : address + ":" + port;
    }
}

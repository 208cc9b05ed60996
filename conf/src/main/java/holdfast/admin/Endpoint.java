package holdfast.admin;

import holdfast.conf.Ipv4;

/// One end of a connection; `198.51.100.7:40000` in JSON.
public record Endpoint(Ipv4 address, int port) {
    /// Parses `ADDRESS:PORT`.
    ///
    /// @throws IllegalArgumentException if the text is no endpoint
    public static Endpoint of(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("0|[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException("'" + text + "' is not an endpoint such as 198.51.100.7:40000");
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port > 65535) {
            throw new IllegalArgumentException("'" + text + "' has a port above 65535");
        }
        return new Endpoint(Ipv4.of(text.substring(0, colon)), port);
    }

    @Override
    public String toString() {
        return address + ":" + port;
    }
}

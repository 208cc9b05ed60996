package holdfast.conf;

/// An address of this machine and a TCP port on it.
///
/// @param address  0.0.0.0 for all addresses of the machine
/// @param port     1 to 65535
public record ListenAddress(Ipv4 address, int port) {
    /// Parses `10.0.0.1:7680`.
    ///
    /// @throws IllegalArgumentException if the text is no address with a port
    public static ListenAddress of(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException("no port");
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port > 65535) {
            throw new IllegalArgumentException("no port");
        }
        return new ListenAddress(Ipv4.of(text.substring(0, colon)), port);
    }

    @Override
    public String toString() {
        return address + ":" + port;
    }
}

package holdfast.conf;

/// What identifies a virtual service: protocol, VIP and port; written `tcp/192.0.2.10:80`. Port 0 means every port
/// (IPVS-REF 2.1).
///
/// @param port  0 to 65535
public record ServiceKey(Protocol protocol, Ipv4 address, int port) {
    @Override
    public String toString() {
        return protocol.word() + "/" + address + ":" + port;
    }
}

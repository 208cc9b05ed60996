package holdfast.cli.ipvsadm;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import java.util.HashMap;
import java.util.Map;

/// How listings write an address with a port.
@FunctionalInterface
public interface EndpointText {
    EndpointText NUMERIC = (_, address, port) -> address + ":" + port;

    /// @param protocol  of the port's name
    String of(Protocol protocol, Ipv4 address, int port);

    /// Host and service names, numbers where there is no name. Asks for each name once.
    static EndpointText named(Names names) {
        Map<Ipv4, String> hosts = new HashMap<>();
        return (protocol, address, port) ->
                hosts.computeIfAbsent(address, one -> names.host(one).orElseGet(one::toString))
                        + ":"
                        + names.service(port, protocol).orElseGet(() -> Integer.toString(port));
    }
}

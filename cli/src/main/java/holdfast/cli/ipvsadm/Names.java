package holdfast.cli.ipvsadm;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import java.util.Optional;
import java.util.OptionalInt;

/// The names of hosts and of ports.
public interface Names {
    Optional<Ipv4> address(String host);

    Optional<String> host(Ipv4 address);

    OptionalInt port(String service, Protocol protocol);

    Optional<String> service(int port, Protocol protocol);
}

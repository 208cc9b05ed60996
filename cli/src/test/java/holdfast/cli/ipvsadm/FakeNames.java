package holdfast.cli.ipvsadm;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Names of a few hosts and ports.
final class FakeNames implements Names {
    private static final Map<String, String> HOSTS = Map.of(
            "192.0.2.10", "web.example.com",
            "192.0.2.11", "a-very-long-host-name-of-a-server.example.com",
            "192.0.2.55", "a-very-long-host-name-of-a-server.example.com",
            "172.16.0.11", "rs1.example.com",
            "127.0.0.1", "localhost");

    private static final Map<String, Integer> PORTS = Map.of(
            "http/tcp",
            80,
            "https/tcp",
            443,
            "https/udp",
            443,
            "domain/tcp",
            53,
            "domain/udp",
            53,
            "sip/tcp",
            5060,
            "sip/udp",
            5060);

    @Override
    public Optional<Ipv4> address(String host) {
        return key(HOSTS, host).map(Ipv4::of);
    }

    @Override
    public Optional<String> host(Ipv4 address) {
        return Optional.ofNullable(HOSTS.get(address.toString()));
    }

    @Override
    public OptionalInt port(String service, Protocol protocol) {
        var port = PORTS.get(service + "/" + protocol.word());
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
    }

    @Override
    public Optional<String> service(int port, Protocol protocol) {
        return PORTS.entrySet().stream()
                .filter(known -> known.getValue() == port && known.getKey().endsWith("/" + protocol.word()))
                .map(known -> known.getKey().replaceFirst("/.*", ""))
                .findFirst();
    }

    private static <K> Optional<K> key(Map<K, String> map, String value) {
        return map.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}

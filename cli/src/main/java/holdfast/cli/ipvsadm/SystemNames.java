package holdfast.cli.ipvsadm;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The names of this host: the resolver's for hosts, and `/etc/services` for ports.
public final class SystemNames implements Names {
    /// By `80/tcp`; the first line of a port decides.
    private final Map<String, String> names = new HashMap<>();

    /// By `http/tcp`.
    private final Map<String, Integer> ports = new HashMap<>();

    public SystemNames() {
        this(Path.of("/etc/services"));
    }

    SystemNames(Path services) {
        lines(services).stream()
                .map(line -> line.replaceFirst("#.*", "").strip().split("\\s+"))
                .filter(words -> words.length >= 2 && words[1].matches("[0-9]{1,5}/[a-z]+"))
                .forEach(this::learn);
    }

    /// A host without such a file has no names of ports.
    private static List<String> lines(Path services) {
        try {
            return Files.readAllLines(services);
        } catch (IOException _) {
            return List.of();
        }
    }

    private void learn(String[] words) {
        var slash = words[1].indexOf('/');
        int port = Integer.parseInt(words[1].substring(0, slash));
        var protocol = words[1].substring(slash);
        names.putIfAbsent(words[1], words[0]);
        ports.putIfAbsent(words[0] + protocol, port);
        Arrays.stream(words).skip(2).forEach(alias -> ports.putIfAbsent(alias + protocol, port));
    }

    @Override
    public Optional<Ipv4> address(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .filter(Inet4Address.class::isInstance)
                    .map(address ->
                            new Ipv4(ByteBuffer.wrap(address.getAddress()).getInt()))
                    .findFirst();
        } catch (UnknownHostException _) {
            return Optional.empty();
        }
    }

    /// The resolver gives the address itself where there is no name. Who owns the address chooses the name, so one
    /// that could command a terminal, or break a line of saved rules, is none.
    @Override
    public Optional<String> host(Ipv4 address) {
        try {
            var bytes = ByteBuffer.allocate(4).putInt(address.bits()).array();
            var name = InetAddress.getByAddress(bytes).getHostName();
            return Optional.of(name)
                    .filter(found -> found.matches("[A-Za-z0-9._-]+") && !found.equals(address.toString()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    @Override
    public OptionalInt port(String service, Protocol protocol) {
        var port = ports.get(service + "/" + protocol.word());
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
    }

    @Override
    public Optional<String> service(int port, Protocol protocol) {
        return Optional.ofNullable(names.get(port + "/" + protocol.word()));
    }
}

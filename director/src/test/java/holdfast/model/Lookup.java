package holdfast.model;

import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The service of a packet (IPVS-REF 2.1, 2.2), and its mark.
final class Lookup {
    private static final int FTP = 21;
    private static final int FTP_DATA = 20;
    private static final int UNPRIVILEGED = 1024;

    private Lookup() {}

    /// The first rule that fits; 0 for none. Marks come from rules of ours, since a packet socket sees no iptables.
    static int mark(List<MarkRule> rules, Packet packet) {
        return rules.stream()
                .filter(rule -> fits(rule, packet))
                .findFirst()
                .map(MarkRule::mark)
                .orElse(0);
    }

    static @Nullable Service find(List<Service> services, int mark, Packet packet) {
        if (mark != 0) { // step 1
            for (var service : services) {
                if (service.key().isMark() && service.key().mark() == mark) {
                    return service;
                }
            }
        }
        var exact = exactly(services, packet, packet.destinationPort()); // step 2
        if (exact != null) {
            return exact;
        }
        if (packet.protocol() == Packet.TCP // step 3
                && services.stream().anyMatch(service -> service.key().port() == FTP)
                && (packet.destinationPort() == FTP_DATA || packet.destinationPort() >= UNPRIVILEGED)) {
            var ftp = exactly(services, packet, FTP);
            if (ftp != null) {
                return ftp;
            }
        }
        boolean hasNullPort =
                services.stream().anyMatch(service -> service.key().port() == 0);
        return hasNullPort ? exactly(services, packet, 0) : null; // step 4
    }

    private static @Nullable Service exactly(List<Service> services, Packet packet, int port) {
        for (var service : services) {
            if (!service.key().isMark()
                    && service.key().protocol().number() == packet.protocol()
                    && service.key().address().bits() == packet.destination()
                    && service.key().port() == port) {
                return service;
            }
        }
        return null;
    }

    private static boolean fits(MarkRule rule, Packet packet) {
        return rule.source().map(prefix -> contains(prefix, packet.source())).orElse(true)
                && rule.destination()
                        .map(prefix -> contains(prefix, packet.destination()))
                        .orElse(true)
                && rule.protocol()
                        .map(Protocol::number)
                        .map(number -> number == packet.protocol())
                        .orElse(true)
                && contains(rule.sourcePorts(), packet.sourcePort())
                && contains(rule.destinationPorts(), packet.destinationPort())
                && rule.interfaceName().map(packet.link()::equals).orElse(true);
    }

    private static boolean contains(MarkRule.Prefix prefix, int address) {
        long size = 1L << (32 - prefix.length());
        long first = Integer.toUnsignedLong(prefix.address().bits()) / size * size;
        long asked = Integer.toUnsignedLong(address);
        return asked >= first && asked < first + size;
    }

    private static boolean contains(List<MarkRule.PortRange> ranges, int port) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> port >= range.first() && port <= range.last());
    }
}

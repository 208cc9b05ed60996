package holdfast.conf;

import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Marks the packets that it matches, as iptables' MARK does for IPVS, so that one service can have several addresses,
/// ports and protocols (IPVS-REF 2.1, 3.3). If several rules match, the first one applies.
///
/// @param mark              not 0; an unsigned number
/// @param source            client addresses; empty for all
/// @param destination       virtual addresses; empty for all
/// @param protocol          empty for all; not [Protocol#MARK]
/// @param sourcePorts       empty for all
/// @param destinationPorts  empty for all
/// @param interfaceName     link on which the packet arrives; empty for all
public record MarkRule(
        int mark,
        Optional<Prefix> source,
        Optional<Prefix> destination,
        Optional<Protocol> protocol,
        List<PortRange> sourcePorts,
        List<PortRange> destinationPorts,
        Optional<String> interfaceName) {
    public MarkRule {
        sourcePorts = List.copyOf(sourcePorts);
        destinationPorts = List.copyOf(destinationPorts);
    }

    /// Whether a packet can match both.
    public boolean overlaps(MarkRule other) {
        return overlap(source, other.source, Prefix::overlaps)
                && overlap(destination, other.destination, Prefix::overlaps)
                && overlap(protocol, other.protocol, Object::equals)
                && overlap(sourcePorts, other.sourcePorts)
                && overlap(destinationPorts, other.destinationPorts)
                && overlap(interfaceName, other.interfaceName, Object::equals);
    }

    private static <T> boolean overlap(Optional<T> one, Optional<T> other, BiPredicate<T, T> overlap) {
        return one.isEmpty() || other.isEmpty() || overlap.test(one.get(), other.get());
    }

    private static boolean overlap(List<PortRange> some, List<PortRange> others) {
        return some.isEmpty()
                || others.isEmpty()
                || some.stream().anyMatch(one -> others.stream().anyMatch(one::overlaps));
    }

    /// An address prefix.
    ///
    /// @param length  0 to 32
    public record Prefix(Ipv4 address, int length) {
        /// Parses a prefix such as `10.0.0.0/8`; a single address is a prefix of 32 bits.
        ///
        /// @throws IllegalArgumentException if the text is no prefix, or has bits set beyond the length
        public static Prefix of(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                return new Prefix(Ipv4.of(text), 32);
            }
            var length = text.substring(slash + 1);
            if (!length.matches("[0-9]|[12][0-9]|3[0-2]")) {
                throw new IllegalArgumentException("'" + text + "' is not a prefix such as 10.0.0.0/8");
            }
            var prefix = new Prefix(Ipv4.of(text.substring(0, slash)), Integer.parseInt(length));
            var first = new Ipv4(prefix.address.bits() & prefix.mask());
            if (!first.equals(prefix.address)) {
                throw new IllegalArgumentException(
                        "'" + text + "' has bits set beyond its length; " + first + "/" + length + " is the prefix");
            }
            return prefix;
        }

        public boolean contains(Ipv4 other) {
            return ((other.bits() ^ address.bits()) & mask()) == 0;
        }

        boolean overlaps(Prefix other) {
            return contains(other.address) || other.contains(address);
        }

        public int mask() {
            return length == 0 ? 0 : -1 << (32 - length);
        }

        @Override
        public String toString() {
            return address + "/" + length;
        }
    }

    /// @param last  not below `first`
    public record PortRange(int first, int last) {
        boolean overlaps(PortRange other) {
            return first <= other.last && other.first <= last;
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }
}

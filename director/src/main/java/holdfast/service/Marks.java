package holdfast.service;

import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The mark of a first packet, as iptables' MARK target sets it for IPVS; a packet socket cannot see the kernel's mark.
/// If several rules match, the first one applies. Read once for each new connection; immutable, and allocates nothing.
public final class Marks {
    private static final int ANY_PROTOCOL = -1;
    private static final int ONE_ADDRESS = -1; // as a mask

    private final Rule[] rules;

    private record Rule(
            int mark,
            int source,
            int sourceMask,
            int destination,
            int destinationMask,
            int protocol,
            int[] sourcePorts,
            int[] destinationPorts,
            String interfaceName) {
        boolean fits(Flow flow, String from) {
            return ((int) flow.clientLo() & sourceMask) == source
                    && (flow.virtualAddress() & destinationMask) == destination
                    && (protocol == ANY_PROTOCOL || protocol == flow.protocol())
                    && isIn(sourcePorts, flow.clientPort())
                    && isIn(destinationPorts, flow.virtualPort())
                    && (interfaceName.isEmpty() || interfaceName.equals(from));
        }

        /// @param ranges  first and last port alternating; none for all
        private static boolean isIn(int[] ranges, int port) {
            for (int i = 0; i < ranges.length; i += 2) {
                if (port >= ranges[i] && port <= ranges[i + 1]) {
                    return true;
                }
            }
            return ranges.length == 0;
        }
    }

    public Marks(List<MarkRule> rules) {
        this.rules = rules.stream().map(Marks::compiled).toArray(Rule[]::new);
    }

    /// The mark of a flow, or 0 if no rule matches.
    ///
    /// @param from  name of the interface on which the packet arrived
    public int of(Flow flow, String from) {
        for (var rule : rules) {
            if (rule.fits(flow, from)) {
                return rule.mark;
            }
        }
        return 0;
    }

    /// The single destination that every rule of a mark names, or 0 if they name several or none. For the control
    /// path.
    public int destination(int mark) {
        var destinations = Arrays.stream(rules)
                .filter(rule -> rule.mark == mark)
                .map(rule -> rule.destinationMask == ONE_ADDRESS ? rule.destination : 0)
                .distinct()
                .toList();
        return destinations.size() == 1 ? destinations.getFirst() : 0;
    }

    private static Rule compiled(MarkRule rule) {
        int sourceMask = rule.source().map(MarkRule.Prefix::mask).orElse(0);
        int destinationMask = rule.destination().map(MarkRule.Prefix::mask).orElse(0);
        return new Rule(
                rule.mark(),
                rule.source().map(prefix -> prefix.address().bits()).orElse(0) & sourceMask,
                sourceMask,
                rule.destination().map(prefix -> prefix.address().bits()).orElse(0) & destinationMask,
                destinationMask,
                rule.protocol().map(Protocol::number).orElse(ANY_PROTOCOL),
                ranges(rule.sourcePorts()),
                ranges(rule.destinationPorts()),
                rule.interfaceName().orElse(""));
    }

    private static int[] ranges(List<MarkRule.PortRange> ranges) {
        return ranges.stream()
                .flatMapToInt(range -> IntStream.of(range.first(), range.last()))
                .toArray();
    }
}

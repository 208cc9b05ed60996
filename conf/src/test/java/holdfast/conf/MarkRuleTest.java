package holdfast.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MarkRuleTest {
    private static final MarkRule ANY = rule("0.0.0.0/0", "0.0.0.0/0", Optional.empty(), Optional.empty());

    @Test
    void rulesOverlapUnlessAnAttributeKeepsThemApart() {
        var rule = rule("198.51.100.0/24", "192.0.2.10", Optional.of(Protocol.TCP), Optional.of("front"), 80, 90);

        assertThat(rule.overlaps(rule)).isTrue();
        assertOverlap(rule, ANY, true);
        assertOverlap(
                rule, rule("198.51.100.7", "192.0.2.0/24", Optional.of(Protocol.TCP), Optional.empty(), 90, 99), true);
        assertOverlap(rule, rule("198.51.101.0/24", "192.0.2.10", Optional.of(Protocol.TCP), Optional.empty()), false);
        assertOverlap(rule, rule("0.0.0.0/0", "192.0.2.11", Optional.empty(), Optional.empty()), false);
        assertOverlap(rule, rule("0.0.0.0/0", "192.0.2.10", Optional.of(Protocol.UDP), Optional.empty()), false);
        assertOverlap(rule, rule("0.0.0.0/0", "192.0.2.10", Optional.empty(), Optional.of("back")), false);
        assertOverlap(
                rule, rule("0.0.0.0/0", "192.0.2.10", Optional.of(Protocol.TCP), Optional.empty(), 91, 99), false);
    }

    private static void assertOverlap(MarkRule one, MarkRule other, boolean expected) {
        assertThat(one.overlaps(other)).as("%s", other).isEqualTo(expected);
        assertThat(other.overlaps(one)).as("%s", other).isEqualTo(expected);
    }

    /// @param ports  first and last one of the destination, or none for all
    private static MarkRule rule(
            String source, String destination, Optional<Protocol> protocol, Optional<String> from, int... ports) {
        return new MarkRule(
                7,
                Optional.of(MarkRule.Prefix.of(source)),
                Optional.of(MarkRule.Prefix.of(destination)),
                protocol,
                List.of(),
                ports.length == 0 ? List.of() : List.of(new MarkRule.PortRange(ports[0], ports[1])),
                from);
    }
}

package holdfast.client;

import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import java.time.Duration;
import java.time.Instant;

/// An operator's rule for the clients of a network, each by itself.
public sealed interface ClientRule {
    /// The end of a rule without an end.
    long FOR_EVER = Long.MAX_VALUE;

    /// An operator's order.
    ///
    /// @param wall  the present time of its clock
    /// @param now   monotonic ns
    static ClientRule of(ByHand.ClientRule order, Instant wall, long now) {
        var clients = ClientPrefix.v4(order.clients().address(), order.clients().length());
        long untilAt = order.until()
                .map(until -> now + Duration.between(wall, until).toNanos())
                .orElse(FOR_EVER);
        return order.isBlock()
                ? new Block(clients, untilAt)
                : new Limit(clients, new Configuration.ClientLimit(order.connections(), order.newPerSecond()), untilAt);
    }

    ClientPrefix clients();

    /// Monotonic ns at which the rule ends, or [#FOR_EVER].
    long untilAt();

    /// They begin no connections; their open connections continue.
    record Block(ClientPrefix clients, long untilAt) implements ClientRule {}

    /// Limits each client over all services, instead of the limits of its services. A limit without a bound exempts
    /// the client from these.
    record Limit(ClientPrefix clients, Configuration.ClientLimit limit, long untilAt) implements ClientRule {}
}

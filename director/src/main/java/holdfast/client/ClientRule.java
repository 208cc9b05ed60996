package holdfast.client;

import holdfast.conf.Configuration;

/// An operator's rule for the clients of a network, each by itself.
public sealed interface ClientRule {
    /// The end of a rule without an end.
    long FOR_EVER = Long.MAX_VALUE;

    ClientPrefix clients();

    /// Monotonic ns at which the rule ends, or [#FOR_EVER].
    long untilAt();

    /// They begin no connections; their open connections continue.
    record Block(ClientPrefix clients, long untilAt) implements ClientRule {}

    /// Limits each client over all services, instead of the limits of its services. A limit without a bound exempts
    /// the client from these.
    record Limit(ClientPrefix clients, Configuration.ClientLimit limit, long untilAt) implements ClientRule {}
}

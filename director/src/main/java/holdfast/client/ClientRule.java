package holdfast.client;

import holdfast.conf.Configuration;

/// What an operator says about the clients of a network, each by itself.
public sealed interface ClientRule {
    /// The time of a rule that holds until it is taken back.
    long FOR_EVER = Long.MAX_VALUE;

    ClientPrefix clients();

    /// Monotonic ns from which on the rule is as if it were not there, or [#FOR_EVER].
    long untilAt();

    /// They begin no connections; those they have go on.
    record Block(ClientPrefix clients, long untilAt) implements ClientRule {}

    /// They may have so much, over all services, in place of what their services allow each client. With
    /// no bound in it it frees them of that.
    record Limit(ClientPrefix clients, Configuration.ClientLimit limit, long untilAt) implements ClientRule {}
}

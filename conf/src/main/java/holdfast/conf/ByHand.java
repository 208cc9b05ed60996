package holdfast.conf;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What operators have ordered beside the configuration: it is part of a revision and of no file, lasts until it is
/// lifted by name, and is the same on every director. Its times are of the wall clock, which directors share by NTP.
///
/// @param drains  at most one for each real server
/// @param rules   for clients, at most one for each prefix
public record ByHand(List<Drain> drains, List<ClientRule> rules) {
    /// Nothing was ordered.
    public static final ByHand NONE = new ByHand(List.of(), List.of());

    public ByHand {
        drains = List.copyOf(drains);
        rules = List.copyOf(rules);
    }

    /// A real server that gets no new clients.
    ///
    /// @param mode   empty for what the configuration says
    /// @param since  when it was ordered
    /// @param until  when the remaining connections are ended; only for UNTIL_DEADLINE
    public record Drain(
            ServiceKey service,
            Ipv4 address,
            int port,
            Optional<DrainMode> mode,
            Instant since,
            Optional<Instant> until) {
        /// Whether both are of the same real server.
        public boolean isOf(ServiceKey ofService, Ipv4 ofAddress, int ofPort) {
            return service.equals(ofService) && address.equals(ofAddress) && port == ofPort;
        }
    }

    /// A block or a limit for the clients of a prefix.
    ///
    /// @param connections   most at once for each client; 0 for no bound
    /// @param newPerSecond  most new ones per second for each client; 0 for no bound
    /// @param until         empty for good
    public record ClientRule(
            MarkRule.Prefix clients, boolean isBlock, int connections, int newPerSecond, Optional<Instant> until) {}

    /// With one more drain, which replaces an earlier one of that real server.
    public ByHand with(Drain drain) {
        return new ByHand(
                more(drains, each -> each.isOf(drain.service(), drain.address(), drain.port()), drain), rules);
    }

    public ByHand withoutDrain(ServiceKey service, Ipv4 address, int port) {
        return new ByHand(
                drains.stream()
                        .filter(drain -> !drain.isOf(service, address, port))
                        .toList(),
                rules);
    }

    /// With one more rule, which replaces an earlier one of that prefix.
    public ByHand with(ClientRule rule) {
        return new ByHand(drains, more(rules, each -> each.clients().equals(rule.clients()), rule));
    }

    public ByHand withoutRule(MarkRule.Prefix clients) {
        return new ByHand(
                drains,
                rules.stream().filter(rule -> !rule.clients().equals(clients)).toList());
    }

    /// Without drains of real servers that the configuration lacks, and without rules that have ended.
    public ByHand within(Shared shared, Instant now) {
        return new ByHand(
                drains.stream().filter(drain -> has(shared, drain)).toList(),
                rules.stream()
                        .filter(rule -> rule.until().map(now::isBefore).orElse(true))
                        .toList());
    }

    private static boolean has(Shared shared, Drain drain) {
        return shared.services().stream()
                .filter(service -> service.key().equals(drain.service()))
                .flatMap(service -> service.realServers().stream())
                .anyMatch(real -> real.address().equals(drain.address()) && real.port() == drain.port());
    }

    private static <T> List<T> more(List<T> all, Predicate<T> isReplaced, T added) {
        var kept = new ArrayList<>(all);
        kept.removeIf(isReplaced);
        kept.add(added);
        return kept;
    }
}

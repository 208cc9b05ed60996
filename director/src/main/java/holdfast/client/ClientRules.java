package holdfast.client;

import holdfast.conf.Configuration;
import holdfast.service.Flow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The operator's rules for clients. Of the rules that have not expired, the one with the longest prefix applies;
/// without one, the limits of the service apply. An immutable snapshot: the control path makes a new one. The datapath
/// thread reads it for each new connection, which allocates nothing and compares about ten prefixes for each length in
/// use.
///
/// A limit uses only the lower bounds of [Clients], so no client is refused because of another one. A client without an
/// entry there is not limited. This happens only while every entry has more claim. Refused connections are not counted
/// there, so under limits no claim grows far beyond them, and a client that comes near gets an entry.
public final class ClientRules {
    /// Most rules at once.
    public static final int RULES_MAX = 1024;

    private static final int NOT_FOUND = -1;

    private static final Comparator<ClientRule> ORDER = Comparator.comparingInt(
                    (ClientRule rule) -> -rule.clients().length())
            .thenComparing((a, b) -> compare(
                    a.clients().hi(),
                    a.clients().lo(),
                    b.clients().hi(),
                    b.clients().lo()));

    /// No rules.
    public static final ClientRules NONE = new ClientRules(List.of());

    /// The limits of a service that limits no client.
    public static final Configuration.ClientLimit NO_LIMIT = new Configuration.ClientLimit(0, 0);

    /// The verdict on a client's new connection.
    public enum Verdict {
        ADMIT,
        BLOCKED,
        /// It has as many connections as it may have.
        OVER_CONNECTIONS,
        /// It has begun as many in this second as it may.
        OVER_RATE
    }

    private final ClientRule[] rules; // by ORDER, so longer prefixes come first
    private final int[] ends; // for each length in use, the end of its rules

    private ClientRules(List<ClientRule> rules) {
        this.rules = rules.stream().sorted(ORDER).toArray(ClientRule[]::new);
        var ends = new ArrayList<Integer>();
        for (int i = 1; i <= this.rules.length; i++) {
            if (i == this.rules.length || length(i) != length(i - 1)) {
                ends.add(i);
            }
        }
        this.ends = ends.stream().mapToInt(Integer::intValue).toArray();
    }

    /// These rules with one more, which replaces an earlier one for the same clients, and without expired ones.
    ///
    /// @throws IllegalStateException if there are [#RULES_MAX] already
    public ClientRules with(ClientRule rule, long now) {
        var kept = without(rule.clients(), now).list();
        if (kept.size() == RULES_MAX) {
            throw new IllegalStateException(
                    "there are " + RULES_MAX + " rules about clients, which is the most; take one back first");
        }
        var more = new ArrayList<>(kept);
        more.add(rule);
        return new ClientRules(more);
    }

    /// These rules without the one for exactly these clients, if any, and without expired ones.
    public ClientRules without(ClientPrefix clients, long now) {
        return new ClientRules(list().stream()
                .filter(rule -> !rule.clients().equals(clients) && isInForce(rule, now))
                .toList());
    }

    /// All rules, expired ones included, the longest prefixes first.
    public List<ClientRule> list() {
        return List.of(rules);
    }

    /// Whether a client may begin a connection to a service.
    ///
    /// @param allowed  the limits of the service for each client
    public Verdict verdict(Flow flow, int service, Configuration.ClientLimit allowed, Clients clients, long now) {
        int found = find(flow.clientHi(), flow.clientLo(), now);
        if (found == NOT_FOUND) {
            return within(allowed, flow, service, clients, now);
        }
        return switch (rules[found]) {
            case ClientRule.Block _ -> Verdict.BLOCKED;
            case ClientRule.Limit rule -> within(rule.limit(), flow, Clients.ALL_SERVICES, clients, now);
        };
    }

    private static Verdict within(Configuration.ClientLimit limit, Flow flow, int service, Clients clients, long now) {
        if (limit.connections() != 0
                && clients.connections(flow.clientHi(), flow.clientLo(), service) >= limit.connections()) {
            return Verdict.OVER_CONNECTIONS;
        }
        if (limit.newPerSecond() != 0
                && clients.newPerSecond(flow.clientHi(), flow.clientLo(), service, now) >= limit.newPerSecond()) {
            return Verdict.OVER_RATE;
        }
        return Verdict.ADMIT;
    }

    /// The rule that applies to a client, or [#NOT_FOUND].
    private int find(long hi, long lo, long now) {
        int start = 0;
        for (int end : ends) {
            int length = length(start);
            int found = find(ClientPrefix.maskedHi(hi, length), ClientPrefix.maskedLo(lo, length), start, end);
            if (found != NOT_FOUND && isInForce(rules[found], now)) {
                return found;
            }
            start = end;
        }
        return NOT_FOUND;
    }

    private int find(long hi, long lo, int start, int end) {
        int low = start;
        int high = end - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            var clients = rules[middle].clients();
            int order = compare(clients.hi(), clients.lo(), hi, lo);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return NOT_FOUND;
    }

    private int length(int rule) {
        return rules[rule].clients().length();
    }

    private static boolean isInForce(ClientRule rule, long now) {
        return now < rule.untilAt();
    }

    private static int compare(long hi, long lo, long otherHi, long otherLo) {
        int order = Long.compareUnsigned(hi, otherHi);
        return order != 0 ? order : Long.compareUnsigned(lo, otherLo);
    }
}

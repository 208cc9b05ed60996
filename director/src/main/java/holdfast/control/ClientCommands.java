package holdfast.control;

import holdfast.admin.ClientList;
import holdfast.admin.ClientRuleList;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientsRequest;
import holdfast.admin.Endpoint;
import holdfast.api.RefusedException;
import holdfast.client.By;
import holdfast.client.ClientRule;
import holdfast.client.ClientRules;
import holdfast.client.Clients;
import holdfast.client.TopClient;
import holdfast.conf.ByHand;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.MarkRule;
import holdfast.linux.Clock;
import holdfast.persist.TemplateTable;
import holdfast.table.Tables;
import holdfast.worker.GroupDatapath;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers operators' questions about clients: the busiest clients, and the rules for them.
public final class ClientCommands {
    private static final long MS = 1_000_000;
    private static final int V4_LENGTH = 96; // of ::/96, which holds IPv4 in the 128 bits of a client

    private static final int SLICE = 2048; // entries, some 20 µs

    private final Ask ask;
    private final HandOrders orders;

    ClientCommands(GroupDatapath datapath, HandOrders orders) {
        this.ask = new Ask(datapath);
        this.orders = orders;
    }

    ClientList top(ClientsRequest request) {
        var ranking =
                ask.tables(tables -> tables.clients().ranking(request.limit(), by(request.by()), Clients.EACH_SERVICE));
        boolean hasMore;
        do {
            hasMore = ask.tables(_ -> ranking.look(SLICE, Clock.monotonic()));
        } while (hasMore);
        return ask.tables(tables -> new ClientList(
                request.by(),
                ranking.clients(Clock.monotonic()).stream()
                        .map(client -> shown(tables, client))
                        .toList()));
    }

    private static By by(ClientList.By by) {
        return switch (by) {
            case CONNECTIONS -> By.CONNECTIONS;
            case RATE -> By.NEW_PER_SECOND;
            case SHARE -> By.SHARE;
        };
    }

    private static ClientList.Client shown(Tables tables, TopClient client) {
        int address = (int) client.lo();
        return new ClientList.Client(
                new Ipv4(address),
                tables.services().key(client.service()),
                client.connections(),
                client.connectionsError(),
                client.newPerSecond(),
                client.share(),
                realOf(tables, client.service(), address));
    }

    private static @Nullable Endpoint realOf(Tables tables, int service, int address) {
        var services = tables.services();
        if (!services.isPersistent(service) || services.hasEngine(service)) {
            return null;
        }
        int slot = tables.persistence().find(service, address & services.netmask(service));
        return slot == TemplateTable.MISSING
                ? null
                : Named.endpoint(
                        tables.reals(), tables.templates().view().at(slot).real());
    }

    ClientRuleList rules() {
        return ask.tables(tables -> shown(tables.clientRules()));
    }

    ClientRuleList change(ClientRuleRequest request) {
        orders.change(before -> changed(before, request), KebabCase.of(request.action()) + " of " + request.client());
        return rules();
    }

    private static ByHand changed(ByHand before, ClientRuleRequest request) {
        var client = request.client();
        var clients = new MarkRule.Prefix(new Ipv4(client.address().bits() & client.mask()), client.length());
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var until = Optional.ofNullable(request.forS()).map(now::plusSeconds);
        var without = before.withoutRule(clients);
        boolean isThere = without.rules().size() < before.rules().size();
        if (request.action() == ClientRuleRequest.Action.UNBLOCK && !isThere) {
            throw RefusedException.wrongInput(
                    "there is no rule for " + client,
                    "a rule is taken away by the prefix that it was given for",
                    "see 'holdfast clients rules'");
        }
        if (without.rules().size() == ClientRules.RULES_MAX) {
            throw RefusedException.notNow(
                    "the rule was not taken",
                    "there are " + ClientRules.RULES_MAX + " rules about clients, which is the most",
                    "unblock a client first");
        }
        return switch (request.action()) {
            case BLOCK -> without.with(new ByHand.ClientRule(clients, true, 0, 0, until));
            case LIMIT ->
                without.with(new ByHand.ClientRule(
                        clients, false, orNone(request.connections()), orNone(request.newPerSecond()), until));
            case UNBLOCK -> without;
        };
    }

    private static int orNone(@Nullable Integer bound) {
        return bound == null ? 0 : bound;
    }

    private static ClientRuleList shown(ClientRules rules) {
        long now = Clock.monotonic();
        List<ClientRuleList.Rule> shown = new ArrayList<>();
        for (var rule : rules.list()) {
            if (now < rule.untilAt()) {
                shown.add(shown(rule, now));
            }
        }
        return new ClientRuleList(shown);
    }

    private static ClientRuleList.Rule shown(ClientRule rule, long now) {
        var clients = rule.clients();
        var prefix = new MarkRule.Prefix(new Ipv4((int) clients.lo()), clients.length() - V4_LENGTH);
        Long expiresMs = rule.untilAt() == ClientRule.FOR_EVER ? null : (rule.untilAt() - now) / MS;
        return switch (rule) {
            case ClientRule.Block _ -> new ClientRuleList.Rule(prefix, true, null, null, expiresMs);
            case ClientRule.Limit limit ->
                new ClientRuleList.Rule(
                        prefix,
                        false,
                        orNull(limit.limit().connections()),
                        orNull(limit.limit().newPerSecond()),
                        expiresMs);
        };
    }

    private static @Nullable Integer orNull(int bound) {
        return bound == 0 ? null : bound;
    }
}

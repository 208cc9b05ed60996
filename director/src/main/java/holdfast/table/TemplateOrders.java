package holdfast.table;

import holdfast.persist.Persistence;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Performs an operator's orders on templates: flush, move, pin. It works on the datapath thread, a few templates per
/// turn, so that packets do not wait, and pauses while the stream to the standbys is more than half full, so that they
/// learn of every change.
///
/// It finds one client by its keys, one for each service, and the templates of a real server or a service by the real
/// servers' own lists. So an order costs only the templates that it concerns, except an order for a client prefix,
/// which checks every template of the remaining real servers. Worker only.
public final class TemplateOrders {
    /// Most orders that wait; more are refused.
    private static final int ORDERS_MAX = 64;

    public enum Action {
        FLUSH,
        MOVE,
        PIN,
        UNPIN
    }

    /// Selects templates.
    ///
    /// @param client   address whose bits under `mask` count, as far as the service's netmask has them
    /// @param mask     all ones for one client, 0 for all
    /// @param service  id, or [Services#NONE] for all
    /// @param real     address and port of a real server as [Target], or null for all
    public record Selection(
            int client, int mask, int service, @Nullable Target real) {
        boolean isOneClient() {
            return mask == -1;
        }
    }

    /// A real server by its address, in any service.
    ///
    /// @param port  as configured, or [#ANY_PORT]
    public record Target(int address, int port) {
        /// Any port.
        public static final int ANY_PORT = -1;

        boolean is(RealServerTable reals, int id) {
            return reals.address(id) == address && (port == ANY_PORT || reals.port(id) == port);
        }
    }

    /// The outcome of an order.
    ///
    /// @param matched  templates that the order selected
    /// @param done     templates changed, or created
    /// @param refused  templates that could not be changed: no such real server in the service or more than one, or
    ///     no room
    public record Outcome(long matched, long done, long refused) {}

    private static final class Order {
        private final Action action;
        private final Selection selection;
        private final @Nullable Target to;
        private final boolean isDryRun;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private final int[] walked; // the ids of the walk: services for one client, else real servers
        private int at;
        private int cursor = TemplateTable.MISSING;
        private long matched;
        private long done;
        private long refused;

        Order(Action action, Selection selection, @Nullable Target to, boolean isDryRun, int[] walked) {
            this.action = action;
            this.selection = selection;
            this.to = to;
            this.isDryRun = isDryRun;
            this.walked = walked;
        }
    }

    private final Entries entries;
    private final Persistence persistence;
    private final TemplateTable templates;
    private final RealServerTable reals;
    private final Changes changes;
    private final Supplier<Policy> policy;
    private final Template template;
    private final Queue<Order> orders = new ArrayDeque<>();

    TemplateOrders(
            Entries entries,
            Persistence persistence,
            TemplateTable templates,
            RealServerTable reals,
            Changes changes,
            Supplier<Policy> policy) {
        this.entries = entries;
        this.persistence = persistence;
        this.templates = templates;
        this.reals = reals;
        this.changes = changes;
        this.policy = policy;
        template = templates.view();
    }

    /// Accepts an order. Its outcome comes once everything is done. The future fails if this director is not or no
    /// longer active, or if too many orders wait.
    ///
    /// @param to        the real server for MOVE, and for PIN if a client has no template; else null
    /// @param isDryRun  only count
    public CompletableFuture<Outcome> order(Action action, Selection selection, @Nullable Target to, boolean isDryRun) {
        var order = new Order(action, selection, to, isDryRun, walked(selection));
        if (!entries.isActive()) {
            order.outcome.completeExceptionally(
                    new IllegalStateException("this director is not active; ask the one that is"));
        } else if (orders.size() >= ORDERS_MAX) {
            order.outcome.completeExceptionally(
                    new IllegalStateException(ORDERS_MAX + " orders wait already; ask again when they are done"));
        } else {
            orders.add(order);
        }
        return order.outcome;
    }

    /// @return number of templates checked
    public int run(long now, int budget) {
        var order = orders.peek();
        if (order == null || changes.isCrowded()) {
            return 0;
        }
        int left = budget;
        while (left > 0 && order.at < order.walked.length) {
            left -= order.selection.isOneClient() ? visitClient(order, now) : visitRealServer(order, now, left);
        }
        if (order.at == order.walked.length) {
            orders.remove();
            order.outcome.complete(new Outcome(order.matched, order.done, order.refused));
        }
        return Math.max(1, budget - left);
    }

    /// Drops unfinished work: another director changes the tables now.
    void giveUp() {
        for (var order = orders.poll(); order != null; order = orders.poll()) {
            order.outcome.completeExceptionally(
                    new IllegalStateException("this director is not active any more; ask the one that is"));
        }
    }

    private int[] walked(Selection selection) {
        var services = policy.get().services();
        List<Integer> walked = new ArrayList<>();
        if (selection.isOneClient()) {
            for (int service = 0; service < services.size(); service++) {
                boolean isByClient = services.isPersistent(service) && !services.hasEngine(service);
                if (isByClient && isSelected(selection, service)) {
                    walked.add(service);
                }
            }
        } else {
            for (int real = 0; real < reals.size(); real++) {
                boolean isSelected = isSelected(selection, reals.service(real)) && isSelectedReal(selection, real);
                if (isSelected && !reals.isForgotten(real)) {
                    walked.add(real);
                }
            }
        }
        return walked.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isSelected(Selection selection, int service) {
        return selection.service == Services.NONE || selection.service == service;
    }

    private boolean isSelectedReal(Selection selection, int real) {
        var wanted = selection.real;
        return wanted == null || wanted.is(reals, real);
    }

    private int visitClient(Order order, long now) {
        int service = order.walked[order.at++];
        int client = order.selection.client & policy.get().services().netmask(service);
        int slot = findRemembered(service, client, now);
        if (slot != TemplateTable.MISSING
                && isSelectedReal(order.selection, template.at(slot).real())) {
            act(order, slot, now);
        } else if (slot == TemplateTable.MISSING && order.action == Action.PIN) {
            make(order, service, client, now);
        }
        return 1;
    }

    /// The template of a client; removes one of a forgotten real server before the sweep does.
    private int findRemembered(int service, int client, long now) {
        int slot = persistence.find(service, client);
        if (slot != TemplateTable.MISSING && reals.isForgotten(template.at(slot).real())) {
            entries.dropTemplate(slot, now);
            return TemplateTable.MISSING;
        }
        return slot;
    }

    /// Continues in one real server's list. If the next template was removed meanwhile, it restarts at the head: no
    /// template is changed twice.
    private int visitRealServer(Order order, long now, int budget) {
        int real = order.walked[order.at];
        int slot = templates.resumed(real, order.cursor);
        int looked = 1;
        for (; slot != TemplateTable.MISSING && looked < budget; looked++) {
            int next = templates.nextOf(slot);
            boolean isMeant = persistence.isInPrefix(slot, order.selection.client, order.selection.mask);
            if (isMeant && !template.at(slot).isInvalid()) {
                act(order, slot, now);
            }
            slot = next;
        }
        order.cursor = slot;
        if (slot == TemplateTable.MISSING) {
            order.at++;
        }
        return looked;
    }

    private void act(Order order, int slot, long now) {
        template.at(slot);
        switch (order.action) {
            case FLUSH -> {
                if (!order.isDryRun) {
                    entries.dropTemplate(slot, now);
                }
                count(order, true);
            }
            case MOVE -> move(order, slot, now);
            case PIN, UNPIN -> {
                boolean pinned = order.action == Action.PIN;
                if (template.isPinned() != pinned) {
                    if (!order.isDryRun) {
                        entries.pinTemplate(slot, pinned, now);
                    }
                    count(order, true);
                } else {
                    order.matched++;
                }
            }
        }
    }

    private void move(Order order, int slot, long now) {
        int to = target(order, template.service());
        if (to == RealServerTable.NONE) {
            count(order, false);
        } else if (to != template.real()) {
            if (!order.isDryRun) {
                entries.moveTemplate(slot, to, now);
            }
            count(order, true);
        } else {
            order.matched++; // it is there already
        }
    }

    private void make(Order order, int service, int client, long now) {
        int to = target(order, service);
        if (order.isDryRun) {
            count(order, to != RealServerTable.NONE);
            return;
        }
        int slot = to == RealServerTable.NONE ? TemplateTable.FULL : entries.madeTemplate(service, client, to, now);
        if (slot == TemplateTable.FULL) {
            count(order, false);
        } else {
            entries.pinTemplate(slot, true, now);
            count(order, true);
        }
    }

    private static void count(Order order, boolean done) {
        order.matched++;
        order.done += done ? 1 : 0;
        order.refused += done ? 0 : 1;
    }

    /// The real server that an order names, in a service, if it is configured there now and is the only match.
    private int target(Order order, int service) {
        var to = order.to;
        if (to == null || service == Services.NONE) {
            return RealServerTable.NONE;
        }
        var candidates = policy.get().services().reals(service);
        int found = RealServerTable.NONE;
        for (int i = 0; i < candidates.count(); i++) {
            if (to.is(reals, candidates.id(i))) {
                if (found != RealServerTable.NONE) {
                    return RealServerTable.NONE;
                }
                found = candidates.id(i);
            }
        }
        return found;
    }
}

package holdfast.control;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.api.Caller;
import holdfast.api.RefusedException;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.Protocol;
import holdfast.conf.Suggestion;
import holdfast.conn.Conn;
import holdfast.conn.SctpState;
import holdfast.conn.SlotTable;
import holdfast.conn.TcpState;
import holdfast.linux.Clock;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.sync.Version;
import holdfast.table.Tables;
import holdfast.worker.GroupDatapath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Lists the entries of a worker in slices, between its packets.
///
/// Entries of real servers or services are found by the real servers' lists, and the templates of one client by their
/// keys, so that a listing costs only the entries that it lists. It is not a snapshot: entries come and go meanwhile,
/// and each is shown as it was in its slice.
public final class EntryListing {
    /// Entries checked in one slice; at some 100 ns each, packets wait for less than 100 µs.
    private static final int SLICE = 512;

    /// The port in IPVS's listings of a template that no client finds any more (IPVS-REF 3.5).
    private static final int VOID_PORT = 65535;

    /// Of a template that an operator has pinned; selects, but is not shown: IPVS has no such state.
    private static final String PINNED = "PINNED";

    private static final List<String> STATES = Stream.of(
                    Arrays.stream(TcpState.values()).map(TcpState::name),
                    Arrays.stream(SctpState.values()).map(SctpState::listed),
                    Stream.of("UDP", "NONE", "ASSURED", PINNED))
            .flatMap(Function.identity())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .distinct()
            .sorted()
            .toList();

    /// Slices looked through for one page: 100,000 slots, where a filter lets few entries through.
    private static final int PAGE_SLICES = 200;

    private static final int END = -1;
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private final Ask ask;

    EntryListing(GroupDatapath datapath) {
        this.ask = new Ask(datapath);
    }

    /// One of the two tables, for one slice.
    private interface Source {
        SlotTable table();

        int realAt(int slot);

        boolean fits(EntryFilter filter);

        /// IPVS's name of the state of the last slot's entry.
        String state();

        /// Whether the last slot's entry is in a state, by its name in any case.
        default boolean isIn(String state) {
            return state.equalsIgnoreCase(state());
        }

        /// The entry of the last slot.
        Connections.Entry entry(long now);
    }

    /// Entries found, and the slot at which the next slice begins, or [#END].
    private record Slice(List<Connections.Entry> entries, int cursor) {}

    /// A listing, or a page of it. A caller on TCP gets [Bounds#PAGE_MAX] entries at most.
    Connections connections(ConnectionsRequest request) {
        checkState(request.state());
        int limit = Caller.current().isRemote() ? Math.min(request.limit(), Bounds.PAGE_MAX) : request.limit();
        var page = request.page();
        return page == null ? whole(request, limit) : page(request, limit, page);
    }

    /// By the slots of the tables, so that a page begins where the one before it ended, whatever has come and gone.
    private Connections page(ConnectionsRequest request, int limit, String page) {
        var entries = new ArrayList<Connections.Entry>();
        var at = page.equals(ConnectionsRequest.FIRST_PAGE)
                ? Cursor.first(request.kind())
                : Cursor.of(page, request.kind());
        for (int slices = 0; at != null && slices < PAGE_SLICES && entries.size() < limit; slices++) {
            var from = at;
            int room = limit - entries.size();
            var slice = ask.tables(tables -> bySlot(from.source(tables), request, from.slot(), room));
            entries.addAll(slice.entries());
            at = slice.cursor() == END ? from.next(request.kind()) : new Cursor(from.kind(), slice.cursor());
        }
        boolean isAll = request.filter().equals(EntryFilter.ALL) && request.state() == null;
        long total = isAll ? total(request.kind()) : entries.size();
        return new Connections(Math.max(total, entries.size()), at != null, entries, at == null ? null : at.toString());
    }

    /// Where a page ends: in one of the tables, before a slot.
    private record Cursor(Connections.Kind kind, int slot) {
        static Cursor first(Connections.@Nullable Kind wanted) {
            return new Cursor(wanted == null ? Connections.Kind.TEMPLATE : wanted, 0);
        }

        static Cursor of(String page, Connections.@Nullable Kind wanted) {
            var kind = page.charAt(0) == 't' ? Connections.Kind.TEMPLATE : Connections.Kind.CONNECTION;
            if (wanted != null && kind != wanted) {
                throw RefusedException.wrongInput(
                        "page " + page + " is of another listing",
                        "it goes on with another kind than " + KebabCase.of(wanted),
                        "ask for all pages with the same parameters");
            }
            return new Cursor(kind, Integer.parseInt(page.substring(1)));
        }

        /// The beginning of the next table; null if this was the last one.
        @Nullable
        Cursor next(Connections.@Nullable Kind wanted) {
            return wanted == null && kind == Connections.Kind.TEMPLATE
                    ? new Cursor(Connections.Kind.CONNECTION, 0)
                    : null;
        }

        Source source(Tables tables) {
            return kind == Connections.Kind.TEMPLATE ? new TemplateSource(tables) : new ConnSource(tables);
        }

        @Override
        public String toString() {
            return (kind == Connections.Kind.TEMPLATE ? "t" : "c") + slot;
        }
    }

    private Connections whole(ConnectionsRequest request, int limit) {
        var kind = request.kind();
        var filter = request.filter();
        var entries = new ArrayList<Connections.Entry>();
        boolean isWhole = true;
        if (kind != Connections.Kind.CONNECTION) {
            var client = filter.client();
            isWhole = (client != null && client.length() == 32)
                    ? addUpTo(limit, entries, ask.tables(tables -> templatesOf(client.address(), tables, request)))
                    : collect(entries, limit, request, TemplateSource::new);
        }
        if (kind != Connections.Kind.TEMPLATE) {
            isWhole &= collect(entries, limit, request, ConnSource::new);
        }
        boolean isAll = filter.equals(EntryFilter.ALL) && request.state() == null;
        long total = isAll ? total(kind) : entries.size();
        return new Connections(Math.max(total, entries.size()), !isWhole, entries);
    }

    private static void checkState(@Nullable String state) {
        if (state != null && STATES.stream().noneMatch(state::equalsIgnoreCase)) {
            throw RefusedException.wrongInput(
                    "there is no state " + state,
                    "the states are " + String.join(", ", STATES),
                    Suggestion.bySpelling(state, STATES)
                            .map("did you mean %s?"::formatted)
                            .orElse("name one of these"));
        }
    }

    private static boolean isWanted(Source source, ConnectionsRequest request) {
        return source.fits(request.filter()) && (request.state() == null || source.isIn(request.state()));
    }

    private long total(Connections.@Nullable Kind kind) {
        return ask.tables(tables -> {
            long templates = tables.templates().size();
            long connections = tables.connections().size();
            return switch (kind) {
                case null -> templates + connections;
                case TEMPLATE -> templates;
                case CONNECTION -> connections;
            };
        });
    }

    /// The templates that a client can find: one lookup for each service.
    private static List<Connections.Entry> templatesOf(Ipv4 address, Tables tables, ConnectionsRequest request) {
        var filter = request.filter();
        var ofService = new ConnectionsRequest(
                Connections.Kind.TEMPLATE,
                new EntryFilter(null, filter.real(), filter.service()),
                request.state(),
                request.limit());
        var source = new TemplateSource(tables);
        var entries = new ArrayList<Connections.Entry>();
        for (int service = 0; service < tables.services().size(); service++) {
            int client = address.bits() & tables.services().netmask(service);
            boolean isByClient = tables.services().isPersistent(service)
                    && !tables.services().hasEngine(service);
            int slot = isByClient ? tables.persistence().find(service, client) : TemplateTable.MISSING;
            if (slot != TemplateTable.MISSING) {
                source.realAt(slot);
                if (isWanted(source, ofService)) {
                    entries.add(source.entry(Clock.monotonic()));
                }
            }
        }
        return entries;
    }

    /// @return false if the limit cut entries off
    private boolean collect(
            List<Connections.Entry> entries, int limit, ConnectionsRequest request, Function<Tables, Source> source) {
        var filter = request.filter();
        return (filter.real() == null && filter.service() == null)
                ? collectAll(entries, limit, request, source)
                : collectOfReals(entries, limit, request, source);
    }

    private boolean collectAll(
            List<Connections.Entry> entries, int limit, ConnectionsRequest request, Function<Tables, Source> source) {
        int cursor = 0;
        while (cursor != END) {
            int from = cursor;
            var slice = ask.tables(tables -> bySlot(source.apply(tables), request, from, SLICE));
            cursor = slice.cursor();
            if (!addUpTo(limit, entries, slice.entries())) {
                return false;
            }
        }
        return true;
    }

    /// @param room  most entries wanted
    private static Slice bySlot(Source source, ConnectionsRequest request, int from, int room) {
        var entries = new ArrayList<Connections.Entry>();
        var table = source.table();
        long now = Clock.monotonic();
        int end = Math.min(table.high(), from + SLICE);
        int slot = from;
        for (; slot < end && entries.size() < room; slot++) {
            if (table.isLive(slot)) {
                source.realAt(slot);
                if (isWanted(source, request)) {
                    entries.add(source.entry(now));
                }
            }
        }
        return new Slice(entries, slot >= table.high() ? END : slot);
    }

    private boolean collectOfReals(
            List<Connections.Entry> entries, int limit, ConnectionsRequest request, Function<Tables, Source> source) {
        for (int real : ask.tables(tables -> reals(tables, request.filter()))) {
            var listed = new HashSet<Integer>();
            int cursor = SlotTable.MISSING;
            do {
                int from = cursor;
                var slice = ask.tables(tables -> ofReal(source.apply(tables), real, request, from, listed));
                cursor = slice.cursor();
                if (!addUpTo(limit, entries, slice.entries())) {
                    return false;
                }
            } while (cursor != END);
        }
        return true;
    }

    private static List<Integer> reals(Tables tables, EntryFilter filter) {
        var table = tables.reals();
        var reals = new ArrayList<Integer>();
        for (int real = 0; real < table.size(); real++) {
            int service = table.service(real);
            boolean isOfService = filter.service() == null
                    || (service != Services.NONE
                            && tables.services().key(service).equals(filter.service()));
            if (isOfService && mayFit(filter.real(), table, real)) {
                reals.add(real);
            }
        }
        return reals;
    }

    /// Whether an entry of a real server may match the given host. If the server has no port of its own, or its
    /// service has many, its connections may have a port other than the server's own (IPVS-REF 3.3).
    private static boolean mayFit(@Nullable Host meant, RealServerTable table, int real) {
        boolean hasAnyPort = table.port(real) == 0 || table.templatePort(real) == 0;
        var endpoint = Named.endpoint(table, real);
        return meant == null
                || meant.fits(endpoint)
                || (hasAnyPort && meant.address().equals(endpoint.address()));
    }

    /// Continues in one real server's list. If the next entry was removed meanwhile, it restarts at the head;
    /// `listed` identifies the entries that were listed already.
    private static Slice ofReal(Source source, int real, ConnectionsRequest request, int from, Set<Integer> listed) {
        var entries = new ArrayList<Connections.Entry>();
        var table = source.table();
        long now = Clock.monotonic();
        boolean isThere = from != SlotTable.MISSING && table.isLive(from) && source.realAt(from) == real;
        int slot = isThere ? from : table.firstOf(real);
        for (int looked = 0; slot != SlotTable.MISSING && looked < SLICE; looked++) {
            source.realAt(slot);
            if (listed.add(slot) && isWanted(source, request)) {
                entries.add(source.entry(now));
            }
            slot = table.nextOf(slot);
        }
        return new Slice(entries, slot == SlotTable.MISSING ? END : slot);
    }

    private static boolean addUpTo(int limit, List<Connections.Entry> entries, List<Connections.Entry> more) {
        int room = Math.min(more.size(), limit - entries.size());
        entries.addAll(more.subList(0, room));
        return room == more.size();
    }

    private static final class ConnSource implements Source {
        private final Tables tables;
        private final Conn conn;

        ConnSource(Tables tables) {
            this.tables = tables;
            conn = tables.connections().view();
        }

        @Override
        public SlotTable table() {
            return tables.connections();
        }

        @Override
        public int realAt(int slot) {
            return conn.at(slot).real();
        }

        @Override
        public boolean fits(EntryFilter filter) {
            var prefix = filter.client();
            return (prefix == null || prefix.contains(new Ipv4(conn.clientAddress())))
                    && (filter.real() == null || filter.real().fits(realServer()))
                    && isOf(filter, tables, conn.service());
        }

        private Endpoint realServer() {
            return new Endpoint(new Ipv4(conn.realAddress()), conn.realPort());
        }

        @Override
        public String state() {
            return switch (Protocol.of(conn.protocol())) {
                case TCP -> TcpState.of(conn.state()).name();
                case SCTP -> SctpState.of(conn.state()).listed();
                case UDP, MARK -> "UDP";
            };
        }

        @Override
        public Connections.Entry entry(long now) {
            var protocol = Protocol.of(conn.protocol());
            return new Connections.Entry(
                    Connections.Kind.CONNECTION,
                    protocol,
                    new Endpoint(new Ipv4(conn.clientAddress()), conn.clientPort()),
                    new Endpoint(new Ipv4(conn.virtualAddress()), conn.virtualPort()),
                    realServer(),
                    conn.method(),
                    state(),
                    Math.max(0, (conn.expiresAt() - now) / MS),
                    tables.timeout(conn) / SECOND,
                    Version.term(conn.version()),
                    Version.sequence(conn.version()),
                    null,
                    false,
                    null);
        }
    }

    private static final class TemplateSource implements Source {
        private final Tables tables;
        private final Template template;

        TemplateSource(Tables tables) {
            this.tables = tables;
            template = tables.templates().view();
        }

        @Override
        public SlotTable table() {
            return tables.templates();
        }

        @Override
        public int realAt(int slot) {
            return template.at(slot).real();
        }

        @Override
        public boolean fits(EntryFilter filter) {
            var prefix = filter.client();
            return (prefix == null
                            || tables.persistence()
                                    .isInPrefix(
                                            template.slot(), prefix.address().bits(), prefix.mask()))
                    && (filter.real() == null || filter.real().fits(realServer()))
                    && isOf(filter, tables, template.service());
        }

        private Endpoint realServer() {
            return new Endpoint(
                    new Ipv4(tables.reals().address(template.real())),
                    tables.reals().port(template.real()));
        }

        @Override
        public String state() {
            return template.isAssured() ? "ASSURED" : "NONE";
        }

        @Override
        public boolean isIn(String state) {
            return Source.super.isIn(state) || (template.isPinned() && state.equalsIgnoreCase(PINNED));
        }

        @Override
        public Connections.Entry entry(long now) {
            boolean isVoid = template.isInvalid() || tables.reals().isForgotten(template.real());
            int service = template.service();
            boolean hasEngine = service != Services.NONE && tables.services().hasEngine(service);
            int virtualPort = template.virtualPort();
            int realPort = virtualPort == 0 ? 0 : tables.reals().port(template.real()); // IPVS-REF 3.3
            return new Connections.Entry(
                    Connections.Kind.TEMPLATE,
                    Protocol.of(template.protocol()),
                    new Endpoint(new Ipv4(hasEngine ? 0 : template.client()), 0), // a call has no address to show
                    new Endpoint(new Ipv4(template.virtualAddress()), isVoid ? VOID_PORT : virtualPort),
                    new Endpoint(realServer().address(), isVoid ? VOID_PORT : realPort),
                    tables.reals().method(template.real()),
                    state(),
                    Math.max(0, (template.expiresAt() - now) / MS),
                    template.timeoutS(),
                    isVoid ? 0 : Version.term(template.version()),
                    isVoid ? 0 : Version.sequence(template.version()),
                    template.controlled(),
                    template.isPinned(),
                    hasEngine ? "%08x".formatted(template.client()) : null);
        }
    }

    private static boolean isOf(EntryFilter filter, Tables tables, int service) {
        return filter.service() == null
                || (service != Services.NONE && tables.services().key(service).equals(filter.service()));
    }
}

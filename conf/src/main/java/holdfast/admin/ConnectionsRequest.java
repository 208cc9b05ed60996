package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to list connections and templates.
///
/// @param kind   null for both
/// @param state  IPVS's name in any case, such as established, or pinned; null for all
/// @param limit  most entries wanted, 1 to [Bounds#ENTRIES_MAX]
/// @param page   [#FIRST_PAGE], or the [Connections#next] of the page before; null for a listing without pages
public record ConnectionsRequest(
        Connections.@Nullable Kind kind,
        EntryFilter filter,
        @Nullable String state,
        int limit,
        @Nullable String page) {
    /// Where a listing in pages begins.
    public static final String FIRST_PAGE = "first";

    /// The largest listing.
    public static final ConnectionsRequest ALL = new ConnectionsRequest(null, EntryFilter.ALL, Bounds.ENTRIES_MAX);

    private static final Parameter<ConnectionsRequest, Integer> LIMIT =
            Parameter.limit("entries", Bounds.ENTRIES_MAX, ConnectionsRequest::limit);

    private static final Parameter<ConnectionsRequest, String> PAGE = new Parameter<>(
            "page",
            "`first`, or `next` of the page before; the pages have each entry once that lasts as long as they are read",
            ConnectionsRequest::page,
            ConnectionsRequest::page,
            "'%s' is not a page",
            "ask for first, or for next of the page before");

    private static final Parameter<ConnectionsRequest, Connections.Kind> KIND = new Parameter<>(
            "kind",
            "`template` or `connection`; both kinds where it is left out",
            Parameter.oneOf(Connections.Kind.class, "a kind is template or connection"),
            ConnectionsRequest::kind,
            "there is no kind '%s'",
            "leave it out for both");

    private static final Parameter<ConnectionsRequest, MarkRule.Prefix> CLIENT = new Parameter<>(
            "client",
            "an address or a prefix, such as 198.51.100.0/24",
            MarkRule.Prefix::of,
            request -> request.filter().client(),
            "the client is not understood",
            "leave it out for all");

    private static final Parameter<ConnectionsRequest, Host> REAL = new Parameter<>(
            "real",
            "a real server, with its port or without",
            Host::of,
            request -> request.filter().real(),
            "the real is not understood",
            "leave it out for all");

    private static final Parameter<ConnectionsRequest, ServiceKey> SERVICE = new Parameter<>(
            "service",
            "a virtual service, such as tcp/192.0.2.10:80 or mark/7",
            ServiceKey::of,
            request -> request.filter().service(),
            "the service is not understood",
            "leave it out for all");

    private static final Parameter<ConnectionsRequest, String> STATE = new Parameter<>(
            "state",
            "IPVS's name of a state, such as established or fin_wait; or `pinned`",
            ConnectionsRequest::state,
            ConnectionsRequest::state,
            "'%s' is not a state",
            "leave it out for all");

    static final Query<ConnectionsRequest> QUERY =
            new Query<>(List.of(LIMIT, PAGE, KIND, CLIENT, REAL, SERVICE, STATE), ConnectionsRequest::of);

    /// Entries in any state, without pages.
    public ConnectionsRequest(Connections.@Nullable Kind kind, EntryFilter filter, int limit) {
        this(kind, filter, null, limit, null);
    }

    /// Without pages.
    public ConnectionsRequest(Connections.@Nullable Kind kind, EntryFilter filter, @Nullable String state, int limit) {
        this(kind, filter, state, limit, null);
    }

    /// A page of this listing.
    public ConnectionsRequest on(String wanted, int most) {
        return new ConnectionsRequest(kind, filter, state, most, wanted);
    }

    private static String page(String text) {
        if (!text.matches(FIRST_PAGE + "|[tc][0-9]{1,9}")) {
            throw new IllegalArgumentException("a page is 'first', or what the page before calls next");
        }
        return text;
    }

    private static String state(String text) {
        if (!text.matches("[a-z0-9_-]{1,24}")) {
            throw new IllegalArgumentException("a state is a word such as established");
        }
        return text;
    }

    private static ConnectionsRequest of(Query.Values given) {
        return new ConnectionsRequest(
                given.of(KIND),
                new EntryFilter(given.of(CLIENT), given.of(REAL), given.of(SERVICE)),
                given.of(STATE),
                Objects.requireNonNullElse(given.of(LIMIT), Bounds.ENTRIES_MAX),
                given.of(PAGE));
    }
}

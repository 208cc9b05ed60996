package holdfast.admin;

import java.util.List;

/// Where each message of the admin API is found, and the bounds that both sides keep to.
public final class AdminPaths {
    /// GET, answers [Status].
    public static final String STATUS = "/v1/status";
    /// GET, answers [Services].
    public static final String SERVICES = "/v1/services";
    /// GET, answers [Connections]; may carry [#KIND] and [#LIMIT].
    public static final String CONNECTIONS = "/v1/connections";
    /// GET, answers [Sync].
    public static final String SYNC = "/v1/sync";
    /// POST of a [FailoverRequest], answers [FailoverResult]; with status 409 where it was refused.
    public static final String FAILOVER = "/v1/failover";

    /// Every path, for the answer to an unknown one.
    public static final List<String> ALL = List.of(STATUS, SERVICES, CONNECTIONS, SYNC, FAILOVER);

    /// Query parameter of [#CONNECTIONS]: `template` or `connection`; both kinds where it is not given.
    public static final String KIND = "kind";
    /// Query parameter of [#CONNECTIONS]: most entries wanted, 1 to [#ENTRIES_MAX].
    public static final String LIMIT = "limit";

    /// Most entries of one listing, and how many come where no limit is asked for.
    public static final int ENTRIES_MAX = 100_000;
    /// Longest body of a request, in bytes.
    public static final int REQUEST_BYTES_MAX = 64 * 1024;
    /// Longest body of an answer, in bytes; 100,000 connections take about 30 MB.
    public static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;

    private AdminPaths() {}
}

package holdfast.admin;

import java.util.List;

/// Where each message of the admin API is found, and the bounds that both sides keep to.
public final class AdminPaths {
    /// GET, answers [Status].
    public static final String STATUS = "/v1/status";
    /// GET, answers [Services].
    public static final String SERVICES = "/v1/services";
    /// GET, answers [Connections]; may carry [#KIND], [#LIMIT], [#CLIENT], [#REAL] and [#SERVICE].
    public static final String CONNECTIONS = "/v1/connections";
    /// GET, answers [Sync].
    public static final String SYNC = "/v1/sync";
    /// POST of a [FailoverRequest], answers [FailoverResult]; with status 409 where it was refused.
    public static final String FAILOVER = "/v1/failover";
    /// POST of a [TemplateRequest], answers [TemplateResult].
    public static final String TEMPLATES = "/v1/templates";
    /// POST of a [DrainRequest], answers [DrainResult].
    public static final String DRAIN = "/v1/drain";
    /// POST of an [AgentRequest], answers [AgentResult].
    public static final String AGENT = "/v1/agent";
    /// POST of a [WhereIsRequest], answers [WhereIs]; changes nothing.
    public static final String WHEREIS = "/v1/whereis";
    /// GET, answers [Clients]; may carry [#BY] and [#LIMIT].
    public static final String CLIENTS = "/v1/clients";
    /// GET, or POST of a [ClientRuleRequest]; both answer the [ClientRules] in force.
    public static final String CLIENT_RULES = "/v1/clients/rules";
    /// POST of a [RehomeRequest], answers [RehomeResult].
    public static final String REHOME = "/v1/clients/rehome";
    /// POST of an [ImpactRequest], answers [Impact]; changes nothing.
    public static final String IMPACT = "/v1/config/impact";
    /// POST of a [ZeroRequest], answers [ZeroResult].
    public static final String ZERO = "/v1/zero";
    /// GET, answers [Keys].
    public static final String KEYS = "/v1/keys";
    /// POST without a body: reads the key file again, answers [Keys].
    public static final String KEYS_RELOAD = "/v1/keys/reload";

    /// Every path, for the answer to an unknown one.
    public static final List<String> ALL = List.of(
            STATUS,
            SERVICES,
            CONNECTIONS,
            SYNC,
            FAILOVER,
            TEMPLATES,
            DRAIN,
            AGENT,
            WHEREIS,
            CLIENTS,
            CLIENT_RULES,
            REHOME,
            IMPACT,
            ZERO,
            KEYS,
            KEYS_RELOAD);

    /// Query parameter of [#CONNECTIONS]: `template` or `connection`; both kinds where it is not given.
    public static final String KIND = "kind";
    /// Query parameter of [#CONNECTIONS] and [#CLIENTS]: most entries wanted, 1 to [#ENTRIES_MAX].
    public static final String LIMIT = "limit";
    /// Query parameter of [#CONNECTIONS]: an address or a prefix.
    public static final String CLIENT = "client";
    /// Query parameter of [#CONNECTIONS]: a real server, with its port or without.
    public static final String REAL = "real";
    /// Query parameter of [#CONNECTIONS]: a virtual service.
    public static final String SERVICE = "service";
    /// Query parameter of [#CLIENTS]: `connections`, `rate` or `share`; `connections` where it is not
    /// given.
    public static final String BY = "by";

    /// Most entries of one listing, and how many come where no limit is asked for.
    public static final int ENTRIES_MAX = 100_000;
    /// Longest body of a request, in bytes; a configuration file of 1 MiB fits, quoted for JSON.
    public static final int REQUEST_BYTES_MAX = 3 * 1024 * 1024;
    /// Longest time that a request may name: 136 years, as for the seconds in a configuration.
    public static final long SECONDS_MAX = 0xffff_ffffL;
    /// How many clients come where no limit is asked for.
    public static final int CLIENTS_USUAL = 20;
    /// Longest body of an answer, in bytes; 100,000 connections take about 30 MB.
    public static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;

    private AdminPaths() {}
}

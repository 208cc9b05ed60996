package holdfast.admin;

import holdfast.admin.Operation.Body;
import holdfast.conf.Access;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// All operations of the admin API.
public final class Operations {
    /// The header of HTTP with the name of the director that answers; each answer has it.
    public static final String DIRECTOR_HEADER = "Holdfast-Director";

    /// Where the description of the API for programs is (OpenAPI 3.1), made from the list of operations.
    public static final String DESCRIPTION = "/v1/openapi.json";

    public static final Operation<Nothing, Status> STATUS = Operation.get(
            "/v1/status",
            Query.NONE,
            Status.class,
            "Shows the director's role, its faults, and whether a failover is safe now.");

    public static final Operation<Nothing, ServiceList> SERVICES = Operation.get(
            "/v1/services", Query.NONE, ServiceList.class, "Lists the services with their real servers and numbers.");

    public static final Operation<ConnectionsRequest, Connections> CONNECTIONS = Operation.get(
            "/v1/connections",
            ConnectionsRequest.QUERY,
            Connections.class,
            "Lists connections and persistence templates.");

    public static final Operation<Nothing, Sync> SYNC = Operation.get(
            "/v1/sync", Query.NONE, Sync.class, "Shows how far each other director is, and what it lacks.");

    public static final Operation<FailoverRequest, FailoverResult> FAILOVER = Operation.post(
                    Access.OPERATOR,
                    "/v1/failover",
                    new Body<>(FailoverRequest.class),
                    FailoverResult.class,
                    "Moves the VIPs to the standby, or says what stands against it.")
            .refusedUnless(FailoverResult::done);

    public static final Operation<TemplateRequest, TemplateResult> TEMPLATES = Operation.post(
            Access.OPERATOR,
            "/v1/templates",
            new Body<>(TemplateRequest.class),
            TemplateResult.class,
            "Flushes, moves, pins or unpins persistence templates.");

    public static final Operation<DrainRequest, DrainResult> DRAIN = Operation.post(
            Access.OPERATOR,
            "/v1/drain",
            new Body<>(DrainRequest.class),
            DrainResult.class,
            "Quiesces a real server, says what it still has, or ends its drain.");

    public static final Operation<AgentRequest, AgentResult> AGENT = Operation.post(
            Access.OPERATOR,
            "/v1/agent",
            new Body<>(AgentRequest.class),
            AgentResult.class,
            "Sets what a real server's agent says that the real server can take.");

    public static final Operation<WhereIsRequest, WhereIs> WHEREIS = Operation.post(
            Access.VIEWER,
            "/v1/whereis",
            new Body<>(WhereIsRequest.class),
            WhereIs.class,
            "Shows where a client is, and where it would go after a change; changes nothing.");

    public static final Operation<ClientsRequest, ClientList> CLIENTS = Operation.get(
            "/v1/clients", ClientsRequest.QUERY, ClientList.class, "Lists the clients with the most connections.");

    public static final Operation<Nothing, ClientRuleList> CLIENT_RULES = Operation.get(
            "/v1/clients/rules", Query.NONE, ClientRuleList.class, "Lists the limits and blocks of clients in force.");

    public static final Operation<ClientRuleRequest, ClientRuleList> CHANGE_CLIENT_RULES = Operation.post(
            Access.OPERATOR,
            "/v1/clients/rules",
            new Body<>(ClientRuleRequest.class),
            ClientRuleList.class,
            "Limits, blocks or unblocks clients, and lists the rules then in force.");

    public static final Operation<RehomeRequest, RehomeResult> REHOME = Operation.post(
            Access.OPERATOR,
            "/v1/clients/rehome",
            new Body<>(RehomeRequest.class),
            RehomeResult.class,
            "Moves the templates of clients to another real server.");

    public static final Operation<ImpactRequest, ImpactResult> IMPACT = Operation.post(
            Access.VIEWER,
            "/v1/config/impact",
            new Body<>(ImpactRequest.class),
            ImpactResult.class,
            "Shows what a configuration file would do to the clients; changes nothing.");

    public static final Operation<ConfigRequest, ConfigState> CONFIG = Operation.get(
            "/v1/config",
            ConfigRequest.QUERY,
            ConfigState.class,
            "Shows the shared configuration in force, or a kept revision of it.");

    public static final Operation<ConfigChange, ConfigResult> CHANGE_CONFIG = Operation.post(
            Access.ADMIN,
            "/v1/config",
            new Body<>(ConfigChange.class),
            ConfigResult.class,
            "Makes another shared configuration the one in force, on all directors.");

    public static final Operation<Nothing, ConfigHistory> CONFIG_HISTORY = Operation.get(
            "/v1/config/history", Query.NONE, ConfigHistory.class, "Lists the kept revisions, the newest first.");

    public static final Operation<Nothing, ConfigComparison> COMPARE_CONFIG = Operation.get(
            "/v1/config/compare",
            Query.NONE,
            ConfigComparison.class,
            "Shows in which lines the configurations of the other directors differ from this one's.");

    public static final Operation<ReloadRequest, ConfigResult> RELOAD_CONFIG = Operation.post(
            Access.ADMIN,
            "/v1/config/reload",
            new Body<>(ReloadRequest.class),
            ConfigResult.class,
            "Makes the shared part of the director's own file the configuration in force, on all directors.");

    public static final Operation<ZeroRequest, ZeroResult> ZERO = Operation.post(
            Access.OPERATOR,
            "/v1/zero",
            new Body<>(ZeroRequest.class),
            ZeroResult.class,
            "Sets the numbers of a service, or of all services, to zero.");

    public static final Operation<Nothing, Keys> KEYS = Operation.get(
            "/v1/keys", Query.NONE, Keys.class, "Shows which keys of the cluster are in use, by their fingerprints.");

    public static final Operation<Nothing, Keys> RELOAD_KEYS = Operation.post(
            Access.ADMIN,
            "/v1/keys/reload",
            Query.NONE,
            Keys.class,
            "Uses the keys that the key file holds now, or none of them.");

    public static final Operation<Nothing, LogState> LOG =
            Operation.get("/v1/log", Query.NONE, LogState.class, "Shows the level at which the director logs.");

    public static final Operation<LogRequest, LogState> CHANGE_LOG = Operation.post(
            Access.OPERATOR,
            "/v1/log",
            new Body<>(LogRequest.class),
            LogState.class,
            "Makes the director log at another level for a while.");

    public static final Operation<EventsRequest, EventList> EVENTS = Operation.get(
            "/v1/events",
            EventsRequest.QUERY,
            EventList.class,
            "Lists what happened on the director: changes of role, failovers, faults, revisions.");

    public static final Operation<AuditRequest, AuditList> AUDIT = Operation.get(
            "/v1/audit", AuditRequest.QUERY, AuditList.class, "Lists who changed what on the director, and why.");

    public static final Operation<Nothing, MaintenanceState> MAINTENANCE = Operation.get(
            "/v1/maintenance", Query.NONE, MaintenanceState.class, "Shows whether the director is in maintenance.");

    public static final Operation<MaintenanceRequest, MaintenanceState> CHANGE_MAINTENANCE = Operation.post(
            Access.OPERATOR,
            "/v1/maintenance",
            new Body<>(MaintenanceRequest.class),
            MaintenanceState.class,
            "Begins or ends the director's maintenance; an active one moves the VIPs first.");

    public static final Operation<Nothing, FleetView> FLEET = Operation.get(
            "/v1/fleet",
            Query.NONE,
            FleetView.class,
            "Shows all directors of the site with their roles, health and revisions, as this one has heard them.");

    public static final Operation<FleetHistoryRequest, FleetHistory> FLEET_HISTORY = Operation.get(
            "/v1/fleet/history",
            FleetHistoryRequest.QUERY,
            FleetHistory.class,
            "Lists the failovers and the changes by operators of all directors of the site.");

    /// All operations, in the order of the API's documentation.
    public static final List<Operation<?, ?>> ALL = List.of(
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
            CHANGE_CLIENT_RULES,
            REHOME,
            IMPACT,
            CONFIG,
            CHANGE_CONFIG,
            CONFIG_HISTORY,
            COMPARE_CONFIG,
            RELOAD_CONFIG,
            ZERO,
            KEYS,
            RELOAD_KEYS,
            LOG,
            CHANGE_LOG,
            EVENTS,
            AUDIT,
            MAINTENANCE,
            CHANGE_MAINTENANCE,
            FLEET,
            FLEET_HISTORY);

    private Operations() {}

    /// The description of the API for programs, in JSON.
    public static byte[] description() {
        try (var in = Operations.class.getResourceAsStream("openapi.json")) {
            return Objects.requireNonNull(in, "openapi.json is missing in the build")
                    .readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package holdfast.metrics;

import java.util.List;
import java.util.stream.Stream;

/// Every metric of a director: its type, name, labels and meaning. `docs/operating/metrics.md` has a row for each,
/// and a test compares the two. The name of a metric and its labels stay as they are; new ones may come at any
/// time.
enum Family {
    BUILD_INFO(Type.INFO, Scope.DIRECTOR, "build_info", "always 1; the version of the running program", "version"),
    START_TIME(Type.GAUGE, Scope.DIRECTOR, "start_time_seconds", "when the process started, since 1970"),
    ANSWERED(
            Type.GAUGE,
            Scope.DIRECTOR,
            "answered",
            "whether a `part` of the director answered in time: `status`, `datapath` or `services`; the metrics of a part"
                    + " that did not answer are absent",
            "part"),
    FAULTS(Type.GAUGE, Scope.DIRECTOR, "faults", "faults that `holdfast status` shows"),
    ALARMS(Type.GAUGE, Scope.DIRECTOR, "alarms", "alarms that `holdfast status` shows"),
    MAINTENANCE(Type.GAUGE, Scope.DIRECTOR, "maintenance", "1 while the director is in maintenance"),
    CONFIG_REVISION(
            Type.GAUGE, Scope.DIRECTOR, "config_revision", "number of the revision in force; 0 before the first"),
    CONFIG_REVISION_TERM(Type.GAUGE, Scope.DIRECTOR, "config_revision_term", "term of the revision in force"),
    CONFIG_OF_FILE(
            Type.GAUGE, Scope.DIRECTOR, "config_of_file", "1 while the shared sections of the director's file count"),
    CONFIG_FILE_DIFFERS(
            Type.GAUGE,
            Scope.DIRECTOR,
            "config_file_differs",
            "1 if the shared sections of the director's file are other ones than are in force"),
    DRAINS(Type.GAUGE, Scope.DIRECTOR, "drains", "real servers drained by hand"),
    CLIENT_RULES(Type.GAUGE, Scope.DIRECTOR, "client_rules", "limits and blocks of clients, set by hand"),
    REDUCED_BY_AGENTS(
            Type.GAUGE,
            Scope.DIRECTOR,
            "reduced_by_agents",
            "real servers whose agent has last reported less than 100 percent"),
    KEYS(
            Type.GAUGE,
            Scope.DIRECTOR,
            "keys",
            "keys of the cluster that the director accepts; 2 during a change of keys"),
    PEER_SAME_KEY(
            Type.GAUGE,
            Scope.DIRECTOR,
            "peer_same_key",
            "1 if the last message of a peer was sealed with the key that this director seals with",
            "peer"),
    API_EVENTS(
            Type.COUNTER,
            Scope.DIRECTOR,
            "api_events_total",
            "of the admin API by its `listener`, `socket` or `tcp`: requests `answered`; requests of callers who are"
                    + " `not-known`, or ask `too-often`; connections whose client was `too-slow`;"
                    + " `connections-refused`, because their address has too many; `connections-shed` for newer ones",
            "listener",
            "event"),
    LEFT_OUT(
            Type.GAUGE,
            Scope.DIRECTOR,
            "left_out",
            "how many of a `kind` this page leaves out, because there are too many: `services` above 1000, `real-servers`"
                    + " above 2000, `peers` above 16, `paths` above 16 for each peer, `vips` above 256; the sums contain"
                    + " them",
            "kind"),
    PAGES(
            Type.COUNTER,
            Scope.DIRECTOR,
            "pages_total",
            "pages of metrics made; one serves all who ask within half a second"),
    PAGES_FAILED(
            Type.COUNTER, Scope.DIRECTOR, "pages_failed_total", "pages that could not be made; the log has the cause"),
    CONNECTIONS_CLOSED(
            Type.COUNTER,
            Scope.DIRECTOR,
            "metrics_connections_closed_total",
            "connections of readers closed before they had their page: `late` after 10 s, `crowded` to make room",
            "cause"),
    HEAP_USED(Type.GAUGE, Scope.DIRECTOR, "heap_used_bytes", "memory of the JVM's heap in use; tables are outside"),
    HEAP_MAX(Type.GAUGE, Scope.DIRECTOR, "heap_max_bytes", "size of the JVM's heap"),
    GC_PAUSE(Type.COUNTER, Scope.DIRECTOR, "gc_pause_seconds_total", "time in pauses for garbage collection"),
    CPU(Type.COUNTER, Scope.DIRECTOR, "cpu_seconds_total", "CPU time of the process"),
    OPEN_FILES(Type.GAUGE, Scope.DIRECTOR, "open_files", "open file descriptors"),
    OPEN_FILES_MAX(Type.GAUGE, Scope.DIRECTOR, "open_files_max", "file descriptors that the process may have"),
    THREAD_CPU(
            Type.COUNTER,
            Scope.DIRECTOR,
            "thread_cpu_seconds_total",
            "CPU time of a thread on which packets or takeovers depend: `datapath-0`, `vrrp-VRID`, `sync`, `netlink`",
            "thread"),
    THREAD_WAIT(
            Type.COUNTER,
            Scope.DIRECTOR,
            "thread_cpu_wait_seconds_total",
            "time that this thread was ready to run and had to wait for a CPU",
            "thread"),

    ROLE(
            Type.GAUGE,
            Scope.GROUP,
            "role",
            "1 for the present `role` of the director, 0 for each other: `starting`, `active`, `standby`, `fault`,"
                    + " `stopping`",
            "role"),
    ROLE_AGE(
            Type.GAUGE,
            Scope.GROUP,
            "role_age_seconds",
            "since the role changed last; absent if it has not since the start"),
    TERM(
            Type.GAUGE,
            Scope.GROUP,
            "term",
            "term of the present or last active as the director knows it; absent before it heard one"),
    PRIORITY(Type.GAUGE, Scope.GROUP, "priority", "VRRP priority of the director"),
    VIP_ANSWERED(
            Type.GAUGE, Scope.GROUP, "vip_answered", "1 if the director answers for a VIP now", "vip", "interface"),
    ADVERT_INTERVAL(Type.GAUGE, Scope.GROUP, "advert_interval_seconds", "time between two adverts"),
    ADVERTS_SENT(Type.COUNTER, Scope.GROUP, "adverts_sent_total", "VRRP adverts sent"),
    ADVERTS_RECEIVED(Type.COUNTER, Scope.GROUP, "adverts_received_total", "VRRP adverts received"),
    ADVERTS_REFUSED(
            Type.COUNTER,
            Scope.GROUP,
            "adverts_refused_total",
            "adverts not believed, by cause, such as `checksum` or `nobody-vouches`",
            "cause"),
    ADVERT_AGE(
            Type.GAUGE,
            Scope.GROUP,
            "advert_age_seconds",
            "since the last advert of another director; absent before the first"),
    ELECTION_EVENTS(
            Type.COUNTER,
            Scope.GROUP,
            "election_events_total",
            "`role-changes`; `pauses` after which it stood by; `false-takeovers`, after which the old active was still"
                    + " heard; `events-lost`; `send-errors`",
            "event"),
    FAILOVER_SAFE(
            Type.GAUGE,
            Scope.GROUP,
            "failover_safe",
            "is it safe to fail over now, and would this standby serve: 1 for the present `verdict`, 0 for each other:"
                    + " `yes`, `no`, `unknown`",
            "verdict"),
    FAILOVER_REASONS(
            Type.GAUGE, Scope.GROUP, "failover_reasons", "reasons against a failover that `holdfast status` shows"),
    AT_RISK_TEMPLATES(
            Type.GAUGE,
            Scope.GROUP,
            "failover_at_risk_templates",
            "templates lost if the active died now; absent if unknown, as on a standby"),
    AT_RISK_CONNECTIONS(
            Type.GAUGE,
            Scope.GROUP,
            "failover_at_risk_connections",
            "connections lost if the active died now; absent if unknown, as on a standby"),
    OLDEST_AT_RISK(
            Type.GAUGE,
            Scope.GROUP,
            "failover_oldest_at_risk_seconds",
            "age of the oldest change that the best standby lacks; 0 if it lacks none, absent if unknown"),
    COPY_AGE(
            Type.GAUGE,
            Scope.GROUP,
            "failover_copy_age_seconds",
            "on a standby, since its tables equalled the active's; absent if unknown, and on the active"),

    SYNC_TROUBLE(
            Type.GAUGE,
            Scope.GROUP,
            "sync_trouble",
            "1 if replication cannot do its work; `holdfast sync status` says why"),
    SYNC_BATCH(Type.GAUGE, Scope.GROUP, "sync_batch", "number of the last batch sent, or applied on a standby"),
    SYNC_SEQUENCE(Type.GAUGE, Scope.GROUP, "sync_sequence", "number of the last change in that batch"),
    SYNC_EVENTS(
            Type.COUNTER,
            Scope.GROUP,
            "sync_events_total",
            "`batches-sent`, `deltas-sent`, `deltas-coalesced`, `deltas-lost`, `batches-resent`, `resends-asked`,"
                    + " `copies-of-changes`, `copies-of-digests`, `copies-of-buckets`, `records-copied`,"
                    + " `batches-applied`, `sends-dropped`",
            "event"),
    SYNC_REFUSED(
            Type.COUNTER,
            Scope.GROUP,
            "sync_refused_total",
            "messages of the interconnect refused, by cause, such as `unknown-key`",
            "cause"),
    PEER_STATE(
            Type.GAUGE,
            Scope.GROUP,
            "peer_state",
            "1 for the present `state` of a peer's tables, 0 for each other: `unknown`, `joining`, `equal`, `behind`,"
                    + " `different`, `gone`",
            "peer",
            "state"),
    PEER_STANDING(
            Type.GAUGE,
            Scope.GROUP,
            "peer_standing",
            "1 for the election state that a peer reports, 0 for each other: `fault`, `standby`, `active`, `relaying`;"
                    + " absent if its last report is older than 1 s",
            "peer",
            "standing"),
    PEER_OBSTACLES(
            Type.GAUGE,
            Scope.GROUP,
            "peer_obstacles",
            "reasons why a peer could not take over, as it reports; absent like its standing",
            "peer"),
    PEER_UNREACHABLE(
            Type.GAUGE,
            Scope.GROUP,
            "peer_unreachable",
            "real servers and gateways that do not answer a peer, as it reports; absent like its standing",
            "peer"),
    PEER_SAME_CONFIGURATION(
            Type.GAUGE, Scope.GROUP, "peer_same_configuration", "1 if a peer runs our configuration", "peer"),
    PEER_HEARD_AGE(
            Type.GAUGE,
            Scope.GROUP,
            "peer_heard_age_seconds",
            "since the last authentic message of a peer; absent before the first",
            "peer"),
    PEER_PATH_AGE(
            Type.GAUGE,
            Scope.GROUP,
            "peer_path_age_seconds",
            "since the last hello of a peer by one `path`: `interconnect`, or a service link",
            "peer",
            "path"),
    LAG_KNOWN(
            Type.GAUGE,
            Scope.GROUP,
            "sync_lag_known",
            "1 if the lag of a peer is known; if it is not, the three lags below are absent",
            "peer"),
    LAG_P50(
            Type.GAUGE,
            Scope.GROUP,
            "sync_lag_p50_seconds",
            "from sending a change until the peer's acknowledgement, median of the last 10 to 20 s",
            "peer"),
    LAG_P99(Type.GAUGE, Scope.GROUP, "sync_lag_p99_seconds", "the same, 99th percentile", "peer"),
    LAG_MAX(Type.GAUGE, Scope.GROUP, "sync_lag_max_seconds", "the same, longest", "peer"),
    ACK_AGE(
            Type.GAUGE,
            Scope.GROUP,
            "sync_ack_age_seconds",
            "since the last acknowledgement of a peer; grows while it is silent",
            "peer"),
    BACKLOG_BATCHES(
            Type.GAUGE, Scope.GROUP, "sync_backlog_batches", "batches that a peer has not acknowledged", "peer"),
    BACKLOG_CHANGES(
            Type.GAUGE,
            Scope.GROUP,
            "sync_backlog_changes",
            "changes in these batches and in the queue before them",
            "peer"),
    UNSYNCED_TEMPLATES(
            Type.GAUGE,
            Scope.GROUP,
            "sync_unsynced_templates",
            "templates that a peer lacks: lost if it took over now; absent if unknown",
            "peer"),
    UNSYNCED_CONNECTIONS(
            Type.GAUGE,
            Scope.GROUP,
            "sync_unsynced_connections",
            "connections that a peer lacks: lost if it took over now; absent if unknown",
            "peer"),
    OLDEST_UNSYNCED(
            Type.GAUGE,
            Scope.GROUP,
            "sync_oldest_unsynced_seconds",
            "age of the oldest change that a peer lacks; grows while it is silent",
            "peer"),

    FORWARDED_PACKETS(
            Type.COUNTER,
            Scope.GROUP,
            "forwarded_packets_total",
            "packets forwarded, by `direction`: `to-server`, `to-client` (NAT)",
            "direction"),
    FORWARDED_BYTES(Type.COUNTER, Scope.GROUP, "forwarded_bytes_total", "bytes of these packets"),
    DROPPED(
            Type.COUNTER,
            Scope.GROUP,
            "dropped_packets_total",
            "packets not forwarded, by cause: the `dropped-` counters of `holdfast status` without that word",
            "cause"),
    RING_DROPPED(
            Type.COUNTER,
            Scope.GROUP,
            "ring_dropped_frames_total",
            "frames lost in a receive ring: `full`; `held` during a planned failover; `paused` while the director did"
                    + " not run; `truncated`",
            "cause"),
    DATAPATH_EVENTS(
            Type.COUNTER,
            Scope.GROUP,
            "datapath_events_total",
            "the other counters of `holdfast status`, such as `evicted-half-open` or `lost-delta`",
            "event"),
    TABLE_ENTRIES(
            Type.GAUGE, Scope.GROUP, "table_entries", "entries of a `table`: `connections` or `templates`", "table"),
    TABLE_ENTRIES_MAX(Type.GAUGE, Scope.GROUP, "table_entries_max", "how many it can hold", "table"),
    PASSED_OVER(
            Type.GAUGE,
            Scope.GROUP,
            "unreachable_real_servers",
            "addresses of real servers that cannot be reached and get no new clients"),
    RESETS_UNKNOWN(
            Type.GAUGE,
            Scope.GROUP,
            "resets_unknown",
            "1 if a TCP segment of an unknown connection is reset now rather than dropped"),
    UNROUTED(Type.GAUGE, Scope.GROUP, "unrouted", "1 if a packet had no route within the last minute"),

    ALL_CONNECTIONS(
            Type.COUNTER,
            Scope.GROUP,
            "connections_total",
            "connections of all services, begun since they were set to zero"),
    ALL_PACKETS(
            Type.COUNTER,
            Scope.GROUP,
            "packets_total",
            "packets of all services, by `direction`: `in`, `out`",
            "direction"),
    ALL_BYTES(Type.COUNTER, Scope.GROUP, "bytes_total", "bytes of all services, by `direction`", "direction"),
    SERVICE_REALS(
            Type.GAUGE,
            Scope.GROUP,
            "service_real_servers",
            "real servers of a service by `state`: `up`, `unreachable`, `quiesced`, `removed`",
            "service",
            "state"),
    SERVICE_CONNECTIONS(Type.COUNTER, Scope.GROUP, "service_connections_total", "connections of a service", "service"),
    SERVICE_PACKETS(Type.COUNTER, Scope.GROUP, "service_packets_total", "packets of a service", "service", "direction"),
    SERVICE_BYTES(Type.COUNTER, Scope.GROUP, "service_bytes_total", "bytes of a service", "service", "direction"),
    REAL_STATE(
            Type.GAUGE,
            Scope.GROUP,
            "real_server_state",
            "1 for the present `state` of a real server in a service, 0 for each other",
            "service",
            "real",
            "state"),
    REAL_WEIGHT(Type.GAUGE, Scope.GROUP, "real_server_weight", "its weight", "service", "real"),
    REAL_ACTIVE(
            Type.GAUGE,
            Scope.GROUP,
            "real_server_active_connections",
            "ActiveConn of `holdfast list`",
            "service",
            "real"),
    REAL_INACTIVE(
            Type.GAUGE,
            Scope.GROUP,
            "real_server_inactive_connections",
            "InActConn of `holdfast list`",
            "service",
            "real"),
    REAL_TEMPLATES(Type.GAUGE, Scope.GROUP, "real_server_templates", "templates that name it", "service", "real"),
    REAL_OVERLOADED(
            Type.GAUGE,
            Scope.GROUP,
            "real_server_overloaded",
            "1 while it gets no new connections because of its upper threshold; absent without a threshold",
            "service",
            "real"),
    REAL_AGENT(
            Type.GAUGE,
            Scope.GROUP,
            "real_server_agent_ratio",
            "the part of its weight that its agent reports, 0 to 1; absent without a report",
            "service",
            "real"),
    REAL_DRAIN_ENDS(
            Type.GAUGE,
            Scope.GROUP,
            "real_server_drain_ends_seconds",
            "until its drain ends the remaining connections; absent without a deadline",
            "service",
            "real"),
    REAL_CONNECTIONS(
            Type.COUNTER, Scope.GROUP, "real_server_connections_total", "connections that it got", "service", "real"),
    REAL_PACKETS(
            Type.COUNTER,
            Scope.GROUP,
            "real_server_packets_total",
            "packets to it (`in`) and from it (`out`)",
            "service",
            "real",
            "direction"),
    REAL_BYTES(
            Type.COUNTER,
            Scope.GROUP,
            "real_server_bytes_total",
            "bytes of these packets",
            "service",
            "real",
            "direction");

    private static final String PREFIX = "holdfast_";

    private final Type type;
    private final String fullName;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody changes
    private final List<String> labels;

    enum Type {
        GAUGE,
        /// Only rises, until the process or `holdfast zero` begins anew; its name ends in `_total`.
        COUNTER,
        /// Always 1; its labels are what it is about.
        INFO
    }

    /// The labels that each metric has before its own.
    enum Scope {
        DIRECTOR("cluster", "director"),
        GROUP("cluster", "director", "group");

        @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody changes
        private final List<String> labels;

        Scope(String... labels) {
            this.labels = List.of(labels);
        }
    }

    Family(Type type, Scope scope, String name, String meaning, String... own) {
        this.type = type;
        this.fullName = PREFIX + name;
        this.meaning = meaning;
        labels = Stream.concat(scope.labels.stream(), Stream.of(own)).toList();
    }

    Type type() {
        return type;
    }

    /// As Prometheus stores it.
    String fullName() {
        return fullName;
    }

    /// The name without the ending that the formats add for the type.
    String baseName() {
        return switch (type) {
            case GAUGE -> fullName;
            case COUNTER -> fullName.substring(0, fullName.length() - "_total".length());
            case INFO -> fullName.substring(0, fullName.length() - "_info".length());
        };
    }

    String meaning() {
        return meaning;
    }

    List<String> labels() {
        return labels;
    }
}

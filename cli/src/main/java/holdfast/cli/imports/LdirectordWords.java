package holdfast.cli.imports;

import java.util.Map;

/// ldirectord's settings that have no counterpart here, with the reason.
final class LdirectordWords {
    private static final String PROCESS = "a setting of ldirectord's own process";
    private static final String TABLES = "the tables live in the director and are gone at its end";

    /// At the left edge.
    static final Map<String, String> GLOBAL = Reasons.of(
            Reasons.NO_CHECKS,
            "checktimeout negotiatetimeout checkinterval checkcount failurecount quiescent readdquiescent",
            "'holdfast drain' takes a server out, and --off brings it back",
            "maintenancedir",
            Reasons.NO_FALLBACK,
            "fallback fallback6 fallbackcommand",
            Reasons.NO_MAIL,
            "emailalert emailalertfrom emailalertfreq emailalertstatus smtp",
            Reasons.NO_PROGRAMS,
            "callback",
            PROCESS,
            "execute autoreload logfile fork supervised",
            TABLES,
            "cleanstop");

    /// In a virtual server.
    static final Map<String, String> VIRTUAL = Reasons.of(
            Reasons.NO_CHECKS,
            "checktype checkcommand checktimeout negotiatetimeout checkcount failurecount checkinterval "
                    + "checkport service request receive httpmethod virtualhost login passwd database secret load "
                    + "quiescent monitorfile",
            Reasons.NO_FALLBACK,
            "fallback fallback6 fallbackcommand",
            Reasons.NO_MAIL,
            "emailalert emailalertfreq emailalertstatus smtp",
            TABLES,
            "cleanstop",
            "a remark; write it into the YAML as a comment",
            "servicename comment");

    private LdirectordWords() {}
}

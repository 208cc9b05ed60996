package holdfast.cli;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The settings of a service as options, with the names of the configuration file. A setting that is not given stays as
/// it is.
final class ServiceSettings {
    @Option(names = "--scheduler", paramLabel = "WORD", description = "such as wlc, which a new service has, or rr")
    private @Nullable SchedulerName scheduler;

    @Option(
            names = "--scheduler-flags",
            paramLabel = "FLAGS",
            description = "for sh and mh: fallback, port, both as fallback,port, or none")
    private Converters.@Nullable Flags flags;

    @Option(
            names = "--persistence",
            paramLabel = "DURATION",
            description =
                    "how long a client keeps its real server, such as 30m; none for a service without persistence")
    private Converters.@Nullable Sticky persistence;

    @Option(
            names = "--netmask",
            paramLabel = "MASK",
            converter = Converters.Netmask.class,
            description = "clients of one such network keep one real server, such as /24")
    private @Nullable Ipv4 netmask;

    @Option(names = "--rearm", paramLabel = "WORD", description = "how the time of a client begins anew, such as ipvs")
    private @Nullable RearmPolicy rearm;

    @Option(
            names = "--engine",
            paramLabel = "WORD",
            description = "what identifies a client: sip, or none for its address")
    private Converters.@Nullable Engine engine;

    @Option(
            names = "--one-packet",
            arity = "1",
            paramLabel = "BOOLEAN",
            description = "true to schedule each datagram by itself")
    private @Nullable Boolean onePacket;

    @Option(
            names = "--client-connections",
            paramLabel = "N",
            description = "most connections of one client, as client-limit.connections; 0 for no bound")
    private @Nullable Integer clientConnections;

    @Option(
            names = "--client-new-per-second",
            paramLabel = "N",
            description = "most new ones of one client per second, as client-limit.new-per-second; 0 for no bound")
    private @Nullable Integer clientNewPerSecond;

    /// The service with the given settings.
    Configuration.Service on(Configuration.Service old) {
        return new Configuration.Service(
                old.key(),
                scheduler == null ? old.scheduler() : scheduler,
                flags(old.flags()),
                persistence(old.persistence()),
                onePacket == null ? old.onePacket() : onePacket,
                clientLimit(old.clientLimit()),
                old.realServers());
    }

    /// A scheduler without flags ends those of the scheduler before it.
    private Set<SchedulerFlag> flags(Set<SchedulerFlag> old) {
        if (flags != null) {
            return flags.flags();
        }
        return scheduler == null || scheduler == SchedulerName.SH || scheduler == SchedulerName.MH ? old : Set.of();
    }

    private boolean changesPersistence() {
        return netmask != null || rearm != null || engine != null;
    }

    private Optional<Configuration.Persistence> persistence(Optional<Configuration.Persistence> old) {
        var timeoutS = persistence == null ? old.map(Configuration.Persistence::timeoutS) : persistence.timeoutS();
        if (timeoutS.isEmpty() && changesPersistence()) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "--netmask, --rearm and --engine are for a service with persistence; add --persistence 30m");
        }
        return timeoutS.map(time -> on(time, old.orElseGet(() -> new Configuration.Persistence(time, -1))));
    }

    private Configuration.Persistence on(long timeoutS, Configuration.Persistence old) {
        return new Configuration.Persistence(
                timeoutS,
                netmask == null ? old.netmask() : netmask.bits(),
                old.prefixLength(),
                rearm == null ? old.rearm() : rearm,
                engine == null ? old.engine() : engine.engine());
    }

    private Optional<Configuration.ClientLimit> clientLimit(Optional<Configuration.ClientLimit> old) {
        int connections = bound(
                "--client-connections",
                clientConnections,
                old.map(Configuration.ClientLimit::connections).orElse(0));
        int newPerSecond = bound(
                "--client-new-per-second",
                clientNewPerSecond,
                old.map(Configuration.ClientLimit::newPerSecond).orElse(0));
        return connections == 0 && newPerSecond == 0
                ? Optional.empty()
                : Optional.of(new Configuration.ClientLimit(connections, newPerSecond));
    }

    private static int bound(String option, @Nullable Integer given, int old) {
        if (given != null && given < 0) {
            throw new Failure(ExitCode.WRONG_INPUT, option + " " + given + " must be 0 or more; 0 is no bound");
        }
        return given == null ? old : given;
    }
}

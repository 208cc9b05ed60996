package holdfast.cli.ipvsadm;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// One invocation of ipvsadm, parsed. It may still be refused: by the rules that are there, or by what Holdfast can do.
sealed interface Command {
    /// A command that changes rules.
    sealed interface Change extends Command {}

    record AddService(ServiceTerms terms) implements Change {}

    record EditService(ServiceTerms terms) implements Change {}

    record DeleteService(ServiceKey service) implements Change {}

    /// Deletes all services.
    record Clear() implements Change {}

    record AddServer(ServiceKey service, ServerTerms terms) implements Change {}

    record EditServer(ServiceKey service, ServerTerms terms) implements Change {}

    record DeleteServer(ServiceKey service, Target server) implements Change {}

    /// In seconds; 0 keeps a value.
    record SetTimeouts(int tcp, int tcpFin, int udp) implements Change {}

    /// Reads rules from standard input.
    record Restore() implements Command {}

    record Save(boolean numeric) implements Command {}

    /// @param service  empty for all
    record ListServices(
            Optional<ServiceKey> service, ServicesText.Columns columns, boolean exact, boolean sorted, boolean numeric)
            implements Command {}

    /// @param withEngine  shows the data of persistence engines
    record ListConnections(boolean withEngine, boolean numeric) implements Command {}

    record ListTimeouts() implements Command {}

    record ListDaemons() implements Command {}

    /// @param service  empty for all
    record Zero(Optional<ServiceKey> service) implements Command {}

    /// IPVS's daemon for synchronisation.
    record StartDaemon() implements Command {}

    record StopDaemon() implements Command {}

    record Help() implements Command {}

    record Version() implements Command {}

    /// The options of a service. What is not given has its default, in an edit too.
    ///
    /// @param scheduler  any word; only the director knows which there are
    /// @param flags      1 to 3, as in `flag-1`
    record ServiceTerms(
            ServiceKey key,
            String scheduler,
            Set<Integer> flags,
            Optional<PersistenceTerms> persistence,
            Optional<String> engine,
            boolean onePacket) {
        public ServiceTerms {
            flags = Set.copyOf(flags);
        }
    }

    /// @param netmask  as bits
    record PersistenceTerms(int timeoutS, int netmask) {}

    /// The options of a real server. What is not given has its default, in an edit too.
    record ServerTerms(Target server, ForwardingMethod method, int weight, int upperThreshold, int lowerThreshold) {}

    /// @param port  empty if none was given
    record Target(Ipv4 address, OptionalInt port) {}
}

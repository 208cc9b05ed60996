package holdfast.cli.ipvsadm;

import holdfast.cli.edit.Rules;
import holdfast.cli.ipvsadm.Command.ServerTerms;
import holdfast.cli.ipvsadm.Command.ServiceTerms;
import holdfast.cli.ipvsadm.Command.Target;
import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The rules while commands are applied to them one by one, each as the kernel would apply or refuse it
/// (IPVS-REF 2.3, 2.4). Settings that ipvsadm has no option for stay as they are when a rule is edited.
final class RuleEdits {
    private static final int SHOWN_MAX = 8;

    private final Set<Ipv4> vips;
    private final Rules rules;

    RuleEdits(Shared before) {
        vips = new LinkedHashSet<>(before.vips());
        rules = new Rules(before);
    }

    /// What came of a command.
    sealed interface Verdict {
        /// @param note  what the operator should know all the same; empty if there is nothing
        record Done(String note) implements Verdict {}

        /// @param text  ipvsadm's message, or ours for what only Holdfast refuses
        record Refused(String text) implements Verdict {}

        /// The director made no change, for a reason that is none of the command's.
        record NotDone(String text) implements Verdict {}
    }

    /// A command refused in the midst of its work.
    private static final class RefusedException extends RuntimeException {
        RefusedException(String text) {
            super(text, null, false, false);
        }
    }

    Verdict apply(Command.Change change) {
        try {
            return new Verdict.Done(
                    switch (change) {
                        case Command.AddService(var terms) -> addService(terms);
                        case Command.EditService(var terms) -> editService(terms);
                        case Command.DeleteService(var key) -> deleteService(key);
                        case Command.Clear() -> clear();
                        case Command.AddServer(var key, var terms) -> addServer(key, terms);
                        case Command.EditServer(var key, var terms) -> editServer(key, terms);
                        case Command.DeleteServer(var key, var target) -> deleteServer(key, target);
                        case Command.SetTimeouts timeouts -> setTimeouts(timeouts);
                    });
        } catch (RefusedException e) {
            return new Verdict.Refused(String.valueOf(e.getMessage()));
        }
    }

    Shared after() {
        return rules.after();
    }

    private String addService(ServiceTerms terms) {
        if (rules.service(terms.key()).isPresent()) {
            throw new RefusedException("Service already exists");
        }
        rules.put(service(terms, Optional.empty(), RearmPolicy.IPVS, List.of()));
        boolean isIdle = terms.key().isMark() && !rules.isGiven(terms.key().mark());
        return isIdle
                ? "Note: no rule of the director gives a packet the mark "
                        + Integer.toUnsignedString(terms.key().mark())
                        + ", so the service is idle; iptables marks nothing here: add a rule under 'marks'"
                : "";
    }

    private String editService(ServiceTerms terms) {
        var old = existing(terms.key(), "No such service");
        rules.put(service(
                terms,
                old.clientLimit(),
                old.persistence().map(Configuration.Persistence::rearm).orElse(RearmPolicy.IPVS),
                old.realServers()));
        return "";
    }

    private String deleteService(ServiceKey key) {
        rules.remove(existing(key, "No such service").key());
        return "";
    }

    private String clear() {
        rules.clear();
        return "";
    }

    private Configuration.Service existing(ServiceKey key, String error) {
        return rules.service(key).orElseThrow(() -> new RefusedException(error));
    }

    private Configuration.Service service(
            ServiceTerms terms,
            Optional<Configuration.ClientLimit> clientLimit,
            RearmPolicy rearm,
            List<Configuration.RealServer> reals) {
        var scheduler = Arrays.stream(SchedulerName.values())
                .filter(name -> name.word().equals(terms.scheduler()))
                .findFirst()
                .orElseThrow(RuleEdits::noScheduler);
        var engine = terms.engine()
                .map(word -> Arrays.stream(PersistenceEngine.values())
                        .filter(name -> name.word().equals(word))
                        .findFirst()
                        .orElseThrow(RuleEdits::noScheduler));
        checkVip(terms.key());
        if (engine.isPresent() && (terms.persistence().isEmpty() || terms.key().protocol() != Protocol.UDP)) {
            throw new RefusedException(
                    "Holdfast takes --pe only for a persistent service of UDP, where it has an effect: add -p, or leave"
                            + " out --pe");
        }
        return new Configuration.Service(
                terms.key(),
                scheduler,
                flags(terms.flags(), scheduler),
                terms.persistence()
                        .map(given -> new Configuration.Persistence(given.timeoutS(), given.netmask(), rearm, engine)),
                terms.onePacket(),
                clientLimit,
                reals);
    }

    private static RefusedException noScheduler() {
        return new RefusedException("Scheduler or persistence engine not found");
    }

    private void checkVip(ServiceKey key) {
        if (!key.isMark() && !vips.contains(key.address())) {
            throw new RefusedException(
                    key.address() + " is not a VIP of this director, so it would get no packet; its VIPs are "
                            + vips.stream().limit(SHOWN_MAX).map(Ipv4::toString).collect(Collectors.joining(", "))
                            + (vips.size() > SHOWN_MAX ? ", ..." : "")
                            + ": correct the address, or add it first with 'holdfast vip add'");
        }
    }

    private static Set<SchedulerFlag> flags(Set<Integer> numbers, SchedulerName scheduler) {
        boolean hasFlags = scheduler == SchedulerName.SH || scheduler == SchedulerName.MH;
        if (numbers.contains(3) || (!numbers.isEmpty() && !hasFlags)) {
            throw new RefusedException("Holdfast has only the flags sh-fallback, sh-port, mh-fallback and mh-port:"
                    + " leave out the others of -b, which have no effect in IPVS either");
        }
        var flags = EnumSet.noneOf(SchedulerFlag.class);
        if (numbers.contains(1)) {
            flags.add(SchedulerFlag.FALLBACK);
        }
        if (numbers.contains(2)) {
            flags.add(SchedulerFlag.PORT);
        }
        return flags;
    }

    private String addServer(ServiceKey key, ServerTerms terms) {
        var service = existing(key, "Service not defined");
        checkThresholds(terms);
        int port = port(key, terms);
        if (Rules.real(service, terms.server().address(), port).isPresent()) {
            throw new RefusedException("Destination already exists");
        }
        checkAddress(terms.server().address());
        if (port == 0 && key.port() != 0) {
            throw new RefusedException(
                    "Holdfast takes port 0 of a real server only in a service of port 0: name the server's port");
        }
        rules.put(service, real(terms, port, Optional.empty()));
        return "";
    }

    private String editServer(ServiceKey key, ServerTerms terms) {
        var service = existing(key, "Service not defined");
        checkThresholds(terms);
        int port = port(key, terms);
        var old = existingServer(service, terms.server().address(), port);
        rules.put(service, real(terms, port, old.drain()));
        return "";
    }

    private String deleteServer(ServiceKey key, Target target) {
        var service = existing(key, "Service not defined");
        rules.remove(
                service, existingServer(service, target.address(), target.port().orElse(key.port())));
        return "";
    }

    private static void checkThresholds(ServerTerms terms) {
        if (terms.lowerThreshold() > terms.upperThreshold()) {
            throw new RefusedException("Numerical result out of range");
        }
    }

    private void checkAddress(Ipv4 address) {
        int first = address.bits() >>> 24;
        if (first == 0 || first >= 224) {
            throw new RefusedException("Invalid operation.  Possibly wrong module version, address not unicast, ...");
        }
        if (first == 127 || vips.contains(address)) {
            throw new RefusedException(
                    address + " is an address of the director itself, to which Holdfast does not forward:"
                            + " name the real server's own address");
        }
    }

    /// DR cannot change the port, so that ipvsadm gives the server the service's; a mark has none.
    private static int port(ServiceKey key, ServerTerms terms) {
        return terms.method() == ForwardingMethod.DR && !key.isMark()
                ? key.port()
                : terms.server().port().orElse(key.port());
    }

    private static Configuration.RealServer existingServer(Configuration.Service service, Ipv4 address, int port) {
        return Rules.real(service, address, port).orElseThrow(() -> new RefusedException("No such destination"));
    }

    private static Configuration.RealServer real(ServerTerms terms, int port, Optional<Configuration.Drain> drain) {
        return new Configuration.RealServer(
                terms.server().address(),
                port,
                terms.weight(),
                terms.method(),
                terms.upperThreshold(),
                terms.lowerThreshold(),
                drain);
    }

    private String setTimeouts(Command.SetTimeouts set) {
        var ipvs = rules.ipvs();
        rules.put(ipvs.withTimeouts(
                set.tcp() == 0 ? ipvs.tcpTimeoutS() : set.tcp(),
                set.tcpFin() == 0 ? ipvs.tcpFinTimeoutS() : set.tcpFin(),
                set.udp() == 0 ? ipvs.udpTimeoutS() : set.udp()));
        return "";
    }
}

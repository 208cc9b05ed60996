package holdfast.cli.imports;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Applies the rules of our own check to a draft: what the check would refuse is changed or left out, and reported.
final class Assembly {
    /// RFC 9568 has one byte for the number of addresses in an advert.
    static final int VIPS_MAX = 255;

    private static final Set<SchedulerName> WITH_FLAGS = Set.of(SchedulerName.SH, SchedulerName.MH);
    private static final Map<Integer, String> NO_HOST = Map.of(0, "a reserved address", 127, "a loopback address");

    private static final String EMPTY =
            "none of its real servers can be imported, and an empty service would refuse its clients";

    private final Draft draft;
    private final Report report;
    private final boolean sourceHasVips;

    /// @param sourceHasVips  whether the source lists VIPs by itself, so that a service elsewhere is remarkable
    private Assembly(Draft draft, Report report, boolean sourceHasVips) {
        this.draft = draft;
        this.report = report;
        this.sourceHasVips = sourceHasVips;
    }

    /// The outcome of an import that was read to its end.
    ///
    /// @param program  that the source belongs to
    static Outcome finish(Draft draft, Report report, String program) {
        report.refuseIfWrong();
        var assembly = new Assembly(draft, report, !draft.vips.isEmpty());
        var services = assembly.services();
        var yaml = new DirectorText(draft, services, report).text(program);
        return new Outcome.Imported(yaml, report.sorted());
    }

    private List<Configuration.Service> services() {
        var kept = new ArrayList<Draft.Service>();
        var seen = new HashSet<ServiceKey>();
        for (var service : draft.services) {
            var refusal = refusal(service, seen);
            if (refusal.isPresent()) {
                leaveOut(service, refusal.get());
            } else {
                seen.add(service.key);
                kept.add(service);
            }
        }
        return kept.stream().map(this::service).flatMap(Optional::stream).toList();
    }

    /// Why a service cannot be kept. Adds its address to the VIPs otherwise.
    private Optional<String> refusal(Draft.Service service, Set<ServiceKey> seen) {
        if (seen.contains(service.key)) {
            return Optional.of("the service " + service.key + " is configured above already");
        }
        if (service.realServers.isEmpty() && service.hasLostRealServers) {
            return Optional.of(EMPTY);
        }
        if (service.key.isMark()) {
            return Optional.empty();
        }
        var address = service.key.address();
        if (!isHost(address)) {
            return Optional.of(address + " is " + kindOf(address) + ", which cannot be a VIP");
        }
        if (service.key.port() == 0 && service.persistence.isEmpty()) {
            return Optional.of("port 0 takes every port, which needs persistence; IPVS refuses it too");
        }
        if (!draft.hasVip(address)) {
            if (draft.vips.size() == VIPS_MAX) {
                return Optional.of("a group has at most " + VIPS_MAX + " VIPs, and " + address + " is one more");
            }
            draft.vips.add(new Draft.Vip(address, Optional.empty()));
            if (sourceHasVips) {
                service.report.differs(
                        service.place,
                        service.source,
                        address
                                + " is no address of an imported vrrp_instance; it was added to vips, because a director "
                                + "takes packets to VIPs only; see that its interface is right");
            }
        }
        return Optional.empty();
    }

    private void leaveOut(Draft.Service service, String why) {
        report.leftOut(service.block, service.source, why);
        report.addLost(service.report, service.block);
        service.realServers.stream()
                .filter(real -> !service.block.holds(real.block))
                .forEach(real -> report.leftOut(real.block, real.source, "its service is left out"));
    }

    private Optional<Configuration.Service> service(Draft.Service service) {
        var realServers = new ArrayList<Configuration.RealServer>();
        var seen = new HashSet<String>();
        var own = report.child();
        for (var real : service.realServers) {
            realServer(service, real, seen, own).ifPresent(realServers::add);
        }
        if (realServers.isEmpty() && !service.realServers.isEmpty()) {
            report.addAll(own);
            leaveOut(service, EMPTY);
            return Optional.empty();
        }
        var read = new Configuration.Service(
                service.key,
                service.scheduler,
                flags(service),
                persistence(service),
                isOnePacket(service),
                Optional.empty(),
                realServers);
        report.maps(service.place, service.source, text(read));
        report.addAll(own);
        report.addAll(service.report);
        return Optional.of(read);
    }

    private static String text(Configuration.Service service) {
        return "service: " + service.key() + ", scheduler: "
                + service.scheduler().word()
                + service.persistence()
                        .map(persistence -> ", persistence: " + persistence.timeoutS() + " s, netmask "
                                + new Ipv4(persistence.netmask()))
                        .orElse("")
                + (service.onePacket() ? ", one-packet: true" : "")
                + (service.key().isMark() ? "; write the rules that give it its mark under marks" : "");
    }

    private static Set<SchedulerFlag> flags(Draft.Service service) {
        if (service.flags.isEmpty() || WITH_FLAGS.contains(service.scheduler)) {
            return service.flags;
        }
        service.report.differs(
                service.place,
                service.source,
                "without the scheduler flags, which " + service.scheduler.word() + " does not use");
        return Set.of();
    }

    private static Optional<Configuration.Persistence> persistence(Draft.Service service) {
        return service.persistence.map(persistence -> {
            if (!contiguous(persistence.netmask())) {
                service.report.differs(
                        service.place,
                        service.source,
                        "netmask " + new Ipv4(persistence.netmask()) + " has holes and is kept with "
                                + "allow-sparse-netmask; it is most often a slip for a prefix length");
            }
            if (persistence.netmask() == 0) {
                service.report.differs(
                        service.place,
                        service.source,
                        "netmask 0.0.0.0 is kept, and makes all clients one client; the check warns of it");
            }
            if (persistence.engine().isPresent() && service.key.protocol() != Protocol.UDP) {
                service.report.differs(
                        service.place,
                        service.source,
                        "without the persistence engine, which is only for services of udp here");
                return new Configuration.Persistence(
                        persistence.timeoutS(), persistence.netmask(), persistence.rearm(), Optional.empty());
            }
            return persistence;
        });
    }

    private static boolean contiguous(int mask) {
        return (~mask & ~mask + 1) == 0;
    }

    private static boolean isOnePacket(Draft.Service service) {
        var protocol = service.key.protocol();
        if (service.isOnePacket && protocol != Protocol.UDP && protocol != Protocol.MARK) {
            service.report.differs(
                    service.place,
                    service.source,
                    "without one-packet scheduling, which is only for udp and marks; IPVS refuses it too");
            return false;
        }
        return service.isOnePacket;
    }

    private Optional<Configuration.RealServer> realServer(
            Draft.Service service, Draft.RealServer real, Set<String> seen, Report own) {
        var address = real.address;
        if (!isHost(address)) {
            own.noCounterpart(
                    real.block,
                    real.source,
                    "is " + kindOf(address) + ": packets leave by links only, so Holdfast has no real server on the "
                            + "director itself, as IPVS has with Local");
            return Optional.empty();
        }
        if (draft.hasVip(address)) {
            own.noCounterpart(
                    real.block,
                    real.source,
                    "is a VIP, so packets to it would come back: Holdfast has no real server on the director itself");
            return Optional.empty();
        }
        int port = port(service, real);
        if (!seen.add(address + ":" + port)) {
            own.leftOut(real.block, real.source, address + " port " + port + " is in the service already");
            return Optional.empty();
        }
        int lower = lowerThreshold(real);
        own.maps(
                real.place,
                real.source,
                "address: " + address + ", port: " + port + ", weight: " + real.weight + ", forwarding: "
                        + KebabCase.of(real.method) + threshold("upper", real.upperThreshold)
                        + threshold("lower", lower));
        own.addAll(real.report);
        return Optional.of(new Configuration.RealServer(
                address, port, real.weight, real.method, real.upperThreshold, lower, Optional.empty()));
    }

    private static String threshold(String which, int connections) {
        return connections == 0 ? "" : ", " + which + "-threshold: " + connections;
    }

    private static int port(Draft.Service service, Draft.RealServer real) {
        var key = service.key;
        if (key.isMark()) {
            if (real.port != 0 && service.persistence.isPresent()) {
                real.report.differs(
                        real.place,
                        real.source,
                        "port " + real.port + " is kept but never used, as in IPVS; the check warns of it");
            }
            return real.port;
        }
        if (real.port == 0 || real.port == key.port()) {
            return key.port();
        }
        if (real.method == ForwardingMethod.DR) {
            real.report.differs(
                    real.place,
                    real.source,
                    "port " + key.port() + " instead of " + real.port
                            + ": DR cannot change ports, and IPVS takes the service's too");
            return key.port();
        }
        if (key.port() == 0) {
            real.report.differs(
                    real.place,
                    real.source,
                    "port " + real.port + " is kept but never used, as in IPVS; the check warns of it");
        }
        return real.port;
    }

    private static int lowerThreshold(Draft.RealServer real) {
        if (real.lowerThreshold <= real.upperThreshold) {
            return real.lowerThreshold;
        }
        real.report.differs(
                real.place,
                real.source,
                "without its lower threshold " + real.lowerThreshold + ", which is above the upper one; IPVS refuses "
                        + "it too");
        return 0;
    }

    /// Whether one host can have the address.
    static boolean isHost(Ipv4 address) {
        return kindOf(address).isEmpty();
    }

    private static String kindOf(Ipv4 address) {
        int first = address.bits() >>> 24;
        if (first >= 224) {
            return first < 240 ? "a multicast address" : "a reserved address";
        }
        return NO_HOST.getOrDefault(first, "");
    }
}

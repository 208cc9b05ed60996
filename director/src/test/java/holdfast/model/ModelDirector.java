package holdfast.model;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.RearmPolicy;
import holdfast.conf.ServiceKey;
import holdfast.model.Verdict.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One director that decides as in IPVS-REF 1.2 to 1.9.
public final class ModelDirector {
    private static final int FTP = 21;
    private static final int FTP_DATA = 20;
    private static final int WAIT_MS = 3000; // three questions, a second apart
    private static final int WAITING_MAX = 64; // for one next hop

    private final int connectionsMax;
    private Set<Integer> silent = Set.of();
    private final List<Waiting> waiting = new ArrayList<>(); // the oldest first
    private final Map<Conn.Key, Conn> conns = new LinkedHashMap<>();
    private final Map<Dest.Id, Dest> dests = new LinkedHashMap<>();
    private final Map<ServiceKey, Configuration.Service> known = new HashMap<>(); // removed ones as they were last
    private final Templates templates = new Templates(this::policy);
    private List<Service> services = new ArrayList<>();
    private List<MarkRule> marks = List.of();
    private Ipvs ipvs = Ipvs.DEFAULT;
    private final PacketDefence defence = new PacketDefence();

    public ModelDirector(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /// A packet that waits behind ARP.
    ///
    /// @param nextHop   address that does not answer
    /// @param then      its fate once that address answers
    /// @param original  as its sender sent it; for an ICMP error, the quoted packet
    /// @param isError   whether it is an ICMP error, so that nobody learns of its end
    public record Waiting(int nextHop, Verdict then, Packet original, boolean isError, long sinceMs) {}

    /// @param addresses  that do not answer ARP now
    /// @return what has waited for others that do, in order
    public List<Waiting> silent(Set<Integer> addresses) {
        silent = Set.copyOf(addresses);
        var released =
                waiting.stream().filter(each -> !silent.contains(each.nextHop)).toList();
        waiting.removeAll(released);
        return released;
    }

    /// What has waited for three seconds, and is dropped.
    public List<Waiting> giveUp(long now) {
        var over =
                waiting.stream().filter(each -> now - each.sinceMs >= WAIT_MS).toList();
        waiting.removeAll(over);
        return over;
    }

    private Verdict unlessSilent(int nextHop, Verdict verdict, Packet original, boolean isError, long now) {
        if (!silent.contains(nextHop)) {
            return verdict;
        }
        var same = waiting.stream().filter(each -> each.nextHop == nextHop).toList();
        boolean displaces = same.size() == WAITING_MAX;
        if (displaces) {
            waiting.remove(same.getFirst());
        }
        waiting.add(new Waiting(nextHop, verdict, original, isError, now));
        return new Verdict.Waits(verdict, displaces);
    }

    public Collection<Conn> conns() {
        return conns.values();
    }

    public List<Template> templates() {
        return templates.all;
    }

    public Collection<Dest> dests() {
        return dests.values();
    }

    // ---- configuration

    /// Goes over to another configuration; connections and templates stay (2.5, 3.9), but for what drain modes and
    /// `expire_nodest_conn` end.
    public void configure(List<Configuration.Service> wanted, List<MarkRule> marks, Ipvs ipvs, long now) {
        this.marks = marks;
        this.ipvs = ipvs;
        defence.configure(ipvs);
        var next = new ArrayList<Service>();
        for (var settings : wanted) {
            next.add(configured(settings, now));
        }
        for (var before : services) {
            var after = next.stream()
                    .filter(service -> service.key().equals(before.key()))
                    .findFirst();
            for (var dest : before.dests) {
                if (after.isEmpty() || !after.get().dests.contains(dest)) {
                    dest.isAvailable = false;
                }
            }
        }
        services = next;
        endOrphans(now);
        drain(now);
    }

    private Service configured(Configuration.Service settings, long now) {
        var before = services.stream()
                .filter(service -> service.key().equals(settings.key()))
                .findFirst();
        var service = new Service(settings, before.map(known -> known.dests).orElse(List.of()));
        service.chosenLast = before.map(known -> known.chosenLast).orElse(null);
        var wanted = settings.realServers().stream()
                .map(real -> id(settings.key(), real))
                .toList();
        for (var dest : List.copyOf(service.dests)) {
            if (!wanted.contains(dest.id)) {
                service.delete(dest);
            }
        }
        for (var real : settings.realServers()) {
            var dest = dests.computeIfAbsent(id(settings.key(), real), Dest::new);
            boolean isAsBefore = dest.weight == 0 && dest.drain.equals(real.drain());
            dest.edit(real);
            if (!isAsBefore) { // a deadline runs from when the drain was first said so
                dest.deadlineMs =
                        now + real.drain().map(Configuration.Drain::deadlineS).orElse(0L) * 1000;
            }
            if (before.isEmpty()) {
                dest.zeroTraffic(); // another service object under the same key (3.9)
            }
            if (!service.dests.contains(dest)) {
                service.dests.addFirst(dest); // 2.4
            }
        }
        known.put(settings.key(), settings);
        return service;
    }

    private static Dest.Id id(ServiceKey key, Configuration.RealServer real) {
        return new Dest.Id(
                key.protocol().number(),
                key.address().bits(),
                key.port(),
                real.address().bits(),
                real.port());
    }

    private RearmPolicy policy(Template template) {
        return policy(serviceOf(template).flatMap(Configuration.Service::persistence));
    }

    private static RearmPolicy policy(Optional<Configuration.Persistence> persistence) {
        return persistence.map(Configuration.Persistence::rearm).orElse(RearmPolicy.IPVS);
    }

    private Optional<Configuration.Service> serviceOf(Template template) {
        return known.values().stream()
                .filter(service -> isOf(service.key(), template.dest.id))
                .findFirst();
    }

    private static boolean isOf(ServiceKey key, Dest.Id id) {
        return key.protocol().number() == id.protocol()
                && key.address().bits() == id.virtualAddress()
                && key.port() == id.servicePort();
    }

    /// With `expire_nodest_conn` the connections of a deleted real server end, and then its templates (1.7).
    private void endOrphans(long now) {
        if (!ipvs.expireNodestConn()) {
            return;
        }
        for (var conn : List.copyOf(conns.values())) {
            if (!conn.dest.isAvailable) {
                endByForce(conn, now);
            }
        }
        for (var template : List.copyOf(templates.all)) {
            if (!template.dest.isAvailable) {
                templates.remove(template);
            }
        }
    }

    /// Drain modes that end what is left of a quiesced real server.
    private void drain(long now) {
        for (var dest : dests.values()) {
            if (dest.weight != 0) {
                continue;
            }
            var mode = dest.drainMode(ipvs.expireQuiescentTemplate());
            if (mode == DrainMode.NOW || (mode == DrainMode.UNTIL_DEADLINE && dest.deadlineMs <= now)) {
                List.copyOf(conns.values()).stream()
                        .filter(conn -> conn.dest == dest)
                        .forEach(conn -> endByForce(conn, now));
                List.copyOf(templates.all).stream()
                        .filter(template -> template.dest == dest)
                        .forEach(templates::remove);
            }
        }
    }

    // ---- inbound

    /// A packet to one of our addresses (1.2).
    public Verdict inbound(Packet packet, long now) {
        var conn = conns.get(Conn.Key.inbound(packet));
        if (conn != null && isReplaced(conn, packet)) { // step 8
            end(conn, now);
            conn = null;
        }
        if (conn != null && !conn.dest.isAvailable) { // step 9
            if (!ipvs.expireNodestConn()) {
                return new Verdict.Dropped(Why.REAL_SERVER_GONE); // its timer is not restarted
            }
            end(conn, now);
            conn = null;
        }
        if (conn != null) {
            return toServer(conn, packet, now); // step 11
        }
        return schedule(packet, now); // step 10
    }

    /// 1.6: a packet that begins a connection meets an old one.
    private boolean isReplaced(Conn conn, Packet packet) {
        boolean begins = (packet.protocol() == Packet.TCP && packet.has(Packet.SYN)) || packet.beginsWithInit();
        if (!begins) {
            return false;
        }
        boolean isQuiesced = ipvs.expireNodestConn() && conn.dest.weight == 0; // reason A
        boolean isFinished = switch (conn.key.protocol()) { // reason B
            case Packet.TCP ->
                switch (conn.state) {
                    case "TW", "CL" -> true;
                    case "FW" -> conn.isNoOutput && (ipvs.connReuseMode() & 2) != 0;
                    default -> false;
                };
            case Packet.SCTP -> conn.state.equals("CL");
            default -> false;
        };
        boolean isReusable = isFromLastClose(conn) ? conn.isOver() : isFinished && ipvs.connReuseMode() != 0;
        return isQuiesced || (conn.controller == null && isReusable);
    }

    /// With this policy a connection that is over is no longer its template's. Were its port used again through the old
    /// entry, the client's time would run out while it is connected; so it begins anew whatever the mode.
    private boolean isFromLastClose(Conn conn) {
        var settings = Optional.ofNullable(known.get(conn.service.key()));
        return policy(settings.flatMap(Configuration.Service::persistence)) == RearmPolicy.FROM_LAST_CLOSE;
    }

    private Verdict toServer(Conn conn, Packet packet, long now) {
        conn.dest.packetsIn++;
        conn.dest.bytesIn += packet.bytes();
        follow(conn, packet, conn.isNoOutput ? Direction.INPUT_ONLY : Direction.INPUT, now);
        var verdict = new Verdict.ToServer(
                conn.dest.address(), conn.isNat() ? conn.realPort : packet.destinationPort(), conn.method);
        return unlessSilent(conn.dest.address(), verdict, packet, false, now);
    }

    /// 1.3 to 1.5.
    private Verdict schedule(Packet packet, long now) {
        var service = Lookup.find(services, Lookup.mark(marks, packet), packet);
        if (service == null) {
            return accept(packet, Why.NO_SERVICE);
        }
        if (!mayBegin(packet) || packet.sourcePort() == FTP_DATA) { // 1.4 step 2
            return accept(packet, Why.NO_CONNECTION);
        }
        if (defence.drops()) { // 1.3 step b
            return new Verdict.Dropped(Why.DEFENCE);
        }
        Template template = null;
        Dest dest;
        if (service.isPersistent()) {
            var key = Templates.key(service, packet);
            template = templates.find(key);
            if (template != null && !Templates.isValid(template, ipvs)) {
                template.isFindable = false; // 3.5
                template = null;
            }
            dest = template != null ? template.dest : service.schedule();
            if (dest == null) {
                return leave(service, packet);
            }
            if (template == null) {
                template = templates.create(key, dest, service.persistence(), now);
            }
        } else {
            boolean isItsOwn = service.key().isMark()
                    || packet.destinationPort() == service.key().port();
            dest = isItsOwn ? service.schedule() : null; // 1.4 step 5
            if (dest == null) {
                return leave(service, packet);
            }
        }
        return begin(service, template, dest, packet, now);
    }

    /// What the director's own stack says to a packet that no socket waits for; it has no SCTP.
    private static Verdict accept(Packet packet, Why why) {
        return switch (packet.protocol()) {
            case Packet.TCP ->
                packet.has(Packet.RST) ? new Verdict.Dropped(why) : new Verdict.Refused(why, Verdict.Answer.RESET);
            case Packet.UDP -> new Verdict.Refused(why, Verdict.Answer.PORT_UNREACHABLE);
            default ->
                packet.beginsWithInit()
                        ? new Verdict.Refused(why, Verdict.Answer.PROTOCOL_UNREACHABLE)
                        : new Verdict.Dropped(why);
        };
    }

    /// 1.3.
    private boolean mayBegin(Packet packet) {
        return switch (packet.protocol()) {
            case Packet.TCP -> !packet.has(Packet.RST) && (packet.has(Packet.SYN) || ipvs.sloppyTcp());
            case Packet.SCTP -> packet.beginsWithInit() || ipvs.sloppySctp();
            default -> true;
        };
    }

    /// 1.5: an FTP service that was only borrowed for its data leaves the packet to the stack.
    private static Verdict leave(Service service, Packet packet) {
        return service.key().port() == FTP && packet.destinationPort() != FTP
                ? accept(packet, Why.NO_SERVICE)
                : new Verdict.Refused(Why.NO_REAL_SERVER, Verdict.Answer.PORT_UNREACHABLE);
    }

    private Verdict begin(Service service, @Nullable Template template, Dest dest, Packet packet, long now) {
        boolean isOnePacket = service.settings.onePacket() && packet.protocol() == Packet.UDP; // 1.12
        if (!isOnePacket && conns.size() == connectionsMax) {
            return new Verdict.Dropped(Why.TABLE_FULL); // no connection, so it renews nothing (3.6)
        }
        var conn = new Conn(Conn.Key.inbound(packet), service, dest, realPort(service, dest, packet));
        if (!isOnePacket) {
            conns.put(conn.key, conn);
        }
        dest.bind(true);
        dest.connections++;
        if (template != null) {
            templates.attach(template, conn, now);
        }
        var verdict = toServer(conn, packet, now);
        if (isOnePacket) {
            end(conn, now);
        }
        return verdict;
    }

    /// 3.3 and 1.4 step 7: the configured port counts at the service's own port, and in a mark service without
    /// persistence.
    private static int realPort(Service service, Dest dest, Packet packet) {
        boolean counts = packet.destinationPort() == service.key().port()
                || (service.key().isMark() && !service.isPersistent());
        return counts && dest.port() != 0 ? dest.port() : packet.destinationPort();
    }

    // ---- outbound

    /// The connections that a reply may belong to (4.1); more than one where NAT makes them alike.
    public List<Conn> repliesTo(Packet packet) {
        return conns.values().stream()
                .filter(conn -> conn.key.protocol() == packet.protocol()
                        && conn.key.client() == packet.destination()
                        && conn.key.clientPort() == packet.destinationPort()
                        && (conn.isNat() ? conn.dest.address() : conn.key.virtualAddress()) == packet.source()
                        && (conn.isNat() ? conn.realPort : conn.key.virtualPort()) == packet.sourcePort())
                .toList();
    }

    /// A packet that is not to one of our addresses (1.9).
    public Verdict outbound(Packet packet, long now) {
        var found = repliesTo(packet);
        if (found.isEmpty()) {
            return isOfNatServer(packet)
                    ? new Verdict.Refused(Why.SERVER_NO_CONNECTION, Verdict.Answer.PORT_UNREACHABLE)
                    : new Verdict.NotOurs();
        }
        var conn = found.getFirst();
        conn.dest.packetsOut++;
        conn.dest.bytesOut += packet.bytes();
        follow(conn, packet, Direction.OUTPUT, now);
        return conn.isNat()
                ? new Verdict.ToClient(conn.key.virtualAddress(), conn.key.virtualPort())
                : new Verdict.ToClient(packet.source(), packet.sourcePort());
    }

    /// 1.9 step 7.
    private boolean isOfNatServer(Packet packet) {
        return ipvs.natIcmpSend()
                && !(packet.protocol() == Packet.TCP && packet.has(Packet.RST))
                && !(packet.protocol() == Packet.SCTP && packet.chunks().contains(6))
                && services.stream()
                        .flatMap(service -> service.dests.stream())
                        .anyMatch(dest -> (dest.id.protocol() == packet.protocol() || dest.id.protocol() == 0)
                                && dest.address() == packet.source()
                                && dest.port() == packet.sourcePort()
                                && dest.method == ForwardingMethod.NAT);
    }

    // ---- ICMP errors

    /// An ICMP error to one of our addresses (1.8), about a packet of a real server as the client got it.
    ///
    /// @param type    of ICMP
    /// @param quoted  from the virtual service to the client
    public Verdict inboundError(int type, Packet quoted, int bytes, long now) {
        var conn = isError(type) ? conns.get(Conn.Key.inbound(quoted.reversed())) : null;
        if (conn == null) {
            return new Verdict.NotOurs();
        }
        conn.dest.packetsIn++;
        conn.dest.bytesIn += bytes;
        var passed = new Verdict.ErrorPassed(conn.dest.address(), conn.dest.address(), conn.realPort, conn.isNat());
        return unlessSilent(conn.dest.address(), passed, quoted, true, now); // 6.7
    }

    /// An ICMP error to a client (1.10), about its packet as the real server got it. Only NAT changes it; others are
    /// not ours.
    ///
    /// @param quoted  from the client to the real server
    public Verdict outboundError(int type, Packet quoted, int bytes) {
        var found = isError(type) ? repliesTo(quoted.reversed()) : List.<Conn>of();
        if (found.isEmpty() || !found.getFirst().isNat()) {
            return new Verdict.NotOurs();
        }
        var conn = found.getFirst();
        conn.dest.packetsOut++;
        conn.dest.bytesOut += bytes;
        return new Verdict.ErrorPassed(0, conn.key.virtualAddress(), conn.key.virtualPort(), true);
    }

    private static boolean isError(int type) {
        return type == 3 || type == 4 || type == 11;
    }

    // ---- states

    /// 4.3 to 4.7: the state, the class that it is counted in, the timer; ASSURED (3.7).
    private void follow(Conn conn, Packet packet, Direction direction, long now) {
        var before = conn.state;
        boolean wasOver = conn.isOver();
        if (direction != Direction.OUTPUT) {
            conn.inPackets++;
        }
        boolean wasInactive = conn.isInactive;
        if (direction == Direction.OUTPUT) {
            conn.isNoOutput = false; // 1.9 step 5
        }
        switch (conn.key.protocol()) {
            case Packet.TCP -> {
                conn.state = TcpModel.next(isSecure(), direction, before, packet);
                conn.isInactive = before.equals(conn.state) ? wasInactive : !TcpModel.isActive(conn.state);
            }
            case Packet.SCTP -> {
                conn.state = SctpModel.next(direction, before, packet);
                conn.isInactive = before.equals(conn.state) ? wasInactive : !SctpModel.isActive(conn.state);
            }
            default -> {}
        }
        conn.expiresMs = now + timeoutS(conn) * 1000L;
        if (conn.isInactive != wasInactive) {
            conn.dest.change(wasInactive, conn.isInactive);
        }
        boolean isNowAssured = conn.key.protocol() == Packet.UDP
                ? direction == Direction.OUTPUT
                : conn.state.equals("ES") && !before.equals("ES");
        if (isNowAssured && conn.controller != null) {
            conn.controller.isAssured = true;
        }
        if (!wasOver && conn.isOver() && templates.isCutWhenOver(conn)) {
            templates.letGo(conn, now);
        }
    }

    private boolean isSecure() {
        return ipvs.secureTcp() == 3;
    }

    /// 4.9: three of them can be set.
    private int timeoutS(Conn conn) {
        return switch (conn.key.protocol()) {
            case Packet.TCP ->
                switch (conn.state) {
                    case "ES" -> ipvs.tcpTimeoutS();
                    case "FW" -> ipvs.tcpFinTimeoutS();
                    default -> TcpModel.timeoutS(conn.state);
                };
            case Packet.SCTP -> SctpModel.timeoutS(conn.state);
            default -> ipvs.udpTimeoutS();
        };
    }

    // ---- ends

    /// Ends what is due: connections, then templates, then real servers whose drain has a deadline.
    public void expire(long now) {
        for (var conn : List.copyOf(conns.values())) {
            if (conn.expiresMs < now) {
                end(conn, now);
            }
        }
        templates.expire(now);
        drain(now);
    }

    private void end(Conn conn, long now) {
        conns.remove(conn.key, conn);
        conn.dest.unbind(conn.isInactive);
        templates.letGo(conn, now);
    }

    /// For drop_entry, drains and orphans (3.8).
    public void endByForce(Conn conn, long now) {
        conns.remove(conn.key, conn);
        conn.dest.unbind(conn.isInactive);
        templates.letGoByForce(conn, now);
    }

    /// Whether `drop_entry` may give up a connection (4.10).
    public boolean mayBeGivenUp(Conn conn, long now) {
        long idleMs =
                timeoutS(conn) * 1000L - (conn.expiresMs - now); // of the present timeout, which may be another one
        boolean canLose = idleMs >= 60_000 && conn.inPackets >= 1 && conn.inPackets <= 8;
        return switch (conn.key.protocol()) {
            case Packet.TCP ->
                switch (conn.state) {
                    case "SR", "SA" -> true;
                    case "ES" -> canLose;
                    default -> false;
                };
            case Packet.SCTP ->
                switch (conn.state) {
                    case "I1", "IN" -> true;
                    case "ES" -> canLose;
                    default -> false;
                };
            default -> canLose;
        };
    }

    /// Whether `drop_entry` may give up a template (4.10). Those of one-packet services go by their idle time alone.
    public boolean mayBeGivenUp(Template template, long now) {
        boolean isOfDatagrams =
                serviceOf(template).map(Configuration.Service::onePacket).orElse(false);
        return template.controlled.isEmpty()
                && (isOfDatagrams
                        ? template.timeoutS * 1000 - (template.expiresMs - now) >= 60_000
                        : !template.isAssured);
    }

    /// It was given up.
    public void remove(Template template) {
        templates.remove(template);
    }

    /// When something may end next, so that a test can go there; far away when nothing can.
    public long nextExpiry() {
        long next = Long.MAX_VALUE;
        for (var conn : conns.values()) {
            next = Math.min(next, conn.expiresMs);
        }
        for (var template : templates.all) {
            next = Math.min(next, template.expiresMs);
        }
        return next;
    }
}

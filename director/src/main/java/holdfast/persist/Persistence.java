package holdfast.persist;

import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import holdfast.conn.FlowHash;
import holdfast.conn.Width;
import holdfast.schedule.Scheduler;
import holdfast.schedule.Schedulers;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;

/// Which real server a new connection goes to, and what happens to the template behind it, as IPVS decides
/// (IPVS-REF 1.4, 3.2 to 3.9), with the ways out that IPVS does not have (ADR 0008).
///
/// A template's time runs from the start of the client's latest connection; what follows when it is up while
/// connections still go through it is the service's [RearmPolicy].
///
/// Owned by the datapath thread, like the tables it decides over; [#assign] leaves its findings in [#real],
/// [#template] and their like until the next call, so that nothing is allocated.
public final class Persistence {
    /// No template.
    public static final int NO_TEMPLATE = -1;

    private static final long REARMED_S = 60;
    private static final long SECOND = 1_000_000_000;

    /// What a new connection gets.
    public enum Verdict {
        /// The service is not persistent; the scheduler picked [#real].
        SCHEDULED,
        /// The client's template named [#real].
        KEPT,
        /// The scheduler picked [#real], and a new template holds it.
        TEMPLATE_CREATED,
        /// No real server: IPVS answers with an ICMP port unreachable, but see IPVS-REF 1.5 for FTP.
        LEAVE,
        /// The template table is full: drop the packet.
        DROP
    }

    private final TemplateTable templates;
    private final RealServerTable reals;
    private final Schedulers schedulers;
    private final Template template;
    private final FlowHash callHashes;

    private Services services;
    private Ipvs ipvs = Ipvs.DEFAULT;
    private int picked = RealServerTable.NONE; // by the scheduler, for a template that is to be made
    private int assignedReal = RealServerTable.NONE;
    private int assignedRealPort;
    private int assignedTemplate = NO_TEMPLATE;
    private int invalidated = NO_TEMPLATE;

    /// @param callHashes  the same on every director of a cluster, so that they agree on the key of a call
    public Persistence(Services services, Schedulers schedulers, TemplateTable templates, FlowHash callHashes) {
        this.services = services;
        this.callHashes = callHashes;
        this.schedulers = schedulers;
        this.templates = templates;
        reals = services.table();
        template = templates.view();
    }

    /// Goes over to a new configuration; templates keep the timeouts they have (IPVS-REF 3.9). The scheduler's side is
    /// updated here too.
    public void update(Services next, Ipvs nextIpvs) {
        services = next;
        ipvs = nextIpvs;
        schedulers.update(next, nextIpvs);
    }

    /// Decides for the first packet of a connection, of which the caller knows that no connection has it, that it may
    /// begin one (IPVS-REF 1.3), and that `service` is its service.
    public Verdict assign(int service, Flow flow, long now) {
        assignedReal = RealServerTable.NONE;
        assignedTemplate = NO_TEMPLATE;
        invalidated = NO_TEMPLATE;
        var verdict = services.isPersistent(service)
                ? assignByTemplate(service, flow, now)
                : assignByScheduler(service, flow, now);
        findRealPort(service, flow);
        return verdict;
    }

    /// Makes the template for which [#assign] just found no room, with the real server that the scheduler picked then.
    public Verdict assignAgain(int service, Flow flow, long now) {
        var verdict = create(service, flow, now);
        findRealPort(service, flow);
        return verdict;
    }

    /// The real server's own port where the packet came to the service's; without persistence a mark service uses it
    /// for every port (IPVS-REF 1.4 step 7, 3.3).
    private void findRealPort(int service, Flow flow) {
        if (assignedReal != RealServerTable.NONE) {
            int own = reals.port(assignedReal);
            boolean isUsed = isOwnPort(service, flow) || !services.isPersistent(service);
            assignedRealPort = isUsed && own != 0 ? own : flow.virtualPort();
        }
    }

    private boolean isOwnPort(int service, Flow flow) {
        return flow.virtualPort() == services.key(service).port();
    }

    /// Id of the real server that [#assign] found last, or [RealServerTable#NONE].
    public int real() {
        return assignedReal;
    }

    /// The port there that the connection goes to (IPVS-REF 3.3).
    public int realPort() {
        return assignedRealPort;
    }

    /// Slot of the template that [#assign] found or made last, or [#NO_TEMPLATE]. Once the connection is in its table,
    /// [#attach] it.
    public int template() {
        return assignedTemplate;
    }

    /// Slot of the template that [#assign] found unfit last and made unfindable, or [#NO_TEMPLATE]. A standby must
    /// learn of it: by the new template of the same key or, where none was made, by the end of this one.
    public int invalidated() {
        return invalidated;
    }

    /// A connection of the client has been made through the template: counts it and restarts the timer.
    public void attach(int slot, long now) {
        link(slot);
        renew(slot, now);
    }

    /// A datagram that is a connection by itself has gone through the template (IPVS-REF 1.12): restarts the timer.
    public void renew(int slot, long now) {
        template.at(slot);
        template.expiresAt(now + template.timeoutS() * SECOND);
    }

    /// A connection is linked to its template on a standby: counts it; the timer goes by what the active says.
    public void link(int slot) {
        template.at(slot);
        template.controlled(template.controlled() + 1);
    }

    /// A controlled connection ends. True when the template has to go with it, which is when the last one was ended by
    /// force and none was ever established (IPVS-REF 3.8); the caller announces and removes it.
    public boolean release(int slot, boolean byForce) {
        template.at(slot);
        template.controlled(template.controlled() - 1);
        return byForce && template.controlled() == 0 && !template.isAssured() && !template.isPinned();
    }

    /// Whether a template's time runs from the end of its connections.
    public boolean isFromLastClose(int slot) {
        return rearm(slot) == RearmPolicy.FROM_LAST_CLOSE;
    }

    /// A controlled connection was established, or for UDP answered (IPVS-REF 3.7). True when that is news.
    public boolean assure(int slot) {
        template.at(slot);
        boolean isNews = !template.isAssured();
        template.assured(true);
        return isNews;
    }

    /// The timer of a template ended. True when it lives on, by its policy or because it is pinned; else it has to be
    /// removed.
    public boolean rearm(int slot, long now) {
        template.at(slot);
        if (template.isPinned()) {
            renew(slot, now);
            return true;
        }
        if (template.controlled() == 0) {
            return false;
        }
        switch (rearm(slot)) {
            case IPVS -> {
                template.timeoutS(REARMED_S);
                renew(slot, now);
            }
            case EACH_CONNECTION -> // never later than a new connection may say: a wheel does not see a timer move back
                template.expiresAt(now + Math.min(REARMED_S, template.timeoutS()) * SECOND);
            case PERSISTENCE_TIMEOUT, FROM_LAST_CLOSE -> renew(slot, now);
        }
        return true;
    }

    /// Another director says that a template is gone: removes it, or makes it unfindable as long as connections here
    /// are linked to it.
    public void drop(int slot) {
        if (template.at(slot).controlled() == 0) {
            templates.remove(slot);
        } else {
            templates.invalidate(slot);
        }
    }

    private RearmPolicy rearm(int slot) {
        return services.rearm(template.at(slot).service());
    }

    /// A service answers only at its own port without persistence, unless a mark says what is its (IPVS-REF 1.4
    /// step 5).
    private Verdict assignByScheduler(int service, Flow flow, long now) {
        if (isOwnPort(service, flow) || services.key(service).isMark()) {
            assignedReal = schedulers.pick(service, flow, now);
        }
        return assignedReal == RealServerTable.NONE ? Verdict.LEAVE : Verdict.SCHEDULED;
    }

    private Verdict assignByTemplate(int service, Flow flow, long now) {
        recognise(service, flow);
        int found = find(service, flow.stickyHi(), flow.stickyLo());
        if (found != TemplateTable.MISSING && isValid(found)) {
            assignedTemplate = found;
            assignedReal = template.at(found).real();
            return Verdict.KEPT;
        }
        if (found != TemplateTable.MISSING) {
            templates.invalidate(found);
            invalidated = found;
        }
        picked = schedulers.pick(service, flow, now);
        return picked == RealServerTable.NONE ? Verdict.LEAVE : create(service, flow, now);
    }

    private Verdict create(int service, Flow flow, long now) {
        long timeoutS = services.timeoutS(service);
        int created = templates.insert(flow.stickyHi(), flow.stickyLo(), picked, timeoutS, now + timeoutS * SECOND);
        if (created == TemplateTable.FULL) {
            return Verdict.DROP;
        }
        assignedTemplate = created;
        assignedReal = picked;
        return Verdict.TEMPLATE_CREATED;
    }

    /// Finds what stands for the client in the key: its address under the mask; with a persistence engine, a hash over
    /// that and the call (IPVS-REF 3.11). Two calls of one hash, of IPv4 clients one pair of four thousand million,
    /// share a template and so a real server; neither notices.
    private void recognise(int service, Flow flow) {
        if (templates.width() == Width.IPV4) {
            flow.stickyUnder(services.netmask(service));
        } else {
            flow.stickyPrefix(services.prefixLength(service));
        }
        if (services.hasEngine(service)) {
            long hash = callHashes.of(flow.call() ^ flow.stickyHi(), flow.stickyLo());
            flow.sticky(0, hash >>> 32);
        }
    }

    /// A scheduler that stands where the service's does, to ask it what it would pick.
    public Scheduler schedulerOf(int service) {
        return schedulers.copyOf(service);
    }

    /// Addresses that schedulers forgot before their time, for want of room.
    public long schedulerEvictions() {
        return schedulers.evictions();
    }

    /// A real server of the service was quiesced or restored at run time.
    public void edited(int service) {
        schedulers.edited(service);
    }

    /// The template of an IPv4 client in a service, valid or not, or [TemplateTable#MISSING].
    ///
    /// @param client  under the service's mask
    public int find(int service, int client) {
        return find(service, 0, client & 0xffff_ffffL);
    }

    private int find(int service, long clientHi, long clientLo) {
        var key = services.key(service);
        return templates.find(
                key.protocol().number(), clientHi, clientLo, key.address().bits(), services.templatePort(service));
    }

    /// Whether a template's client may be one of a prefix: a network is where the two share an address. A call is known
    /// by its hash (IPVS-REF 3.11), so it is in no prefix but that of all clients.
    ///
    /// @param mask  of the prefix, 0 for all clients
    public boolean isInPrefix(int slot, int address, int mask) {
        int service = template.at(slot).service();
        if (mask == 0) {
            return true;
        }
        if (service != Services.NONE && services.hasEngine(service)) {
            return false;
        }
        int netmask = service == Services.NONE ? -1 : services.netmask(service);
        return ((template.client() ^ address) & mask & netmask) == 0;
    }

    /// Overload, another timeout or another scheduler are no reasons (IPVS-REF 3.5). One that an operator pinned holds
    /// as long as its real server is there.
    public boolean isValid(int slot) {
        int real = template.at(slot).real();
        return template.isPinned() ? reals.isAvailable(real) : reals.keepsClients(real, ipvs.expireQuiescentTemplate());
    }
}

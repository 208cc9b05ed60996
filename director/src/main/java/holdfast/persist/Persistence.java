package holdfast.persist;

import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import holdfast.conf.ServiceKey;
import holdfast.conn.FlowHash;
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
/// A [Decision] comes first and changes no table; a commit makes it true. Owned by the datapath thread, like the tables
/// it decides over; what was decided and committed stays in [#real], [#template] and their like until the next
/// decision, so that nothing is allocated.
public final class Persistence {
    /// No template.
    public static final int NO_TEMPLATE = Decision.NO_TEMPLATE;

    /// Seconds that IPVS gives a template whose timer ends while it controls connections (IPVS-REF 3.6).
    public static final long REARMED_S = 60;

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
    private final Decision decision;
    private final Configured configured = new Configured();

    private Services services;
    private Ipvs ipvs = Ipvs.DEFAULT;
    private int assignedReal = RealServerTable.NONE;
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
        decision = new Decision(templates, callHashes);
    }

    /// Goes over to a new configuration; templates keep the timeouts they have (IPVS-REF 3.9). The scheduler's side is
    /// updated here too.
    public void update(Services next, Ipvs nextIpvs) {
        services = next;
        ipvs = nextIpvs;
        schedulers.update(next, nextIpvs);
    }

    /// Decides for the first packet of a connection and commits the decision.
    public Verdict assign(int service, Flow flow, long now) {
        decide(service, flow, now);
        return commit(service, flow, now);
    }

    /// Decides for the first packet of a connection. The caller knows that no connection has the packet, that it may
    /// begin one (IPVS-REF 1.3), and that `service` is its service. Changes no table; only the scheduler moves on.
    public void decide(int service, Flow flow, long now) {
        assignedReal = RealServerTable.NONE;
        assignedTemplate = NO_TEMPLATE;
        invalidated = NO_TEMPLATE;
        configured.service = service;
        decision.decide(configured, flow, now);
    }

    /// Makes the last decision true: an unfit template becomes unfindable, and a new template is made. After
    /// [Verdict#DROP] the caller may make room and commit again.
    public Verdict commit(int service, Flow flow, long now) {
        var outcome = decision.outcome();
        if (outcome != Decision.Outcome.KEPT && decision.found() != NO_TEMPLATE && invalidated == NO_TEMPLATE) {
            invalidated = decision.found();
            templates.invalidate(invalidated);
        }
        return switch (outcome) {
            case SCHEDULED -> assigned(NO_TEMPLATE, Verdict.SCHEDULED);
            case KEPT -> assigned(decision.found(), Verdict.KEPT);
            case NEW_TEMPLATE -> {
                int created = create(service, flow, now);
                yield created == TemplateTable.FULL ? Verdict.DROP : assigned(created, Verdict.TEMPLATE_CREATED);
            }
            case OTHER_PORT, NO_REAL_SERVER -> Verdict.LEAVE;
        };
    }

    private Verdict assigned(int slot, Verdict verdict) {
        assignedTemplate = slot;
        assignedReal = decision.real();
        return verdict;
    }

    private int create(int service, Flow flow, long now) {
        long timeoutS = services.timeoutS(service);
        return templates.insert(flow.stickyHi(), flow.stickyLo(), decision.real(), timeoutS, now + timeoutS * SECOND);
    }

    /// A separate decision over the same templates, to ask where a client would go.
    public Decision newDecision() {
        return new Decision(templates, callHashes);
    }

    /// Id of the real server that was committed last, or [RealServerTable#NONE].
    public int real() {
        return assignedReal;
    }

    /// The port there that the connection goes to (IPVS-REF 3.3).
    public int realPort() {
        return decision.realPort();
    }

    /// Slot of the template that was kept or made last, or [#NO_TEMPLATE]. Once the connection is in its table,
    /// [#attach] it.
    public int template() {
        return assignedTemplate;
    }

    /// Slot of the template that [#commit] made unfindable last, or [#NO_TEMPLATE]. A standby must learn of it: by the
    /// new template of the same key or, where none was made, by the end of this one.
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
        var key = services.key(service);
        return templates.find(key.protocol().number(), client, key.address().bits(), Services.templatePort(key.port()));
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

    /// A service as it is configured now.
    private final class Configured implements Terms {
        private int service;

        @Override
        public ServiceKey key() {
            return services.key(service);
        }

        @Override
        public boolean isPersistent() {
            return services.isPersistent(service);
        }

        @Override
        public boolean hasEngine() {
            return services.hasEngine(service);
        }

        @Override
        public int netmask() {
            return services.netmask(service);
        }

        @Override
        public int prefixLength() {
            return services.prefixLength(service);
        }

        @Override
        public int pick(Flow flow, long now) {
            return schedulers.pick(service, flow, now);
        }

        @Override
        public int port(int real) {
            return reals.port(real);
        }

        @Override
        public boolean isAvailable(int real) {
            return reals.isAvailable(real);
        }

        @Override
        public boolean keepsClients(int real) {
            return reals.keepsClients(real, ipvs.expireQuiescentTemplate());
        }
    }
}

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

/// Picks the real server of a new connection and updates the template behind it, as IPVS does (IPVS-REF 1.4, 3.2 to
/// 3.9), with re-arm policies that IPVS does not have (ADR 0008).
///
/// A template's time starts with the client's latest connection. The service's [RearmPolicy] decides what follows when
/// it ends while connections still use the template.
///
/// A [Decision] comes first and changes no table; a commit makes it effective. Owned by the datapath thread, like the
/// tables that it reads. The last decision and commit stay in [#real], [#template] and similar methods until the next
/// decision, so that nothing is allocated.
public final class Persistence {
    /// No template.
    public static final int NO_TEMPLATE = Decision.NO_TEMPLATE;

    /// Seconds that IPVS gives a template whose timer ends while it controls connections (IPVS-REF 3.6).
    public static final long REARMED_S = 60;

    private static final long SECOND = 1_000_000_000;

    /// The verdict on a new connection.
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

    /// Adopts a new configuration and updates the schedulers; templates keep their timeouts (IPVS-REF 3.9).
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

    /// Decides for the first packet of a connection. The caller has checked that no connection has the packet, that
    /// it may begin one (IPVS-REF 1.3), and that `service` is its service. Changes no table; only the scheduler
    /// advances.
    public void decide(int service, Flow flow, long now) {
        assignedReal = RealServerTable.NONE;
        assignedTemplate = NO_TEMPLATE;
        invalidated = NO_TEMPLATE;
        configured.service = service;
        decision.decide(configured, flow, now);
    }

    /// Commits the last decision: makes an unfit template unfindable, and creates a new template. After
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

    /// A separate decision over the same templates, for an operator's question.
    public Decision newDecision() {
        return new Decision(templates, callHashes);
    }

    /// Id of the real server of the last commit, or [RealServerTable#NONE].
    public int real() {
        return assignedReal;
    }

    /// The port of the real server for the connection (IPVS-REF 3.3).
    public int realPort() {
        return decision.realPort();
    }

    /// Slot of the template that the last commit kept or created, or [#NO_TEMPLATE]. Once the connection is in its
    /// table, [#attach] it.
    public int template() {
        return assignedTemplate;
    }

    /// Slot of the template that the last [#commit] made unfindable, or [#NO_TEMPLATE]. The standby must learn of
    /// it: by the new template of the same key or, without one, by the end of this one.
    public int invalidated() {
        return invalidated;
    }

    /// A connection of the client uses the template: counts it and restarts the timer.
    public void attach(int slot, long now) {
        link(slot);
        renew(slot, now);
    }

    /// A datagram that is a connection by itself used the template (IPVS-REF 1.12): restarts the timer.
    public void renew(int slot, long now) {
        template.at(slot);
        template.expiresAt(now + template.timeoutS() * SECOND);
    }

    /// A standby links a connection to its template: counts it; the active's records set the timer.
    public void link(int slot) {
        template.at(slot);
        template.controlled(template.controlled() + 1);
    }

    /// A controlled connection ends.
    ///
    /// @return whether the template ends with it: if the last one was ended by force and none was ever established
    ///     (IPVS-REF 3.8); the caller replicates the end and removes the template
    public boolean release(int slot, boolean byForce) {
        template.at(slot);
        template.controlled(template.controlled() - 1);
        return byForce && template.controlled() == 0 && !template.isAssured() && !template.isPinned();
    }

    /// Whether a template's time starts at the end of its connections.
    public boolean isFromLastClose(int slot) {
        return rearm(slot) == RearmPolicy.FROM_LAST_CLOSE;
    }

    /// A controlled connection was established, or for UDP answered (IPVS-REF 3.7).
    ///
    /// @return whether this changed the template
    public boolean assure(int slot) {
        template.at(slot);
        boolean isNews = !template.isAssured();
        template.assured(true);
        return isNews;
    }

    /// The timer of a template ended.
    ///
    /// @return true if it lives on, by its policy or because it is pinned; else the caller removes it
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
            case EACH_CONNECTION -> // never later than a new connection may set it: the wheel does not see a timer move
                // back
                template.expiresAt(now + Math.min(REARMED_S, template.timeoutS()) * SECOND);
            case PERSISTENCE_TIMEOUT, FROM_LAST_CLOSE -> renew(slot, now);
        }
        return true;
    }

    /// Another director reports the end of a template: removes it, or makes it unfindable while connections here
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

    /// A copy of the service's scheduler, to ask which server it would pick.
    public Scheduler schedulerOf(int service) {
        return schedulers.copyOf(service);
    }

    /// Addresses that schedulers forgot early for lack of room.
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
        return templates.find(
                key.protocol().number(), client, key.address().bits(), RealServerTable.portOfTemplates(key.port()));
    }

    /// Whether a template's client may belong to a prefix: a network does if the two share an address. A call is
    /// known by its hash (IPVS-REF 3.11), so it belongs only to the prefix of all clients.
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
    private final class Configured implements ServiceTerms {
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

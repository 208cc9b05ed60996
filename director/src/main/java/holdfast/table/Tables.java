package holdfast.table;

import holdfast.client.ClientRules;
import holdfast.client.Clients;
import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conn.Conn;
import holdfast.conn.ConnFlags;
import holdfast.conn.ConnTable;
import holdfast.conn.Expired;
import holdfast.conn.FlowHash;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.conn.Timeouts;
import holdfast.conn.Tracker;
import holdfast.persist.Persistence;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.schedule.Schedulers;
import holdfast.service.Flow;
import holdfast.service.Marks;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.service.Traffic;
import holdfast.sync.Version;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One worker's knowledge of clients, and the events that change it.
///
/// Each change passes through this class, so that it is replicated to the standby. The tables keep entries, counters
/// and digests consistent; [Changes] assigns a version to each change and writes it into the stream. Worker only.
public final class Tables implements Entries {
    /// The result of [#connect] if the service has no real server for the client.
    public static final int NO_REAL_SERVER = -2;

    /// A renewal is replicated to the standby if it moves the expiry by more than this part of the timeout.
    static final int TOLD_PARTS = 10;

    /// Most real servers that can be configured or still in use at once.
    public static final int REAL_SERVERS_MAX = 4096;
    private static final int RING_RECORDS = 1 << 16;
    private static final int CLIENTS_MAX = 1 << 16;
    private static final long SECOND = 1_000_000_000L;

    private final Configuration.Datapath limits;
    private final RealServerTable reals = new RealServerTable(REAL_SERVERS_MAX);
    private final Counters counters = new Counters();
    private final FlowHash callHashes;
    private final FlowHash hashes;
    private final Defence defence = new Defence();
    private final ConnTable connections;
    private final TemplateTable templates;
    private final Persistence persistence;
    private final Changes changes;
    private final Victims victims;
    private final Clients clients;
    private final Sweeper sweeper;
    private final TemplateOrders chores;
    private final Conn conn;
    private final Template template;
    private final Expired connectionExpired = this::connectionExpired;
    private final Expired templateExpired = this::templateExpired;

    private Policy policy = Policy.none(reals);
    private @Nullable IntPredicate unreachable; // null until the kernel has been asked
    private boolean isActive;
    private int term;
    private long nextSecondAt;
    private long nextEstimateAt;

    /// @param hashes      with a secret key, so that no client can fill one bucket
    /// @param callHashes  the same on every director of a cluster ([Persistence])
    /// @param now         monotonic ns, the start of the timers
    /// @param memory      gives zeroed memory that lives as long as the tables
    public Tables(
            Configuration.Datapath limits,
            boolean replicated,
            FlowHash hashes,
            FlowHash callHashes,
            long now,
            SegmentAllocator memory) {
        this(limits, replicated, hashes, callHashes, now, memory, RING_RECORDS);
    }

    /// @param ringRecords  changes that may wait for the sync side; a power of two
    public Tables(
            Configuration.Datapath limits,
            boolean replicated,
            FlowHash hashes,
            FlowHash callHashes,
            long now,
            SegmentAllocator memory,
            int ringRecords) {
        this.limits = limits;
        this.callHashes = callHashes;
        this.hashes = hashes;
        connections = new ConnTable(limits.connectionsMax(), reals, hashes, now, memory);
        templates = new TemplateTable(limits.templatesMax(), reals, hashes, now, memory);
        persistence = new Persistence(
                policy.services(), new Schedulers(policy.services(), policy.ipvs()), templates, callHashes);
        Supplier<Policy> present = () -> policy;
        changes = new Changes(connections, templates, reals, counters, present, replicated, ringRecords);
        victims = new Victims(this, connections, templates, counters, present);
        clients = new Clients(CLIENTS_MAX, hashes, now, memory);
        sweeper = new Sweeper(this, connections, templates, reals, changes, counters, present, defence);
        chores = new TemplateOrders(this, persistence, templates, reals, changes, present);
        conn = connections.view();
        template = templates.view();
        nextSecondAt = now + SECOND;
        nextEstimateAt = now + Traffic.ESTIMATE_INTERVAL_NS;
    }

    /// Adopts this configuration. Connections and templates stay (IPVS-REF 3.9), except those of removed real
    /// servers with `expire_nodest_conn`.
    public void configure(Ipvs nextIpvs, List<MarkRule> rules, List<Configuration.Service> wanted, long now) {
        policy = policy.with(nextIpvs, rules, wanted, now);
        if (nextIpvs.expireNodestConn()) {
            reals.forgetRemoved();
        }
        clients.services(policy.services().size());
        persistence.update(policy.services(), nextIpvs);
        defence.configure(nextIpvs);
        sweeper.lookAtRealServers();
        if (unreachable != null) {
            reach(unreachable);
        }
    }

    /// Tells the schedulers which addresses cannot be reached.
    public void reach(IntPredicate isUnreachable) {
        unreachable = isUnreachable;
        for (int real = 0; limits.passOverUnreachable() && real < reals.size(); real++) {
            reals.unreachable(real, isUnreachable.test(reals.address(real)));
        }
    }

    /// The bounds and trade-offs of these tables.
    public Configuration.Datapath limits() {
        return limits;
    }

    public ConnTable connections() {
        return connections;
    }

    public TemplateTable templates() {
        return templates;
    }

    public Services services() {
        return policy.services();
    }

    public RealServerTable reals() {
        return reals;
    }

    public Counters counters() {
        return counters;
    }

    public Marks marks() {
        return policy.marks();
    }

    public Ipvs ipvs() {
        return policy.ipvs();
    }

    public Persistence persistence() {
        return persistence;
    }

    /// The operator's orders for templates.
    public TemplateOrders chores() {
        return chores;
    }

    /// Gives a real server no new clients from now on, until [#restore].
    ///
    /// @param mode    null to follow `expire_quiescent_template` at each moment
    /// @param endsAt  monotonic ns; for UNTIL_DEADLINE
    public void quiesce(int real, @Nullable DrainMode mode, long endsAt) {
        boolean hadWeight = reals.weight(real) != 0;
        reals.quiesce(real, mode, endsAt);
        if (hadWeight) {
            persistence.edited(reals.service(real));
        }
        sweeper.lookAtRealServers();
    }

    /// Restores a real server's configured weight and drain.
    public void restore(int real) {
        reals.restore(real);
        persistence.edited(reals.service(real));
    }

    /// Hashes under a key of this process alone.
    public FlowHash hashes() {
        return hashes;
    }

    /// Hashes of SIP calls, under a key that all directors of the cluster share.
    public FlowHash callHashes() {
        return callHashes;
    }

    /// The open connections of each client.
    public Clients clients() {
        return clients;
    }

    /// The operator's rules for clients.
    public ClientRules clientRules() {
        return policy.clientRules();
    }

    /// Sets the operator's rules for clients.
    public void clientRules(ClientRules rules) {
        policy = policy.with(rules);
    }

    @Override
    public boolean isActive() {
        return isActive;
    }

    /// The full timeout of a connection in its present state, in ns.
    public long timeout(Conn listed) {
        return policy.timeouts().of(listed.protocol(), listed.state());
    }

    /// Whether the templates of a service live from the end of their connections, so that a finished connection is
    /// released.
    public boolean isFromLastClose(int service) {
        return policy.services().rearm(service) == RearmPolicy.FROM_LAST_CLOSE;
    }

    public Changes changes() {
        return changes;
    }

    public Defence defence() {
        return defence;
    }

    /// The digest over all entries, as a checkpoint carries it.
    public long digest() {
        return changes.digest();
    }

    /// The digest over the entries of a bucket.
    public long digest(int bucket) {
        return changes.digest(bucket);
    }

    /// Makes changes ours, under this term; timers end entries from now on.
    public void promote(int term, long now) {
        this.term = term;
        isActive = true;
        changes.begin(term, now);
    }

    /// Leaves changes to another director from now on.
    public void demote() {
        isActive = false;
        changes.end();
        chores.giveUp();
    }

    /// Makes the connection of a first packet, with a real server by template or scheduler.
    ///
    /// @return its slot, [ConnTable#FULL] or [#NO_REAL_SERVER]
    public int connect(int service, Flow flow, long now) {
        int refused = assign(service, flow, now);
        if (refused != 0) {
            return refused;
        }
        int slot = insert(service, flow, now);
        if (slot == ConnTable.FULL && victims.makeRoomForConnection(now)) {
            slot = insert(service, flow, now);
        }
        int controller = persistence.template();
        if (slot != ConnTable.FULL && controller != Persistence.NO_TEMPLATE) {
            conn.at(slot).template(controller);
            persistence.attach(controller, now);
        }
        if (controller != Persistence.NO_TEMPLATE) {
            renewed(template.at(controller), now);
        }
        if (slot != ConnTable.FULL) {
            countConnection(service, persistence.real());
        }
        return slot;
    }

    /// Picks the real server, [Persistence#real], of a datagram that is a connection by itself (IPVS-REF 1.12).
    ///
    /// @return 0, [ConnTable#FULL] or [#NO_REAL_SERVER]
    public int connectOnce(int service, Flow flow, long now) {
        int refused = assign(service, flow, now);
        if (refused == 0) {
            if (persistence.template() != Persistence.NO_TEMPLATE) {
                persistence.renew(persistence.template(), now);
                renewed(template.at(persistence.template()), now);
            }
            countConnection(service, persistence.real());
            reals.connectionBound(persistence.real(), true); // for an instant, but thresholds count it (IPVS-REF 4.8)
            reals.connectionUnbound(persistence.real(), true);
            clients.opened(flow.clientHi(), flow.clientLo(), service, now); // likewise, for the client's rate
            clients.closed(flow.clientHi(), flow.clientLo(), service);
        }
        return refused;
    }

    private int assign(int service, Flow flow, long now) {
        var verdict = persistence.assign(service, flow, now);
        if (verdict == Persistence.Verdict.DROP && victims.makeRoomForTemplate(now)) {
            verdict = persistence.commit(service, flow, now);
        }
        if (persistence.invalidated() != Persistence.NO_TEMPLATE && persistence.template() == Persistence.NO_TEMPLATE) {
            changes.templateEnd(template.at(persistence.invalidated()), now);
        }
        return switch (verdict) {
            case LEAVE -> NO_REAL_SERVER;
            case DROP -> ConnTable.FULL;
            case SCHEDULED, KEPT, TEMPLATE_CREATED -> 0;
        };
    }

    /// Whether a client may begin a connection to a service.
    public ClientRules.Verdict verdict(int service, Flow flow, long now) {
        return policy.clientRules().verdict(flow, service, services().clientLimit(service), clients, now);
    }

    private int insert(int service, Flow flow, long now) {
        int real = persistence.real();
        int slot = connections.insert(
                flow.protocol(),
                (int) flow.clientLo(),
                flow.clientPort(),
                flow.virtualAddress(),
                flow.virtualPort(),
                reals.address(real),
                persistence.realPort(),
                ConnFlags.initial(reals.method(real)),
                service,
                real,
                now + Timeouts.NEW);
        if (slot != ConnTable.FULL) {
            entered(conn.at(slot), now);
        }
        return slot;
    }

    /// Counts a connection that entered the table, whoever made it.
    void entered(Conn entered, long now) {
        if (entered.service() != Services.NONE) {
            clients.opened(entered.clientHi(), entered.clientLo(), entered.service(), now);
        }
    }

    /// Removes a connection from the table; the caller releases its template.
    void takeOut(Conn leaving) {
        if (leaving.service() != Services.NONE) {
            clients.closed(leaving.clientHi(), leaving.clientLo(), leaving.service());
        }
        connections.remove(leaving.slot());
    }

    private void countConnection(int service, int real) {
        reals.traffic().connection(real);
        services().traffic().connection(service);
        services().traffic().connection(Services.ALL);
    }

    /// Counts a client's packet that is forwarded.
    ///
    /// @param real  id, or [RealServerTable#NONE]
    public void countIn(int service, int real, int bytes) {
        if (real != RealServerTable.NONE) {
            reals.traffic().in(real, bytes);
        }
        if (service != Services.NONE) {
            services().traffic().in(service, bytes);
        }
        services().traffic().in(Services.ALL, bytes);
    }

    /// Counts a reply that is forwarded.
    public void countOut(int service, int real, int bytes) {
        if (real != RealServerTable.NONE) {
            reals.traffic().out(real, bytes);
        }
        if (service != Services.NONE) {
            services().traffic().out(service, bytes);
        }
        services().traffic().out(Services.ALL, bytes);
    }

    private void renewed(Template renewed, long now) {
        long unsaid = renewed.expiresAt() - renewed.toldAt();
        if (renewed.version() == 0 || unsaid > renewed.timeoutS() * SECOND / TOLD_PARTS) {
            changes.template(renewed, now);
        }
    }

    /// Updates a connection for a packet.
    ///
    /// @param followed  a view at the connection
    /// @param event     a value of [Frame#event]
    public void follow(Conn followed, boolean isInbound, int event, long now) {
        int protocol = followed.protocol();
        int stateBefore = followed.state();
        int flagsBefore = followed.flags();
        boolean wasOver = Tracker.isOver(protocol, stateBefore, followed.isNoOutput());
        if (isInbound) {
            followed.countInPacket();
        }
        Tracker.follow(followed, isInbound, event, defence.isSecure(), policy.timeouts(), now);
        int state = followed.state();
        if (followed.template() != Conn.NO_TEMPLATE) {
            if (isAssuring(protocol, stateBefore, state, isInbound)) {
                assure(followed.template(), now);
            }
            if (!wasOver && Tracker.isOver(protocol, state, followed.isNoOutput())) {
                letGo(followed, now);
            }
        }
        long unsaid = followed.expiresAt() - followed.toldAt();
        if (state != stateBefore
                || followed.flags() != flagsBefore
                || followed.version() == 0
                || unsaid > (followed.expiresAt() - now) / TOLD_PARTS) {
            changes.connection(followed, now);
        }
    }

    /// IPVS-REF 3.7.
    private static boolean isAssuring(int protocol, int before, int after, boolean isInbound) {
        if (protocol == Protocol.TCP.number()) {
            return after == TcpState.ESTABLISHED.code() && before != after;
        }
        return protocol == Protocol.SCTP.number()
                ? after == SctpState.ESTABLISHED.code() && before != after
                : !isInbound;
    }

    private void assure(int slot, long now) {
        if (persistence.assure(slot)) {
            announce(slot, now);
        }
    }

    /// With rearm from-last-close, a finished connection no longer counts towards its template.
    private void letGo(Conn over, long now) {
        int controller = over.template();
        if (persistence.isFromLastClose(controller)) {
            over.template(Conn.NO_TEMPLATE);
            persistence.release(controller, false);
            persistence.renew(controller, now);
            announce(controller, now);
        }
    }

    private void announce(int slot, long now) {
        if (!template.at(slot).isInvalid()) {
            changes.template(template, now);
        }
    }

    @Override
    public void end(int slot, boolean byForce, long now) {
        conn.at(slot);
        int controller = conn.template();
        changes.connectionEnd(conn, now);
        takeOut(conn);
        if (controller == Conn.NO_TEMPLATE) {
            return;
        }
        if (persistence.release(controller, byForce)) {
            dropTemplate(controller, now);
        } else if (persistence.isFromLastClose(controller)) {
            persistence.renew(controller, now);
            announce(controller, now);
        }
    }

    /// Ends entries that are due, and does the work of orders, drains and the defence; on a standby no entry ends
    /// before the active ends it.
    ///
    /// @return number of entries checked
    public int turn(long now, int budget) {
        int done =
                connections.advance(now, budget, connectionExpired) + templates.advance(now, budget, templateExpired);
        if (now - nextEstimateAt >= 0) {
            nextEstimateAt = now + Traffic.ESTIMATE_INTERVAL_NS;
            estimateRates();
        }
        if (!isActive) {
            return done;
        }
        if (now - nextSecondAt >= 0) {
            nextSecondAt = now + SECOND;
            defence.step(connections.capacity() - connections.size());
            sweeper.step();
        }
        return done + sweeper.run(now, budget) + chores.run(now, budget);
    }

    private void estimateRates() {
        for (int real = 0; real < reals.size(); real++) {
            reals.traffic().estimate(real);
        }
        for (int service = 0; service < services().size(); service++) {
            services().traffic().estimate(service);
        }
        services().traffic().estimate(Services.ALL);
    }

    private void connectionExpired(int slot, long now) {
        conn.at(slot);
        long later = isActive ? grace(conn.version(), conn.toldAt(), changes.timeoutS(conn)) : now + SECOND;
        if (later > conn.expiresAt()) {
            conn.expiresAt(later);
        } else {
            end(slot, false, now);
        }
    }

    private void templateExpired(int slot, long now) {
        template.at(slot);
        long later = isActive ? grace(template.version(), template.toldAt(), template.timeoutS()) : now + SECOND;
        if (later > template.expiresAt() && !template.isInvalid()) {
            template.expiresAt(later);
        } else if (!persistence.rearm(slot, now)) {
            endTemplate(slot, now);
        } else {
            announce(slot, now);
        }
    }

    private void endTemplate(int slot, long now) {
        announceEnd(slot, now);
        templates.remove(slot);
    }

    private void announceEnd(int slot, long now) {
        if (!template.at(slot).isInvalid()) {
            changes.templateEnd(template, now);
        }
    }

    @Override
    public void dropTemplate(int slot, long now) {
        announceEnd(slot, now);
        if (!template.at(slot).isInvalid() || template.controlled() == 0) {
            persistence.drop(slot);
        }
    }

    @Override
    public void moveTemplate(int slot, int real, long now) {
        template.at(slot).real(real);
        if (!template.isInvalid()) {
            changes.templateMoved(template, now);
        }
    }

    @Override
    public void pinTemplate(int slot, boolean pinned, long now) {
        template.at(slot).pinned(pinned);
        persistence.renew(slot, now);
        announce(slot, now);
    }

    @Override
    public int madeTemplate(int service, int client, int real, long now) {
        int found = persistence.find(service, client);
        if (found != TemplateTable.MISSING) {
            return found;
        }
        long timeoutS = services().timeoutS(service);
        return templates.insert(client, real, timeoutS, now + timeoutS * SECOND);
    }

    /// The earliest expiry of the former active's entry: the active may have renewed it by as much as it did
    /// not replicate.
    private long grace(long version, long toldAt, long seconds) {
        return Version.term(version) < term ? toldAt + seconds * SECOND / TOLD_PARTS : Long.MIN_VALUE;
    }
}

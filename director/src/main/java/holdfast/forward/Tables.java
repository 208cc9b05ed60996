package holdfast.forward;

import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conn.Conn;
import holdfast.conn.ConnFlags;
import holdfast.conn.ConnTable;
import holdfast.conn.Expired;
import holdfast.conn.Flow;
import holdfast.conn.FlowHash;
import holdfast.conn.TcpState;
import holdfast.conn.Timeouts;
import holdfast.conn.Tracker;
import holdfast.persist.Persistence;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.schedule.Schedulers;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.sync.Version;
import java.lang.foreign.SegmentAllocator;
import java.security.SecureRandom;
import java.util.List;

/// Everything that one worker knows about clients, and the events in which it changes.
///
/// Each change goes through here, so that the standby hears of it: the tables keep entries, counters and digests in
/// step, and [Changes] gives each change its version and puts it into the stream. Worker only.
public final class Tables {
    /// What [#connect] answers where the service has no real server to give.
    static final int NO_REAL_SERVER = -2;

    /// A standby is told of a renewal when it moves the expiry by more than this part of the timeout.
    static final int TOLD_PARTS = 10;

    private static final int REAL_SERVERS_MAX = 4096;
    private static final int RING_RECORDS = 1 << 16;
    private static final long SECOND = 1_000_000_000L;

    private final RealServerTable reals = new RealServerTable(REAL_SERVERS_MAX);
    private final Timeouts timeouts = Timeouts.DEFAULT;
    private final Counters counters = new Counters();
    private final ConnTable connections;
    private final TemplateTable templates;
    private final Persistence persistence;
    private final Changes changes;
    private final Conn conn;
    private final Template template;
    private final Flow flow = new Flow();
    private final Expired connectionExpired = this::connectionExpired;
    private final Expired templateExpired = this::templateExpired;

    private Services services = new Services(reals);
    private boolean isActive;
    private int term;

    /// @param now     monotonic ns, from which the timers run
    /// @param memory  gives zeroed memory that lives as long as the tables
    public Tables(Configuration.Datapath limits, boolean replicated, long now, SegmentAllocator memory) {
        this(limits, replicated, now, memory, RING_RECORDS);
    }

    /// @param ringRecords  changes that may wait for the sync side; a power of two
    Tables(Configuration.Datapath limits, boolean replicated, long now, SegmentAllocator memory, int ringRecords) {
        var random = new SecureRandom();
        var hashes = new FlowHash(random.nextLong(), random.nextLong());
        connections = new ConnTable(limits.connectionsMax(), reals, hashes, now, memory);
        templates = new TemplateTable(limits.templatesMax(), reals, hashes, now, memory);
        persistence = new Persistence(services, new Schedulers(services, Ipvs.DEFAULT), templates);
        changes = new Changes(connections, templates, reals, counters, timeouts, replicated, ringRecords);
        conn = connections.view();
        template = templates.view();
    }

    /// Goes over to these services; connections and templates stay (IPVS-REF 3.9).
    public void configure(List<Configuration.Service> wanted) {
        services = services.rebuild(wanted);
        persistence.update(services, Ipvs.DEFAULT);
    }

    public ConnTable connections() {
        return connections;
    }

    public TemplateTable templates() {
        return templates;
    }

    public Services services() {
        return services;
    }

    public RealServerTable reals() {
        return reals;
    }

    public Counters counters() {
        return counters;
    }

    /// Seconds of a connection's full timeout in its present state.
    public long timeoutS(Conn listed) {
        return changes.timeoutS(listed);
    }

    Persistence persistence() {
        return persistence;
    }

    Changes changes() {
        return changes;
    }

    /// The digest over all entries, as a mark carries it.
    public long digest() {
        return changes.digest();
    }

    /// From now on changes are ours, under this term, and timers end entries.
    void promote(int term, long now) {
        this.term = term;
        isActive = true;
        changes.begin(term, now);
    }

    /// From now on changes are another director's.
    void demote() {
        isActive = false;
        changes.end();
    }

    /// Makes the connection of a first packet, with a real server by template or scheduler.
    ///
    /// @return its slot, [ConnTable#FULL] or [#NO_REAL_SERVER]
    int connect(int service, int protocol, int client, int clientPort, int virtual, int virtualPort, long now) {
        var verdict = persistence.assign(service, flow.v4(protocol, client, clientPort, virtual, virtualPort), now);
        int real = persistence.real();
        int controller = persistence.template();
        if (persistence.invalidated() != Persistence.NO_TEMPLATE && controller == Persistence.NO_TEMPLATE) {
            changes.templateEnd(template.at(persistence.invalidated()), now);
        }
        switch (verdict) {
            case LEAVE -> {
                return NO_REAL_SERVER;
            }
            case DROP -> {
                return ConnTable.FULL;
            }
            case SCHEDULED, KEPT, TEMPLATE_CREATED -> {}
        }
        int slot = connections.insert(
                protocol,
                client,
                clientPort,
                virtual,
                virtualPort,
                reals.address(real),
                persistence.realPort(),
                ConnFlags.initial(reals.method(real)),
                service,
                real,
                now + Timeouts.NEW);
        if (slot != ConnTable.FULL && controller != Persistence.NO_TEMPLATE) {
            conn.at(slot).template(controller);
            persistence.attach(controller, now);
        }
        if (controller != Persistence.NO_TEMPLATE) {
            renewed(template.at(controller), now);
        }
        if (slot != ConnTable.FULL) {
            reals.countConnection(real);
        }
        return slot;
    }

    private void renewed(Template renewed, long now) {
        long unsaid = renewed.expiresAt() - renewed.toldAt();
        if (renewed.version() == 0 || unsaid > renewed.timeoutS() * SECOND / TOLD_PARTS) {
            changes.template(renewed, now);
        }
    }

    /// Follows a packet of a connection.
    ///
    /// @param followed  a view that stands on it
    /// @param tcpFlags  of the segment; means nothing for UDP
    void follow(Conn followed, boolean isInbound, int tcpFlags, long now) {
        int stateBefore = followed.state();
        int flagsBefore = followed.flags();
        int state = stateBefore;
        boolean isAnswered;
        if (followed.protocol() == Frame.TCP) {
            state = Tracker.tcp(followed, isInbound, tcpFlags, timeouts, now);
            isAnswered = state == TcpState.ESTABLISHED.code() && stateBefore != state;
        } else {
            Tracker.udp(followed, timeouts, now);
            isAnswered = !isInbound;
        }
        if (isAnswered && followed.template() != Conn.NO_TEMPLATE && persistence.assure(followed.template())) {
            template.at(followed.template());
            if (!template.isInvalid()) {
                changes.template(template, now);
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

    /// Ends a connection whose port its client uses anew.
    void end(int slot, long now) {
        conn.at(slot);
        int controller = conn.template();
        changes.connectionEnd(conn, now);
        connections.remove(slot);
        if (controller != Conn.NO_TEMPLATE && persistence.release(controller, true)) {
            endTemplate(controller, now);
        }
    }

    /// Ends what is due; on a standby nothing ends before the active says so.
    ///
    /// @return how many entries were looked at
    int expire(long now, int budget) {
        return connections.advance(now, budget, connectionExpired) + templates.advance(now, budget, templateExpired);
    }

    private void connectionExpired(int slot, long now) {
        conn.at(slot);
        long later = isActive ? grace(conn.version(), conn.toldAt(), changes.timeoutS(conn)) : now + SECOND;
        if (later > conn.expiresAt()) {
            conn.expiresAt(later);
            return;
        }
        int controller = conn.template();
        changes.connectionEnd(conn, now);
        connections.remove(slot);
        if (controller != Conn.NO_TEMPLATE) {
            persistence.release(controller, false);
        }
    }

    private void templateExpired(int slot, long now) {
        template.at(slot);
        long later = isActive ? grace(template.version(), template.toldAt(), template.timeoutS()) : now + SECOND;
        if (later > template.expiresAt() && !template.isInvalid()) {
            template.expiresAt(later);
        } else if (!persistence.rearm(slot, now)) {
            endTemplate(slot, now);
        } else if (!template.isInvalid()) {
            changes.template(template, now);
        }
    }

    private void endTemplate(int slot, long now) {
        template.at(slot);
        if (!template.isInvalid()) {
            changes.templateEnd(template, now);
        }
        templates.remove(slot);
    }

    /// Until when an entry of the former active lives at least: it may have been renewed by as much as we were not
    /// told.
    private long grace(long version, long toldAt, long seconds) {
        return Version.term(version) < term ? toldAt + seconds * SECOND / TOLD_PARTS : Long.MIN_VALUE;
    }
}

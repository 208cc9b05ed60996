package holdfast.persist;

import holdfast.conn.FlowHash;
import holdfast.conn.Width;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;

/// Picks the real server for the first packet of a connection, and determines the change of the client's template, as
/// IPVS does (IPVS-REF 1.4, 3.2 to 3.5).
///
/// It reads the tables and changes nothing: [Persistence] commits it, and an operator's question does not. The object
/// is reused, so that a decision allocates nothing. Not thread-safe.
public final class Decision {
    /// No template.
    public static final int NO_TEMPLATE = -1;

    /// The outcome of a decision.
    public enum Outcome {
        /// The service is not persistent; the scheduler picked [#real].
        SCHEDULED,
        /// The template [#found] names [#real].
        KEPT,
        /// The scheduler picked [#real], and a new template will hold it.
        NEW_TEMPLATE,
        /// The service does not answer at the port of the packet.
        OTHER_PORT,
        /// The scheduler picked none.
        NO_REAL_SERVER
    }

    private final TemplateTable templates;
    private final FlowHash callHashes;
    private final Template template;

    private Outcome outcome = Outcome.NO_REAL_SERVER;
    private int found = NO_TEMPLATE;
    private int real = RealServerTable.NONE;
    private int realPort;

    Decision(TemplateTable templates, FlowHash callHashes) {
        this.templates = templates;
        this.callHashes = callHashes;
        template = templates.view();
    }

    /// Decides for the first packet of a connection.
    ///
    /// @param flow  of the packet; receives the client part of the template's key
    public Outcome decide(ServiceTerms terms, Flow flow, long now) {
        found = NO_TEMPLATE;
        real = RealServerTable.NONE;
        outcome = terms.isPersistent() ? byTemplate(terms, flow, now) : byScheduler(terms, flow, now);
        if (real != RealServerTable.NONE) {
            realPort = portOf(terms, flow);
        }
        return outcome;
    }

    public Outcome outcome() {
        return outcome;
    }

    /// Id of the real server, or [RealServerTable#NONE].
    public int real() {
        return real;
    }

    /// The port of the real server for the connection (IPVS-REF 3.3).
    public int realPort() {
        return realPort;
    }

    /// Slot of the client's template, or [#NO_TEMPLATE]. It is unfit unless the outcome is [Outcome#KEPT].
    public int found() {
        return found;
    }

    /// Whether a template may be kept. Overload, another timeout or another scheduler do not make it unfit
    /// (IPVS-REF 3.5). A pinned template stays fit as long as its real server is configured.
    boolean isFit(ServiceTerms terms, int slot) {
        int leadsTo = template.at(slot).real();
        return template.isPinned() ? terms.isAvailable(leadsTo) : terms.keepsClients(leadsTo);
    }

    private Outcome byTemplate(ServiceTerms terms, Flow flow, long now) {
        recognise(terms, flow);
        var key = terms.key();
        int slot = templates.find(
                key.protocol().number(),
                flow.stickyHi(),
                flow.stickyLo(),
                key.address().bits(),
                RealServerTable.portOfTemplates(key.port()));
        if (slot != TemplateTable.MISSING) {
            found = slot;
            if (isFit(terms, slot)) {
                real = template.at(slot).real();
                return Outcome.KEPT;
            }
        }
        real = terms.pick(flow, now);
        return real == RealServerTable.NONE ? Outcome.NO_REAL_SERVER : Outcome.NEW_TEMPLATE;
    }

    /// Without persistence a service answers only at its own port, unless a mark selects its packets (IPVS-REF 1.4
    /// step 5).
    private Outcome byScheduler(ServiceTerms terms, Flow flow, long now) {
        if (!isOwnPort(terms, flow) && !terms.key().isMark()) {
            return Outcome.OTHER_PORT;
        }
        real = terms.pick(flow, now);
        return real == RealServerTable.NONE ? Outcome.NO_REAL_SERVER : Outcome.SCHEDULED;
    }

    /// Finds the client part of the key: its address under the mask; with a persistence engine, a hash over that
    /// address and the call (IPVS-REF 3.11). Two calls with equal hashes (for IPv4 clients, one pair in four
    /// thousand million) share a template and so a real server; neither notices.
    private void recognise(ServiceTerms terms, Flow flow) {
        if (templates.width() == Width.IPV4) {
            flow.stickyUnder(terms.netmask());
        } else {
            flow.stickyPrefix(terms.prefixLength());
        }
        if (terms.hasEngine()) {
            long hash = callHashes.of(flow.call() ^ flow.stickyHi(), flow.stickyLo());
            flow.sticky(0, hash >>> 32);
        }
    }

    /// The real server's own port if the packet came to the service's port. Without persistence a mark service uses
    /// it for every port (IPVS-REF 1.4 step 7, 3.3).
    private int portOf(ServiceTerms terms, Flow flow) {
        int own = terms.port(real);
        boolean isUsed = isOwnPort(terms, flow) || !terms.isPersistent();
        return isUsed && own != 0 ? own : flow.virtualPort();
    }

    private static boolean isOwnPort(ServiceTerms terms, Flow flow) {
        return flow.virtualPort() == terms.key().port();
    }
}

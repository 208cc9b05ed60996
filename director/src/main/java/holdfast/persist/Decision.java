package holdfast.persist;

import holdfast.conn.FlowHash;
import holdfast.conn.Width;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;

/// Which real server the first packet of a connection gets, and what has to become of the client's template, as IPVS
/// decides (IPVS-REF 1.4, 3.2 to 3.5).
///
/// It reads the tables and changes nothing: [Persistence] commits it, and an operator's question does not. A holder
/// that is filled again and again, so that a decision allocates nothing. Not thread-safe.
public final class Decision {
    /// No template.
    public static final int NO_TEMPLATE = -1;

    /// How a decision ends.
    public enum Outcome {
        /// The service is not persistent; the scheduler picked [#real].
        SCHEDULED,
        /// The template [#found] leads to [#real].
        KEPT,
        /// The scheduler picked [#real], and a new template is to hold it.
        NEW_TEMPLATE,
        /// The service does not answer at the port of the packet.
        OTHER_PORT,
        /// The scheduler has nobody to pick.
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
    /// @param flow  of the packet; what stands for the client in a template's key is put into it
    public Outcome decide(Terms terms, Flow flow, long now) {
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

    /// The port there that the connection goes to (IPVS-REF 3.3).
    public int realPort() {
        return realPort;
    }

    /// Slot of the client's template, or [#NO_TEMPLATE]. It is unfit unless the outcome is [Outcome#KEPT].
    public int found() {
        return found;
    }

    /// Whether a template may be kept. Overload, another timeout or another scheduler do not make it unfit (IPVS-REF
    /// 3.5). A template that an operator pinned holds as long as its real server is configured.
    boolean isFit(Terms terms, int slot) {
        int leadsTo = template.at(slot).real();
        return template.isPinned() ? terms.isAvailable(leadsTo) : terms.keepsClients(leadsTo);
    }

    private Outcome byTemplate(Terms terms, Flow flow, long now) {
        recognise(terms, flow);
        var key = terms.key();
        int slot = templates.find(
                key.protocol().number(),
                flow.stickyHi(),
                flow.stickyLo(),
                key.address().bits(),
                Services.templatePort(key.port()));
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

    /// A service answers only at its own port without persistence, unless a mark says what is its (IPVS-REF 1.4
    /// step 5).
    private Outcome byScheduler(Terms terms, Flow flow, long now) {
        if (!isOwnPort(terms, flow) && !terms.key().isMark()) {
            return Outcome.OTHER_PORT;
        }
        real = terms.pick(flow, now);
        return real == RealServerTable.NONE ? Outcome.NO_REAL_SERVER : Outcome.SCHEDULED;
    }

    /// Finds what stands for the client in the key: its address under the mask; with a persistence engine, a hash over
    /// that and the call (IPVS-REF 3.11). Two calls of one hash, of IPv4 clients one pair of four thousand million,
    /// share a template and so a real server; neither notices.
    private void recognise(Terms terms, Flow flow) {
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

    /// The real server's own port where the packet came to the service's; without persistence a mark service uses it
    /// for every port (IPVS-REF 1.4 step 7, 3.3).
    private int portOf(Terms terms, Flow flow) {
        int own = terms.port(real);
        boolean isUsed = isOwnPort(terms, flow) || !terms.isPersistent();
        return isUsed && own != 0 ? own : flow.virtualPort();
    }

    private static boolean isOwnPort(Terms terms, Flow flow) {
        return flow.virtualPort() == terms.key().port();
    }
}

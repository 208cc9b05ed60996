package holdfast.persist;

import holdfast.conf.Ipvs;
import holdfast.conn.Flow;
import holdfast.schedule.Schedulers;
import holdfast.service.RealServerTable;
import holdfast.service.Services;

/// Which real server a new connection goes to, and what happens to the template behind it, as IPVS decides
/// (IPVS-REF 1.4, 3.4 to 3.8).
///
/// A template's time runs from the start of the client's latest connection. When it is up while connections are still
/// controlled, the timeout becomes 60 s and stays so, also for later renewals: that is IPVS's way, kept on purpose.
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

    private Services services;
    private boolean expireQuiescentTemplate;
    private int assignedReal = RealServerTable.NONE;
    private int assignedRealPort;
    private int assignedTemplate = NO_TEMPLATE;
    private int invalidated = NO_TEMPLATE;

    public Persistence(Services services, Schedulers schedulers, TemplateTable templates) {
        this.services = services;
        this.schedulers = schedulers;
        this.templates = templates;
        reals = services.table();
        template = templates.view();
    }

    /// Goes over to a new configuration; templates keep the timeouts they have (IPVS-REF 3.9). The scheduler's side is
    /// updated here too.
    public void update(Services next, Ipvs ipvs) {
        services = next;
        schedulers.update(next, ipvs);
    }

    /// Whether templates of a quiesced real server are invalid; off as in IPVS.
    public void expireQuiescentTemplate(boolean expire) {
        expireQuiescentTemplate = expire;
    }

    /// Decides for the first packet of a connection, of which the caller knows that no connection has it, that it may
    /// begin one (IPVS-REF 1.3), and that `service` is its service.
    ///
    public Verdict assign(int service, Flow flow, long now) {
        assignedReal = RealServerTable.NONE;
        assignedTemplate = NO_TEMPLATE;
        invalidated = NO_TEMPLATE;
        boolean isOwnPort = flow.virtualPort() == services.key(service).port();
        var verdict = services.isPersistent(service)
                ? assignByTemplate(service, flow, now)
                : assignByScheduler(service, isOwnPort, flow, now);
        if (assignedReal != RealServerTable.NONE) {
            assignedRealPort =
                    isOwnPort && reals.port(assignedReal) != 0 ? reals.port(assignedReal) : flow.virtualPort();
        }
        return verdict;
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
        template.at(slot);
        template.controlled(template.controlled() + 1);
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
        return byForce && template.controlled() == 0 && !template.isAssured();
    }

    /// A controlled connection was established, or for UDP answered (IPVS-REF 3.7). True when that is news.
    public boolean assure(int slot) {
        template.at(slot);
        boolean isNews = !template.isAssured();
        template.assured(true);
        return isNews;
    }

    /// The timer of a template ended. True when it controls connections and lives on for 60 s, which becomes its
    /// timeout; else it has to be removed.
    public boolean rearm(int slot, long now) {
        template.at(slot);
        if (template.controlled() == 0) {
            return false;
        }
        template.timeoutS(REARMED_S);
        template.expiresAt(now + REARMED_S * SECOND);
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

    /// A service answers only at its own port without persistence (IPVS-REF 1.4 step 5).
    private Verdict assignByScheduler(int service, boolean isOwnPort, Flow flow, long now) {
        if (isOwnPort) {
            assignedReal = schedulers.pick(service, flow, now);
        }
        return assignedReal == RealServerTable.NONE ? Verdict.LEAVE : Verdict.SCHEDULED;
    }

    private Verdict assignByTemplate(int service, Flow flow, long now) {
        int client = (int) flow.clientLo() & services.netmask(service);
        flow.sticky(0, client & 0xffff_ffffL);
        int port = services.key(service).port();
        int found = templates.find(flow.protocol(), client, flow.virtualAddress(), port == Services.FTP ? 0 : port);
        if (found != TemplateTable.MISSING && isValid(found)) {
            assignedTemplate = found;
            assignedReal = template.at(found).real();
            return Verdict.KEPT;
        }
        if (found != TemplateTable.MISSING) {
            templates.invalidate(found);
            invalidated = found;
        }
        int picked = schedulers.pick(service, flow, now);
        if (picked == RealServerTable.NONE) {
            return Verdict.LEAVE;
        }
        long timeoutS = services.timeoutS(service);
        int created = templates.insert(client, picked, timeoutS, now + timeoutS * SECOND);
        if (created == TemplateTable.FULL) {
            return Verdict.DROP;
        }
        assignedTemplate = created;
        assignedReal = picked;
        return Verdict.TEMPLATE_CREATED;
    }

    /// Overload, another timeout or another scheduler are no reasons (IPVS-REF 3.5).
    private boolean isValid(int slot) {
        int real = template.at(slot).real();
        return reals.isAvailable(real) && !(expireQuiescentTemplate && reals.weight(real) == 0);
    }
}

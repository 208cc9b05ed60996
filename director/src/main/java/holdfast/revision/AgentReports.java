package holdfast.revision;

import holdfast.conf.AgentReport;
import holdfast.sync.ConfigMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What agents have reported about the real servers: one director's copy of a list that all directors have. Pure.
///
/// Any director takes a report, puts it in force and sends it to the others at once. Of two reports about one real
/// server the later one counts, in whatever order and from whomever they come, so the copies need no term and no
/// active to become equal. A message may be lost: each director tells the others the digest of its copy every second,
/// and sends its whole copy to each director that has another digest. So a director that has just started gets the
/// list too.
///
/// A report lasts until the next one about its real server, also if its agent falls silent, and is forgotten with its
/// real server. So the list is never longer than the configuration's list of real servers.
public final class AgentReports {
    static final long TELL_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final Map<AgentReport.Real, AgentReport> reports = new HashMap<>();
    private final Map<String, Peer> peers = new HashMap<>();
    private final List<Effect.Send> sends = new ArrayList<>();
    private final List<AgentReport> changed = new ArrayList<>();
    private Set<AgentReport.Real> known;
    private long digest;
    private @Nullable List<AgentReport> all = List.of(); // null after a change

    /// @param digest  of its list, as far as we know
    /// @param toldAt  when it was last told ours
    private record Peer(long digest, long toldAt) {}

    /// @param known  the real servers of the configuration in force
    /// @param kept   by an earlier run of this director
    public AgentReports(Set<AgentReport.Real> known, List<AgentReport> kept) {
        this.known = Set.copyOf(known);
        kept.forEach(this::take);
    }

    /// The messages to send since the last call.
    public List<Effect.Send> takeSends() {
        var taken = List.copyOf(sends);
        sends.clear();
        return taken;
    }

    /// The reports to put in force since the last call, in order.
    public List<AgentReport> takeChanged() {
        var taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }

    /// The newest report about each real server that has one.
    public List<AgentReport> all() {
        if (all == null) {
            all = List.copyOf(reports.values());
        }
        return all;
    }

    /// Takes a report on this director.
    ///
    /// @param wall  ms since 1970
    /// @return whether it was taken: the configuration in force has that real server
    public boolean report(AgentReport.Real real, int percent, long wall) {
        if (!known.contains(real)) {
            return false;
        }
        var before = reports.get(real);
        // A clock that was set back must not make a report older than the report that it replaces.
        var report = new AgentReport(real, percent, before == null ? wall : Math.max(wall, before.at() + 1));
        long digestBefore = digest;
        take(report);
        peers.replaceAll((member, peer) -> {
            send(member, List.of(report));
            return peer.digest() == digestBefore ? new Peer(digest, peer.toldAt()) : peer;
        });
        return true;
    }

    /// Another director is there.
    public void heard(String member, long now) {
        var peer = peers.get(member);
        if (peer != null && now - peer.toldAt() < TELL_INTERVAL) {
            return;
        }
        var lacking = peer != null && peer.digest() == digest ? List.<AgentReport>of() : all();
        for (int from = 0; from == 0 || from < lacking.size(); from += ConfigMessage.REPORTS_MAX) {
            send(member, lacking.subList(from, Math.min(lacking.size(), from + ConfigMessage.REPORTS_MAX)));
        }
        // If a part is lost, the digest that the member tells next differs.
        peers.put(member, new Peer(digest, now));
    }

    public void message(String from, ConfigMessage.Reports message) {
        message.reports().forEach(this::take);
        peers.computeIfPresent(from, (_, peer) -> new Peer(message.digest(), peer.toldAt()));
    }

    /// Another configuration is in force.
    ///
    /// @param now  its real servers
    public void known(Set<AgentReport.Real> now) {
        known = Set.copyOf(now);
        for (var report : all()) {
            if (!known.contains(report.real())) {
                reports.remove(report.real());
                digest ^= hash(report);
                all = null;
                changed.add(new AgentReport(report.real(), AgentReport.ALL, report.at())); // for the day it returns
            }
        }
    }

    private void take(AgentReport report) {
        var before = reports.get(report.real());
        if (!known.contains(report.real()) || (before != null && !report.isLaterThan(before))) {
            return;
        }
        reports.put(report.real(), report);
        digest ^= hash(report) ^ (before == null ? 0 : hash(before));
        all = null;
        if (report.percent() != (before == null ? AgentReport.ALL : before.percent())) {
            changed.add(report);
        }
    }

    private void send(String to, List<AgentReport> some) {
        sends.add(new Effect.Send(to, new ConfigMessage.Reports(digest, some)));
    }

    private static long hash(AgentReport report) {
        var real = report.real();
        var service = real.service();
        long hash = mix(service.address().bits(), (long) service.protocol().number() << 16 | service.port());
        hash = mix(hash ^ real.address().bits(), (long) report.percent() << 16 | real.port());
        return mix(hash, report.at());
    }

    private static long mix(long one, long other) {
        long mixed = (one ^ Long.rotateLeft(other * 0x9e3779b97f4a7c15L, 31)) * 0xbf58476d1ce4e5b9L;
        return (mixed ^ mixed >>> 29) * 0x94d049bb133111ebL;
    }
}

package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipvs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The change of one real server between two configurations, of which either may lack it (IPVS-REF 1.7, 3.9).
final class RealChange {
    private final PersistenceChange service;
    private final Ipvs ipvsBefore;
    private final Ipvs ipvsAfter;
    private final String real;
    private final Optional<Configuration.RealServer> before;
    private final Optional<Configuration.RealServer> after;
    private final long templates;
    private final long connections;

    RealChange(
            PersistenceChange service,
            Ipvs ipvsBefore,
            Ipvs ipvsAfter,
            String real,
            Census.Held held,
            Optional<Configuration.RealServer> before,
            Optional<Configuration.RealServer> after) {
        this.service = service;
        this.ipvsBefore = ipvsBefore;
        this.ipvsAfter = ipvsAfter;
        this.real = real;
        this.before = before;
        this.after = after;
        templates = held.templates();
        connections = held.connections();
    }

    /// Empty if the real server is not affected.
    Optional<RealImpact> impact() {
        if (before.isEmpty()) {
            return Optional.of(added());
        }
        return after.isEmpty() ? Optional.of(removed()) : edited(before.get(), after.get());
    }

    private RealImpact added() {
        long revived = service.isPersistent() ? templates : 0;
        var sentence = revived + connections == 0
                ? "is added."
                : "comes back: %s will be valid again where their clients have not come meanwhile, and %s will go on."
                        .formatted(Words.count(revived, "template"), Words.count(connections, "connection"));
        return new RealImpact(real, 0, 0, revived, 0, 0, connections, sentence);
    }

    private RealImpact removed() {
        long orphaned = service.wasPersistent() ? templates : 0;
        long rehomed = service.isRemoved() ? 0 : orphaned;
        boolean isEnding = ipvsAfter.expireNodestConn();
        var sentence = (isEnding
                        ? "is removed: %s and %s will end at once, and stay gone when it comes back."
                        : "is removed: %s will not be used any more, and %s will be dropped without a word until their"
                                + " time is up, the real server comes back, or expire_nodest_conn ends them.")
                .formatted(Words.count(orphaned, "template"), Words.count(connections, "connection"));
        return new RealImpact(
                real, orphaned, rehomed, 0, isEnding ? connections : 0, isEnding ? 0 : connections, 0, sentence);
    }

    private Optional<RealImpact> edited(Configuration.RealServer present, Configuration.RealServer wanted) {
        boolean keptClients = keepsClients(present, ipvsBefore);
        boolean keepsClients = keepsClients(wanted, ipvsAfter);
        long orphaned = service.wasPersistent() && !service.keepsTemplates() ? templates : 0;
        long drained = service.keepsTemplates() && keptClients && !keepsClients ? templates : 0;
        boolean isFoundAgain = service.isPersistent() && (!service.wasPersistent() || !keptClients);
        long revived = isFoundAgain && keepsClients && orphaned == 0 ? templates : 0;
        boolean isEnding = ends(wanted, ipvsAfter) && !ends(present, ipvsBefore);
        var sentences = new ArrayList<String>();
        addTemplates(orphaned, revived, sentences);
        addWeight(present, wanted, drained, sentences);
        addMethod(present, wanted, sentences);
        if (sentences.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RealImpact(
                real,
                orphaned,
                orphaned + drained,
                revived,
                isEnding ? connections : 0,
                0,
                0,
                String.join(" ", sentences)));
    }

    private void addTemplates(long orphaned, long revived, List<String> sentences) {
        if (orphaned > 0) {
            sentences.add("loses %s, which no packet will find any more.".formatted(Words.count(orphaned, "template")));
        }
        if (revived > 0) {
            sentences.add("gets %s back, where their clients have not come meanwhile."
                    .formatted(Words.count(revived, "template")));
        }
    }

    private void addWeight(
            Configuration.RealServer present, Configuration.RealServer wanted, long drained, List<String> sentences) {
        var mode = Draining.mode(wanted, ipvsAfter);
        boolean isNews = present.weight() != 0 || mode != Draining.mode(present, ipvsBefore);
        if (wanted.weight() == 0 && isNews) {
            sentences.add(quiesced(mode, wanted, drained));
        } else if (present.weight() != wanted.weight()) {
            sentences.add("has weight %d instead of %d for clients without a template."
                    .formatted(wanted.weight(), present.weight()));
        }
    }

    private String quiesced(DrainMode mode, Configuration.RealServer wanted, long drained) {
        var open = Words.count(connections, "connection");
        var clients = drained == 0
                ? "."
                : "; %s with a template will move with their next connection."
                        .formatted(Words.count(drained, "client"));
        return switch (mode) {
            case KEEP_ALL ->
                service.keepsTemplates()
                        ? "has weight 0 and keeps %s and %s: clients come back by them, so it still gains connections."
                                .formatted(open, Words.count(templates, "template"))
                        : "has weight 0 and keeps %s.".formatted(open);
            case KEEP_CONNECTIONS -> "has weight 0 and keeps %s".formatted(open) + clients;
            case UNTIL_DEADLINE ->
                "has weight 0; %s will end after %d s at the latest".formatted(open, deadlineS(wanted)) + clients;
            case NOW -> "has weight 0; %s will end at once".formatted(open) + clients;
        };
    }

    private void addMethod(Configuration.RealServer present, Configuration.RealServer wanted, List<String> sentences) {
        if (present.method() != wanted.method()) {
            sentences.add("keeps method %s for %s; new ones, of old templates too, take %s."
                    .formatted(present.method(), Words.count(connections, "connection"), wanted.method()));
        }
    }

    private static long deadlineS(Configuration.RealServer real) {
        return real.drain().map(Configuration.Drain::deadlineS).orElse(0L);
    }

    private static boolean keepsClients(Configuration.RealServer real, Ipvs ipvs) {
        return real.weight() > 0 || Draining.mode(real, ipvs) == DrainMode.KEEP_ALL;
    }

    /// Whether its connections end, at once or at a deadline.
    private static boolean ends(Configuration.RealServer real, Ipvs ipvs) {
        var mode = Draining.mode(real, ipvs);
        return real.weight() == 0 && (mode == DrainMode.NOW || mode == DrainMode.UNTIL_DEADLINE);
    }
}

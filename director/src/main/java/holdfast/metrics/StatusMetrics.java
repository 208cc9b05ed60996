package holdfast.metrics;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.Status;

/// What `holdfast status` shows of a director, its election and its readiness.
final class StatusMetrics {
    static final int VIPS_MAX = 256;

    private StatusMetrics() {}

    static void write(Status status, Sheet sheet) {
        sheet.set(Family.FAULTS, status.faults().size());
        sheet.set(Family.ALARMS, status.alarms().size());
        sheet.setState(Family.ROLE, status.role());
        sheet.setKnown(Family.TERM, status.term());
        sheet.set(Family.PRIORITY, status.priority());
        var last = status.lastTransition();
        sheet.setMillis(Family.ROLE_AGE, last == null ? null : last.ageMs());
        status.vips().stream()
                .limit(VIPS_MAX)
                .forEach(vip -> sheet.set(Family.VIP_ANSWERED, vip.answered(), vip.address(), vip.interfaceName()));
        sheet.set(Family.LEFT_OUT, Math.max(0, status.vips().size() - VIPS_MAX), "vips");
        adverts(status.adverts(), sheet);
        failover(status.failover(), sheet);
        config(status.config(), sheet);
    }

    private static void adverts(Status.Adverts adverts, Sheet sheet) {
        sheet.set(Family.ADVERT_INTERVAL, adverts.intervalMs() / 1e3);
        sheet.set(Family.ADVERTS_SENT, adverts.sent());
        sheet.set(Family.ADVERTS_RECEIVED, adverts.received());
        sheet.setMillis(Family.ADVERT_AGE, adverts.lastReceivedAgeMs());
        adverts.refused().forEach((cause, count) -> sheet.set(Family.ADVERTS_REFUSED, count, cause));
        adverts.counts().forEach((event, count) -> sheet.set(Family.ELECTION_EVENTS, count, event));
    }

    private static void failover(FailoverReadiness failover, Sheet sheet) {
        sheet.setState(Family.FAILOVER_SAFE, failover.safe());
        sheet.set(Family.FAILOVER_REASONS, failover.reasons().size());
        sheet.setKnown(Family.AT_RISK_TEMPLATES, failover.templatesAtRisk());
        sheet.setKnown(Family.AT_RISK_CONNECTIONS, failover.connectionsAtRisk());
        sheet.setMillis(Family.OLDEST_AT_RISK, failover.oldestUnsyncedMs());
        sheet.setMillis(Family.COPY_AGE, failover.copyAgeMs());
    }

    private static void config(Status.Config config, Sheet sheet) {
        var revision = config.revision().split("\\.", -1);
        sheet.set(Family.CONFIG_REVISION, Long.parseLong(revision[0]));
        sheet.set(Family.CONFIG_REVISION_TERM, Long.parseLong(revision[1]));
        sheet.set(Family.CONFIG_OF_FILE, config.ofFile());
        sheet.set(Family.CONFIG_FILE_DIFFERS, config.fileDiffers());
        sheet.set(Family.DRAINS, config.drains());
        sheet.set(Family.CLIENT_RULES, config.clientRules());
        sheet.set(Family.REDUCED_BY_AGENTS, config.reducedByAgents());
    }
}

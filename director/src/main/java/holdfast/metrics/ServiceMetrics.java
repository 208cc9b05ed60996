package holdfast.metrics;

import holdfast.admin.ServiceList;
import holdfast.conf.KebabCase;
import java.util.HashSet;

/// What `holdfast list --stats` shows. Its size is bounded, in the order of the configuration; the sums are not.
final class ServiceMetrics {
    static final int SERVICES_MAX = 1000;
    static final int REALS_MAX = 2000;

    private final Sheet sheet;
    private int services;
    private int reals;
    private int realsLeftOut;

    private ServiceMetrics(Sheet sheet) {
        this.sheet = sheet;
    }

    static void write(ServiceList list, Sheet sheet) {
        var metrics = new ServiceMetrics(sheet);
        var totals = list.totals();
        sheet.set(Family.ALL_CONNECTIONS, totals.connections());
        metrics.traffic(Family.ALL_PACKETS, totals.inPackets(), totals.outPackets());
        metrics.traffic(Family.ALL_BYTES, totals.inBytes(), totals.outBytes());
        list.services().forEach(metrics::service);
        sheet.set(Family.LEFT_OUT, list.services().size() - metrics.services, "services");
        sheet.set(Family.LEFT_OUT, metrics.realsLeftOut, "real-servers");
    }

    private void service(ServiceList.Service service) {
        if (services == SERVICES_MAX) {
            realsLeftOut += service.realServers().size();
            return;
        }
        services++;
        var name = service.service().toString();
        for (var state : ServiceList.State.values()) {
            long count = service.realServers().stream()
                    .filter(real -> real.state() == state)
                    .count();
            sheet.set(Family.SERVICE_REALS, count, name, KebabCase.of(state));
        }
        var totals = service.totals();
        sheet.set(Family.SERVICE_CONNECTIONS, totals.connections(), name);
        traffic(Family.SERVICE_PACKETS, totals.inPackets(), totals.outPackets(), name);
        traffic(Family.SERVICE_BYTES, totals.inBytes(), totals.outBytes(), name);
        var seen = new HashSet<String>();
        for (var real : service.realServers()) {
            var address = real.address() + ":" + real.port();
            if (reals < REALS_MAX && seen.add(address)) {
                reals++;
                real(real, name, address);
            } else {
                realsLeftOut++; // two series with the same labels would spoil the whole page
            }
        }
    }

    private void real(ServiceList.RealServer real, String... labels) {
        sheet.setState(Family.REAL_STATE, real.state(), labels);
        sheet.set(Family.REAL_WEIGHT, real.weight(), labels);
        sheet.set(Family.REAL_ACTIVE, real.activeConn(), labels);
        sheet.set(Family.REAL_INACTIVE, real.inActConn(), labels);
        sheet.set(Family.REAL_TEMPLATES, real.persistConn(), labels);
        if (real.upperThreshold() > 0) {
            sheet.set(Family.REAL_OVERLOADED, real.overloaded(), labels);
        }
        var percent = real.agentPercent();
        sheet.setKnown(Family.REAL_AGENT, percent == null ? null : percent / 100.0, labels);
        sheet.setMillis(Family.REAL_DRAIN_ENDS, real.drainEndsMs(), labels);
        var totals = real.totals();
        sheet.set(Family.REAL_CONNECTIONS, totals.connections(), labels);
        traffic(Family.REAL_PACKETS, totals.inPackets(), totals.outPackets(), labels);
        traffic(Family.REAL_BYTES, totals.inBytes(), totals.outBytes(), labels);
    }

    private void traffic(Family family, long in, long out, String... labels) {
        sheet.set(family, in, Sheet.with(labels, "in"));
        sheet.set(family, out, Sheet.with(labels, "out"));
    }
}

package holdfast.control;

import holdfast.admin.ServiceList;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.linux.Clock;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.service.Traffic;
import holdfast.table.Tables;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists every service with its real servers in slices: there may be very many, and packets wait for each slice.
public final class ServiceListing {
    private static final int SLICE = 64; // services and real servers, some 50 µs
    private static final long MS = 1_000_000;
    private static final int NO_AGENT = 100;

    private final List<ServiceList.Service> shown = new ArrayList<>();
    private final List<ServiceList.RealServer> reals = new ArrayList<>(); // of the present service
    private int service;
    private int real; // the next one in that service's list

    ServiceListing() {}

    static ServiceList of(Ask ask) {
        var listing = new ServiceListing();
        boolean hasMore;
        do {
            hasMore = ask.tables(listing::read);
        } while (hasMore);
        return ask.tables(listing::whole);
    }

    /// Reads the next slice.
    ///
    /// @return whether there is more
    boolean read(Tables tables) {
        var services = tables.services();
        for (int left = SLICE; left > 0 && service < services.size(); left--) {
            if (services.isConfigured(service) && real < services.reals(service).count()) {
                reals.add(real(tables.reals(), services.reals(service).id(real++), tables.ipvs()));
            } else {
                if (services.isConfigured(service)) {
                    shown.add(service(tables, service, reals));
                }
                reals.clear();
                service++;
                real = 0;
            }
        }
        return service < services.size();
    }

    ServiceList whole(Tables tables) {
        var traffic = tables.services().traffic();
        var ipvs = tables.ipvs();
        return new ServiceList(
                tables.connections().capacity(),
                new ServiceList.Timeouts(ipvs.tcpTimeoutS(), ipvs.tcpFinTimeoutS(), ipvs.udpTimeoutS()),
                shown,
                totals(traffic, Services.ALL),
                rates(traffic, Services.ALL));
    }

    private static ServiceList.Service service(Tables tables, int id, List<ServiceList.RealServer> reals) {
        var services = tables.services();
        var configured = services.configured(id);
        return new ServiceList.Service(
                configured.key(),
                configured.scheduler(),
                configured.flags().stream().toList(),
                configured
                        .persistence()
                        .map(persistence -> new ServiceList.Persistence(
                                persistence.timeoutS(),
                                Ipv4.text(persistence.netmask()),
                                persistence.rearm(),
                                persistence.engine().orElse(null)))
                        .orElse(null),
                configured.onePacket(),
                configured
                        .clientLimit()
                        .map(limit -> new ServiceList.ClientLimit(limit.connections(), limit.newPerSecond()))
                        .orElse(null),
                reals,
                totals(services.traffic(), id),
                rates(services.traffic(), id));
    }

    private static ServiceList.RealServer real(RealServerTable table, int id, Ipvs ipvs) {
        int agent = table.agentPercent(id);
        return new ServiceList.RealServer(
                Ipv4.text(table.address(id)),
                table.port(id),
                table.method(id),
                table.weight(id),
                state(table, id),
                table.active(id),
                table.inactive(id),
                table.persistent(id),
                table.upperThreshold(id),
                table.lowerThreshold(id),
                table.isOverloaded(id),
                drain(table, id, ipvs),
                drainEndsMs(table, id),
                agent == NO_AGENT ? null : agent,
                totals(table.traffic(), id),
                rates(table.traffic(), id));
    }

    private static ServiceList.State state(RealServerTable table, int id) {
        if (!table.isAvailable(id)) {
            return ServiceList.State.REMOVED;
        }
        if (table.weight(id) == 0) {
            return ServiceList.State.QUIESCED;
        }
        return table.isUnreachable(id) ? ServiceList.State.UNREACHABLE : ServiceList.State.UP;
    }

    /// The drain mode of a real server: its own, or the director's.
    static DrainMode drain(RealServerTable table, int id, Ipvs ipvs) {
        var own = table.drain(id);
        if (own != null) {
            return own;
        }
        return ipvs.expireQuiescentTemplate() ? DrainMode.KEEP_CONNECTIONS : DrainMode.KEEP_ALL;
    }

    /// Until the drain ends the remaining connections, or null without a deadline.
    static @Nullable Long drainEndsMs(RealServerTable table, int id) {
        return table.weight(id) == 0 && table.drain(id) == DrainMode.UNTIL_DEADLINE
                ? Math.max(0, (table.drainEndsAt(id) - Clock.monotonic()) / MS)
                : null;
    }

    private static ServiceList.Totals totals(Traffic traffic, int row) {
        return new ServiceList.Totals(
                traffic.total(row, Traffic.Unit.CONNECTIONS),
                traffic.total(row, Traffic.Unit.PACKETS_IN),
                traffic.total(row, Traffic.Unit.BYTES_IN),
                traffic.total(row, Traffic.Unit.PACKETS_OUT),
                traffic.total(row, Traffic.Unit.BYTES_OUT));
    }

    private static ServiceList.Rates rates(Traffic traffic, int row) {
        return new ServiceList.Rates(
                traffic.rate(row, Traffic.Unit.CONNECTIONS),
                traffic.rate(row, Traffic.Unit.PACKETS_IN),
                traffic.rate(row, Traffic.Unit.BYTES_IN),
                traffic.rate(row, Traffic.Unit.PACKETS_OUT),
                traffic.rate(row, Traffic.Unit.BYTES_OUT));
    }
}

package holdfast.schedule;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.tcp;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.RealServers;
import holdfast.service.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// A service with real servers A, B, C and so on, added in this order, so that the list is C, B, A: 10.0.0.11:80 is A.
final class Balanced {
    static final String NOBODY = "-";

    private static final int FIRST = ip("10.0.0.11");

    final RealServerTable table;
    final Flow flow = new Flow().v4(6, ip("198.51.100.1"), 40_000, VIP, 80);
    Schedulers schedulers;
    long nowS;

    private Services services;
    private SchedulerName name = SchedulerName.RR;
    private Set<SchedulerFlag> flags = Set.of();
    private Ipvs ipvs = Ipvs.DEFAULT;

    Balanced(SchedulerName name, int... weights) {
        this(name, Set.of(), weights);
    }

    Balanced(SchedulerName name, Set<SchedulerFlag> flags, int... weights) {
        table = new RealServerTable(Math.max(16, weights.length));
        services = new Services(table);
        schedulers = new Schedulers(services, ipvs, new SplittableRandom(1));
        configure(name, flags, weights);
    }

    /// The same scheduler with other weights; a negative one leaves the real server out.
    void configure(int... weights) {
        configure(name, flags, weights);
    }

    void configure(SchedulerName name, Set<SchedulerFlag> flags, int... weights) {
        this.name = name;
        this.flags = flags;
        var reals = new ArrayList<Configuration.RealServer>();
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] >= 0) {
                reals.add(new Configuration.RealServer(new Ipv4(FIRST + i), 80, weights[i], ForwardingMethod.NAT));
            }
        }
        services = services.rebuild(
                List.of(new Configuration.Service(
                        tcp(80), name, flags, Optional.empty(), false, Optional.empty(), reals)),
                0);
        schedulers.update(services, ipvs);
    }

    /// The service is gone until the next configuration.
    void remove() {
        services = services.rebuild(List.of(), 0);
        schedulers.update(services, ipvs);
    }

    void expireAfter(int lblcS, int lblcrS) {
        ipvs = ipvs("lblcExpirationS", lblcS, "lblcrExpirationS", lblcrS);
        schedulers.update(services, ipvs);
    }

    RealServers reals() {
        return services.reals(0);
    }

    /// The id of A (0), B (1) and so on.
    int id(int index) {
        return table.find(6, VIP, 80, FIRST + index, 80);
    }

    int position(int index) {
        return reals().positionOf(id(index));
    }

    void overloaded(int index, boolean overloaded) {
        table.overloaded(id(index), overloaded);
    }

    /// Changes the number of active connections.
    void active(int index, int count) {
        while (table.active(id(index)) < count) {
            table.connectionBound(id(index), false);
        }
        while (table.active(id(index)) > count) {
            table.connectionUnbound(id(index), false);
        }
    }

    void inactive(int index, int count) {
        while (table.inactive(id(index)) < count) {
            table.connectionBound(id(index), true);
        }
    }

    /// So many new connections, each of which stays active.
    String picks(int count) {
        var picks = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int id = pickId();
            picks.append(name(id)).append(' ');
            table.connectionBound(id, false);
        }
        return picks.toString().trim();
    }

    /// Who would get the connection; it is not made.
    String pick() {
        return name(pickId());
    }

    String pickFor(String client) {
        flow.v4(6, ip(client), 40_000, VIP, 80);
        return pick();
    }

    String pickTo(int destination) {
        flow.v4(6, ip("198.51.100.1"), 40_000, destination, 80);
        return pick();
    }

    /// Who a copy of the scheduler picks.
    String pickOf(Scheduler copy) {
        int position = copy.pick(reals(), flow, nowS * 1_000_000_000L);
        return name(position == Scheduler.NONE ? RealServerTable.NONE : reals().id(position));
    }

    String name(int id) {
        return id == RealServerTable.NONE ? NOBODY : String.valueOf((char) ('A' + (table.address(id) - FIRST)));
    }

    private int pickId() {
        return schedulers.pick(0, flow, nowS * 1_000_000_000L);
    }
}

package holdfast.explain;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conn.FlowHash;
import holdfast.persist.Persistence;
import holdfast.persist.TemplateTable;
import holdfast.schedule.Schedulers;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.testing.Fixtures;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/// The live tables of a worker, for questions and comparisons.
final class Situation {
    static final long SECOND = 1_000_000_000L;

    final RealServerTable reals = new RealServerTable(256);
    final TemplateTable templates;
    final Persistence persistence;
    final Flow flow = new Flow();
    Services services = new Services(reals);
    final Schedulers schedulers = new Schedulers(services, Ipvs.DEFAULT);
    List<Configuration.Service> present = List.of();
    Ipvs ipvs = Ipvs.DEFAULT;
    long now;

    Situation(int templatesMax) {
        templates = new TemplateTable(templatesMax, reals, new FlowHash(5, 6), 0, Arena.ofAuto());
        persistence = new Persistence(services, schedulers, templates, new FlowHash(7, 8));
    }

    static Ipvs ipvs(boolean expireNodestConn, boolean expireQuiescentTemplate) {
        return Fixtures.ipvs("expireNodestConn", expireNodestConn, "expireQuiescentTemplate", expireQuiescentTemplate);
    }

    static Configuration.RealServer draining(String address, int port, DrainMode mode, long deadlineS) {
        return new Configuration.RealServer(
                Ipv4.of(address),
                port,
                0,
                ForwardingMethod.NAT,
                0,
                0,
                Optional.of(new Configuration.Drain(mode, deadlineS)));
    }

    void configure(Configuration.Service... wanted) {
        present = List.of(wanted);
        services = services.rebuild(present, now);
        persistence.update(services, ipvs);
    }

    void expireQuiescentTemplate() {
        ipvs = ipvs(false, true);
        persistence.update(services, ipvs);
    }

    /// A connection as the worker makes it; where it went, or what became of it.
    String connect(int client, int port) {
        int service = services.find(TCP, VIP, port);
        var verdict = persistence.assign(service, flow.v4(TCP, client, 40000, VIP, port), now);
        if (persistence.template() != Persistence.NO_TEMPLATE) {
            persistence.attach(persistence.template(), now);
        }
        return persistence.real() == RealServerTable.NONE
                ? verdict.name()
                : Ipv4.text(reals.address(persistence.real())) + ":" + persistence.realPort();
    }

    Answer ask(int client, int port, Hypothesis change) {
        int service = services.find(TCP, VIP, port);
        var configured = present.stream()
                .filter(one -> one.key().equals(services.key(service)))
                .findFirst()
                .orElseThrow();
        var whereis = new Whereis(services, templates, persistence, ipvs);
        flow.v4(TCP, client, 40000, VIP, port);
        return whereis.ask(service, configured, flow, schedulers.copyOf(service), change, now);
    }

    Answer ask(int client, int port) {
        return ask(client, port, Hypothesis.NOTHING);
    }

    int id(int service, String address, int port) {
        var key = services.key(service);
        return reals.find(
                key.protocol().number(),
                key.address().bits(),
                key.port(),
                Ipv4.of(address).bits(),
                port);
    }
}

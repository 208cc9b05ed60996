package holdfast.forward;

import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.destination;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conn.SctpState;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.Template;
import holdfast.service.Services;
import holdfast.table.Counter;
import holdfast.table.TemplateOrders.Selection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/// A director whose engine a test gives frames, and what several of such tests do with it.
abstract class DirectorUnderTest {
    static final String HOST = "255.255.255.255";
    static final Configuration.RealServer A = real("10.0.0.11", 8080, 1);
    static final Configuration.RealServer B = real("10.0.0.12", 8080, 1);
    static final ServiceKey DNS = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
    static final ServiceKey IKE = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 500);

    TestDirector director = new TestDirector(rr(tcp(80), A, B));

    @AfterEach
    void close() {
        director.close();
    }

    static Configuration.Service rr(ServiceKey key, Configuration.RealServer... reals) {
        return service(key, SchedulerName.RR, reals);
    }

    static Configuration.Service sticky(ServiceKey key, RearmPolicy rearm, Configuration.RealServer... reals) {
        var persistence = new Configuration.Persistence(300, -1, rearm, Optional.empty());
        return new Configuration.Service(key, SchedulerName.RR, Optional.of(persistence), List.of(reals));
    }

    void serves(Configuration.Service... services) {
        director.close();
        director = new TestDirector(services);
    }

    void pass(long seconds) {
        for (long second = 0; second < seconds; second++) {
            director.now += SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE);
        }
    }

    Template onlyTemplate() {
        var templates = director.tables.templates();
        assertThat(templates.size()).isEqualTo(1);
        return templates.view().at(templates.next(0));
    }

    long templateSeconds() {
        return Math.round((onlyTemplate().expiresAt() - director.now) / (double) SECOND);
    }

    /// The real server that a SYN of the client from this port goes to.
    int syn(int clientPort) {
        return destination(
                director.client(clientPort, SYN, Counter.FORWARDED_TO_SERVER).getFirst());
    }

    void close(int real, int clientPort) {
        director.reply(real, 8080, clientPort, FIN_ACK, Counter.FORWARDED_TO_CLIENT);
        director.client(clientPort, FIN_ACK, Counter.FORWARDED_TO_SERVER);
    }

    SctpState sctpState() {
        int slot = director.tables.connections().find(Frame.SCTP, CLIENT, 5000, VIP, 3868);
        return SctpState.of(director.tables.connections().view().at(slot).state());
    }

    static Configuration.Service onePacket(Optional<Configuration.Persistence> persistence) {
        return new Configuration.Service(
                DNS,
                SchedulerName.RR,
                Set.of(),
                persistence,
                true,
                Optional.empty(),
                List.of(real("10.0.0.11", 53, 1), real("10.0.0.12", 53, 1)));
    }

    int sip(int client, int port, String header) {
        return destination(director.take(WAN, sipFrame(client, port, header), Counter.FORWARDED_TO_SERVER)
                .getFirst());
    }

    static Selection client(int client) {
        return new Selection(client, -1, Services.NONE, null);
    }

    static long sipFrame(int client, int port, String header) {
        return TestPacket.flow(Frame.UDP, client, port, VIP, 53, 0, "INVITE sip:a@b SIP/2.0\r\nVia: z\r\n" + header);
    }
}

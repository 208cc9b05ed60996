package holdfast.forward;

import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.persist.TemplateTable;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What [EnginePropertyTest] found, as short stories.
class EngineFindingsTest {
    @Test
    void aClientWhosePacketCannotBeSentKeepsTheTemplateThatItHad() {
        try (var director = new TestDirector(persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 80, 1)))) {
            director.client(1025, TestDirector.SYN, Counter.FORWARDED_TO_SERVER);
            director.now += 100 * TestDirector.SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE); // a SYN that nobody answered is gone after 60 s
            director.forwarder.nextHops(NextHops.none());

            director.client(1026, TestDirector.SYN, Counter.DROPPED_NO_ROUTE);

            assertThat(director.tables.templates().find(Frame.TCP, TestDirector.CLIENT, TestDirector.VIP, 80))
                    .isNotEqualTo(TemplateTable.MISSING);
        }
    }

    @Test
    void aDeadlineThatIsEditedDuringADrainCountsFromThen() {
        try (var director = new TestDirector(persistent(tcp(80), 300, "255.255.255.255", quiescedUntil(1, 500)))) {
            director.client(1025, TestDirector.SYN, Counter.FORWARDED_TO_SERVER);
            director.configure(persistent(tcp(80), 300, "255.255.255.255", quiescedUntil(0, 500)));
            director.now += 10 * TestDirector.SECOND;
            director.configure(persistent(tcp(80), 300, "255.255.255.255", quiescedUntil(0, 20)));

            director.now += 21 * TestDirector.SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE);

            assertThat(director.tables.connections().size()).isZero();
        }
    }

    private static Configuration.RealServer quiescedUntil(int weight, long deadlineS) {
        return new Configuration.RealServer(
                Ipv4.of("10.0.0.11"),
                80,
                weight,
                ForwardingMethod.NAT,
                0,
                0,
                Optional.of(new Configuration.Drain(DrainMode.UNTIL_DEADLINE, deadlineS)));
    }
}

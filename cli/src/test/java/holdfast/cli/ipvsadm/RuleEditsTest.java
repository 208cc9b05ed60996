package holdfast.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the transcripts cannot show: settings that ipvsadm has no word for, and the order of real servers.
class RuleEditsTest {
    private static final Configuration.ClientLimit LIMIT = new Configuration.ClientLimit(100, 5);
    private static final Optional<Configuration.Drain> DRAIN =
            Optional.of(new Configuration.Drain(DrainMode.UNTIL_DEADLINE, 60));

    private static final Shared SHARED = new Shared(
            FakeDirector.VIPS,
            Ipvs.DEFAULT,
            List.of(),
            List.of(new Configuration.Service(
                    ServiceKey.of("tcp/192.0.2.1:80"),
                    SchedulerName.RR,
                    Set.of(),
                    Optional.of(new Configuration.Persistence(360, -1, RearmPolicy.FROM_LAST_CLOSE, Optional.empty())),
                    false,
                    Optional.of(LIMIT),
                    List.of(new Configuration.RealServer(
                            Ipv4.of("10.0.0.1"), 80, 5, ForwardingMethod.NAT, 20, 10, DRAIN)))));

    @Test
    void anEditKeepsWhatIpvsadmHasNoOptionFor() {
        var service = only(edited("-E -t 192.0.2.1:80 -p 60"));

        assertThat(service.clientLimit()).contains(LIMIT);
        assertThat(service.persistence())
                .contains(new Configuration.Persistence(60, -1, RearmPolicy.FROM_LAST_CLOSE, Optional.empty()));
        assertThat(service.realServers()).isEqualTo(SHARED.services().getFirst().realServers());
        assertThat(only(edited("-E -t 192.0.2.1:80")).persistence()).isEmpty();
    }

    @Test
    void anEditedRealServerKeepsItsDrainAndItsPlace() {
        var service = only(edited(
                "-a -t 192.0.2.1:80 -r 10.0.0.2",
                "-a -t 192.0.2.1:80 -r 10.0.0.3 -m",
                "-e -t 192.0.2.1:80 -r 10.0.0.1 -m -w 0"));

        assertThat(service.realServers())
                .containsExactly(
                        new Configuration.RealServer(Ipv4.of("10.0.0.1"), 80, 0, ForwardingMethod.NAT, 0, 0, DRAIN),
                        new Configuration.RealServer(Ipv4.of("10.0.0.2"), 80, 1, ForwardingMethod.DR),
                        new Configuration.RealServer(Ipv4.of("10.0.0.3"), 80, 1, ForwardingMethod.NAT));
    }

    @Test
    void aNewServiceComesLastAndAClearedTableKeepsTheRest() {
        assertThat(edited("-A -t 192.0.2.1:79").services())
                .extracting(service -> service.key().port())
                .containsExactly(80, 79);
        assertThat(edited("--set 5 0 7", "-C"))
                .isEqualTo(new Shared(FakeDirector.VIPS, Ipvs.DEFAULT.withTimeouts(5, 120, 7), List.of(), List.of()));
    }

    @Test
    void whatIsRefusedChangesNothing() {
        assertThat(edited(
                        "-e -t 192.0.2.1:80 -r 10.0.0.1 -m -x 1 -y 2", "-A -t 192.0.2.1:80", "-E -t 192.0.2.1:80 -s x"))
                .isEqualTo(SHARED);
    }

    private static Shared edited(String... commands) {
        var edits = new RuleEdits(SHARED);
        for (var command : commands) {
            var _ = edits.apply((Command.Change) Parser.parse(List.of(command.split(" ")), new FakeNames()));
        }
        return edits.after();
    }

    private static Configuration.Service only(Shared shared) {
        return shared.services().getFirst();
    }
}

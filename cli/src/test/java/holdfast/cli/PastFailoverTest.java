package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Event;
import holdfast.admin.LogLevel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The lines are those of the director's log.
class PastFailoverTest {
    private static List<PastFailover> of(String... lines) {
        var events = new ArrayList<Event>();
        for (var line : lines) {
            events.add(Event.of(events.size() + 1, "2026-11-30T16:00:0" + events.size() + "Z", LogLevel.INFO, line));
        }
        return PastFailover.of(events);
    }

    @Test
    void aPlannedFailoverIsOneEntryWithItsSteps() {
        var found = of(
                "role changed to=relay peer=d2",
                "failover ended vrid=51 side=GIVER peer=d2 outcome=DONE reason=\"kernel update\" took-ms=32.1"
                        + " steps=\"prepare sent 0.0, peer armed 2.4\"",
                "failover asked outcome=MOVED to=d2 reason=\"kernel update\" against=\"\"",
                "role changed to=standby cause=HANDED_OVER");
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().line())
                .isEqualTo("2026-11-30T16:00:01Z  planned   given to the peer, peer d2, 32.1 ms");
        assertThat(found.getFirst().whole()).contains("steps            prepare sent 0.0, peer armed 2.4");
    }

    @Test
    void aTakeoverNamesItsCauseAndHowLongTheActiveWasSilent() {
        var found = of(
                "vrrp transition vrid=51 from=STANDBY to=ACTIVE cause=PEER_PROCESS_DIED peer=192.0.2.1 heard-ms-ago=63.0",
                "role changed to=active term=8 cause=PEER_PROCESS_DIED serves-after-ms=3");
        assertThat(found.getFirst().line())
                .isEqualTo("2026-11-30T16:00:01Z  takeover  took over: PEER_PROCESS_DIED, peer 192.0.2.1");
        assertThat(found.getFirst().whole()).contains("serves-after-ms  3").contains("heard-ms-ago     63.0");
    }

    @Test
    void theSideThatTakesAPlannedFailoverHasOneEntryToo() {
        assertThat(
                        of(
                                "vrrp transition vrid=51 from=STANDBY to=ACTIVE cause=HANDOVER peer=192.0.2.1 heard-ms-ago=1.0",
                                "role changed to=active term=8 cause=HANDOVER serves-after-ms=3",
                                "failover ended vrid=51 side=TAKER peer=d1 outcome=DONE reason=\"asked by d1\" took-ms=9.0 steps=\"\""))
                .singleElement()
                .satisfies(one -> assertThat(one.outcome()).isEqualTo("taken from the peer"));
    }

    @Test
    void aRefusalHasItsReasons() {
        assertThat(of("failover asked outcome=REFUSED to=null reason=\"\" against=\"d2 is gone; start it\""))
                .singleElement()
                .satisfies(one -> assertThat(one.outcome()).isEqualTo("refused: d2 is gone; start it"));
    }

    @Test
    void aDirectorThatStopsServingWithoutAPlanIsAnEntryAndItsEndIsNone() {
        assertThat(of("role changed to=standby cause=PAUSED", "role changed to=standby cause=SHUTDOWN"))
                .singleElement()
                .satisfies(one -> assertThat(one.kind()).isEqualTo(PastFailover.Kind.LOSS));
    }

    @Test
    void otherEventsAreNone() {
        assertThat(of("director starting name=d1", "sync state of=d2 state=EQUAL", "sentence without a key"))
                .isEmpty();
    }
}

package holdfast.schedule;

import static holdfast.testing.Fixtures.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerName;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private static final int CLIENTS = 60_000;

    /// Computed once; another machine, JVM or build must pick the same.
    @Test
    void picksAreTheSameEverywhere() {
        assertThat(picks(new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3, 4)).substring(0, 64))
                .isEqualTo("DDACDDCADACCDDCCBCDDDDDDCDCBAACCBCBDCCDBDCCCDABDDBBDBDDBADDDDDCD");
    }

    @Test
    void orderOfTheListDoesNotMatter() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3, 4);
        var there = new Balanced(SchedulerName.RENDEZVOUS, -1, 2, -1, 4);
        there.configure(1, 2, 3, 4); // D B and then C A before them
        assertThat(there.position(3)).isNotEqualTo(balanced.position(3));
        assertThat(picks(there)).isEqualTo(picks(balanced));
    }

    @Test
    void eachGetsItsWeightsShare() {
        var picks = picks(new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3, 4));
        for (int i = 0; i < 4; i++) {
            assertThat(share(picks, (char) ('A' + i))).isBetween(0.1 * (i + 1) - 0.01, 0.1 * (i + 1) + 0.01);
        }
    }

    @Test
    void largeWeightsShareAlikeToo() {
        var picks = picks(new Balanced(SchedulerName.RENDEZVOUS, 65535, 1));
        assertThat(share(picks, 'B')).isLessThan(0.0005);
    }

    @Test
    void addedOneOnlyWins() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3);
        var before = picks(balanced);
        balanced.configure(1, 2, 3, 4);
        assertOnlyMovesTo('D', before, picks(balanced));
    }

    @Test
    void droppedQuiescedAndOverloadedOnlyLose() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3);
        var all = picks(balanced);
        balanced.configure(1, -1, 3);
        var without = picks(balanced);
        assertOnlyMovesTo('B', without, all);
        assertThat(share(without, 'B')).isZero();

        balanced.configure(1, 0, 3);
        assertThat(picks(balanced)).isEqualTo(without);
        balanced.configure(1, 2, 3);
        assertThat(picks(balanced)).as("its clients come back").isEqualTo(all);
        balanced.overloaded(1, true);
        assertThat(picks(balanced)).isEqualTo(without);
    }

    @Test
    void clientsOfALostOneSpreadByWeight() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3);
        var all = picks(balanced);
        balanced.overloaded(1, true);
        var without = picks(balanced);
        long lost = all.chars().filter(who -> who == 'B').count();
        long toC = IntStream.range(0, CLIENTS)
                .filter(i -> all.charAt(i) == 'B' && without.charAt(i) == 'C')
                .count();
        assertThat((double) toC / lost).isBetween(0.73, 0.77);
    }

    @Test
    void changeOfAWeightMovesOnlyClientsToItOrFromIt() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 2, 3);
        var before = picks(balanced);
        balanced.configure(1, 5, 3);
        var after = picks(balanced);
        assertOnlyMovesTo('B', before, after);
        assertThat(share(after, 'B')).isBetween(5 / 9.0 - 0.01, 5 / 9.0 + 0.01);
    }

    @Test
    void clientsUnderOneMaskGoTogether() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 1, 1, 1);
        for (int client = 0; client < 256; client++) {
            balanced.flow.v4(6, client, client, VIP, 80).sticky(0, 0xc633_6400L);
            assertThat(balanced.pick()).isEqualTo("C");
        }
    }

    @Test
    void highHalfOfAClientCounts() {
        var balanced = new Balanced(SchedulerName.RENDEZVOUS, 1, 1, 1, 1);
        var picks = new StringBuilder();
        for (int client = 0; client < 1000; client++) {
            balanced.flow.v6(6, 0x20010db8_0000_0000L + client, 1, 1, 1, 80, 0);
            picks.append(balanced.pick());
        }
        assertThat(picks.chars().filter(who -> who == 'A').count()).isBetween(200L, 300L);
    }

    private static void assertOnlyMovesTo(char winner, String before, String after) {
        int moved = 0;
        for (int i = 0; i < CLIENTS; i++) {
            if (before.charAt(i) != after.charAt(i)) {
                assertThat(after.charAt(i)).isEqualTo(winner);
                moved++;
            }
        }
        assertThat(moved).isPositive();
    }

    private static double share(String picks, char who) {
        return picks.chars().filter(picked -> picked == who).count() / (double) CLIENTS;
    }

    private static String picks(Balanced balanced) {
        var picks = new StringBuilder();
        for (int client = 0; client < CLIENTS; client++) {
            balanced.flow.v4(6, 0xc0a8_0000 + client, 40_000, VIP, 80);
            picks.append(balanced.pick());
        }
        return picks.toString();
    }
}

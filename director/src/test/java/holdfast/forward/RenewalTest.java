package holdfast.forward;

import static holdfast.forward.TestDirector.SYN;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerName;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Version;
import holdfast.table.Counter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two directors were active at the same time. The winner continues under a term above the loser's, and its stream
/// makes the loser equal, whatever the loser has written meanwhile.
class RenewalTest {
    private static final CopyOrder EVERYTHING = new CopyOrder(1, Version.NONE, Buckets.ALL);

    private static final int BOTH = 40000;
    private static final int WINNERS = 40001;
    private static final int LOSERS = 40002;

    private final TestDirector winner = director("10.0.0.11");
    private final TestDirector loser = director("10.0.0.12");

    private static TestDirector director(String server) {
        return new TestDirector(service(tcp(80), SchedulerName.RR, real(server, 8080, 1)));
    }

    @AfterEach
    void close() {
        winner.close();
        loser.close();
    }

    /// What is in the winner's ring goes to the loser, or is lost.
    private void deliver(boolean arrives) {
        var ring = winner.tables.changes().ring();
        for (var delta = ring.peek(); delta != null; delta = ring.peek()) {
            if (arrives) {
                requireNonNull(loser.replica.ring().claim()).copyOf(delta);
                loser.replica.ring().publish();
            }
            ring.release();
        }
        loser.replicate();
    }

    private void writeCopy() {
        winner.tables.changes().copy(EVERYTHING);
        winner.tables.changes().credit(new CopyCredit(1, Integer.MAX_VALUE));
        while (winner.tables.changes().writeCopies(winner.now)) {
            deliver(true);
        }
    }

    private void twoActives() {
        winner.client(BOTH, SYN, Counter.FORWARDED_TO_SERVER);
        winner.client(WINNERS, SYN, Counter.FORWARDED_TO_SERVER);
        loser.tables.promote(2, loser.now);
        loser.client(BOTH, SYN, Counter.FORWARDED_TO_SERVER);
        loser.client(LOSERS, SYN, Counter.FORWARDED_TO_SERVER);
        loser.tables.demote();
        deliver(false);
    }

    @Test
    void aRenewedStreamMakesTheLoserEqual() {
        twoActives();
        winner.tables.promote(3, winner.now);
        deliver(true);
        writeCopy();
        assertThat(loser.tables.digest()).isEqualTo(winner.tables.digest());
        assertThat(loser.knows(WINNERS)).isTrue();
        assertThat(loser.knows(LOSERS)).isFalse();
    }

    @Test
    void aChangeOfTheNewTermBeatsWhatTheLoserWrote() {
        twoActives();
        winner.tables.promote(3, winner.now);
        winner.reply(TestDirector.REAL, 8080, BOTH, TestDirector.SYN_ACK, Counter.FORWARDED_TO_CLIENT);
        winner.client(BOTH, TestDirector.ACK, Counter.FORWARDED_TO_SERVER);
        deliver(true);
        assertThat(loser.state(BOTH)).isEqualTo(winner.state(BOTH));
    }

    /// Its end would take out, on every standby, all that was not copied under the new term.
    @Test
    void aCopyThatIsUnderWayEndsWithItsTerm() {
        winner.client(BOTH, SYN, Counter.FORWARDED_TO_SERVER);
        winner.tables.changes().copy(EVERYTHING);
        winner.tables.changes().credit(new CopyCredit(1, Integer.MAX_VALUE));
        winner.tables.promote(3, winner.now);
        assertThat(winner.tables.changes().writeCopies(winner.now)).isFalse();
        assertThat(winner.tables.changes().version()).isEqualTo(Version.of(3, 0));
    }
}

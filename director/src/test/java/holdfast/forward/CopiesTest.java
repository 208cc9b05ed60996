package holdfast.forward;

import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.packet.Frame;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.Version;
import holdfast.table.Counter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an active writes for a standby that lacks something.
class CopiesTest {
    private static final int ENTRIES_MAX = 128;

    private final TestDirector director = new TestDirector(
            new Configuration.Datapath(ENTRIES_MAX, ENTRIES_MAX, 0, false),
            persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, 1)));

    /// A record of the stream.
    private record Seen(Delta.Op op, CopyOrder.Kind kind, int bucket, boolean isContinued) {}

    @BeforeEach
    void promote() {
        director.tables.promote(2, director.now);
        director.forgetChanges();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private void opens(int port) {
        director.client(port, SYN, Counter.FORWARDED_TO_SERVER);
    }

    private void ends(int port) {
        int slot = director.tables.connections().find(Frame.TCP, TestDirector.CLIENT, port, VIP, 80);
        director.tables.end(slot, false, director.now);
    }

    private List<Seen> copied(CopyOrder order, int credit) {
        var changes = director.tables.changes();
        changes.copy(order);
        changes.credit(new CopyCredit(order.ticket(), credit));
        var seen = new ArrayList<Seen>();
        while (changes.writeCopies(director.now)) {
            var ring = changes.ring();
            for (var delta = ring.peek(); delta != null; delta = ring.peek()) {
                boolean isMark = delta.op() == Delta.Op.COPY_BEGIN || delta.op() == Delta.Op.COPY_END;
                seen.add(new Seen(
                        delta.op(),
                        isMark ? delta.copyKind() : CopyOrder.Kind.CHANGES,
                        delta.op() == Delta.Op.BUCKET ? delta.bucket() : -1,
                        delta.op() == Delta.Op.COPY_END && delta.isContinued()));
                ring.release();
            }
        }
        return seen;
    }

    private List<Delta.Op> ops(CopyOrder order) {
        return copied(order, Integer.MAX_VALUE).stream().map(Seen::op).toList();
    }

    @Test
    void aCopyOfChangesHasTheEndsAndTheEntriesSince() {
        opens(1000);
        long since = director.tables.changes().version();
        opens(1001);
        opens(1002);
        ends(1001);
        director.forgetChanges();
        assertThat(ops(new CopyOrder(1, since, Buckets.NONE)))
                .containsExactly(
                        Delta.Op.COPY_BEGIN,
                        Delta.Op.CONNECTION_END,
                        Delta.Op.CONNECTION,
                        Delta.Op.COPY_END,
                        Delta.Op.CHECKPOINT);
    }

    @Test
    void whatChangedBeforeIsNotCopied() {
        opens(1000);
        ends(1000);
        director.forgetChanges();
        assertThat(ops(new CopyOrder(1, director.tables.changes().version(), Buckets.NONE)))
                .containsExactly(Delta.Op.COPY_BEGIN, Delta.Op.COPY_END, Delta.Op.CHECKPOINT);
    }

    @Test
    void onceAnEndIsForgottenDigestsAreCopiedInstead() {
        long since = director.tables.changes().version();
        for (int i = 0; i < 2 * ENTRIES_MAX; i++) {
            opens(1000);
            ends(1000);
            director.forgetChanges();
        }
        assertThat(copied(new CopyOrder(1, since, Buckets.NONE), Integer.MAX_VALUE)
                        .getFirst()
                        .kind())
                .as("as many ends as there may be entries")
                .isEqualTo(CopyOrder.Kind.CHANGES);
        opens(1000);
        ends(1000);
        director.forgetChanges();
        var copy = copied(new CopyOrder(2, since, Buckets.NONE), Integer.MAX_VALUE);
        assertThat(copy.getFirst().kind()).isEqualTo(CopyOrder.Kind.DIGESTS);
        assertThat(copy.stream().filter(seen -> seen.op() == Delta.Op.BUCKET)).hasSize(Buckets.COUNT);
    }

    @Test
    void whenTheEndsTurnOverDuringACopyItBeginsAnewWithDigests() {
        long since = director.tables.changes().version();
        for (int i = 0; i < 50; i++) {
            opens(1000);
            ends(1000);
        }
        director.forgetChanges();
        var order = new CopyOrder(1, since, Buckets.NONE);
        assertThat(copied(order, 10)).hasSize(10);
        for (int i = 0; i < 2 * ENTRIES_MAX; i++) {
            opens(1000);
            ends(1000);
            director.forgetChanges();
        }
        assertThat(copied(order, Integer.MAX_VALUE).getFirst())
                .isEqualTo(new Seen(Delta.Op.COPY_BEGIN, CopyOrder.Kind.DIGESTS, -1, false));
    }

    @Test
    void endsOfAnEarlierTermAreNotKnown() {
        opens(1000);
        ends(1000);
        director.tables.promote(3, director.now);
        director.forgetChanges();
        assertThat(copied(new CopyOrder(1, Version.of(2, 1), Buckets.NONE), Integer.MAX_VALUE)
                        .getFirst()
                        .kind())
                .isEqualTo(CopyOrder.Kind.DIGESTS);
    }

    @Test
    void aCopyGoesNoFartherThanItsCredit() {
        var everything = new CopyOrder(1, Version.NONE, Buckets.ALL);
        assertThat(copied(everything, 100)).hasSize(100);
        assertThat(copied(everything, 150)).hasSize(50);
    }

    @Test
    void aNewCopyBeginsWithACreditOfItsOwn() {
        copied(new CopyOrder(1, Version.NONE, Buckets.ALL), Integer.MAX_VALUE);
        var changes = director.tables.changes();
        changes.copy(new CopyOrder(2, Version.NONE, Buckets.ALL));
        assertThat(changes.writeCopies(director.now))
                .as("the credit was the other's")
                .isFalse();
    }

    @Test
    void anOrderReplacesAnotherOneButNotItself() {
        var everything = new CopyOrder(1, Version.NONE, Buckets.ALL);
        copied(everything, 100);
        assertThat(copied(everything, 101)).extracting(Seen::op).containsExactly(Delta.Op.BUCKET);
        assertThat(copied(new CopyOrder(2, Version.NONE, Buckets.ALL), 1))
                .extracting(Seen::op)
                .containsExactly(Delta.Op.COPY_BEGIN);
    }

    @Test
    void theBucketsOfAnOrderAreNamedOnceAndTemplatesComeFirst() {
        opens(1000);
        director.forgetChanges();
        var copy = copied(new CopyOrder(1, Version.NONE, Buckets.ALL), Integer.MAX_VALUE);
        var named = new BitSet();
        copy.stream().filter(seen -> seen.op() == Delta.Op.BUCKET).forEach(seen -> {
            assertThat(named.get(seen.bucket())).isFalse();
            named.set(seen.bucket());
        });
        assertThat(Buckets.of(named)).isEqualTo(Buckets.ALL);
        assertThat(copy.stream().map(Seen::op).filter(op -> op == Delta.Op.TEMPLATE || op == Delta.Op.CONNECTION))
                .containsExactly(Delta.Op.TEMPLATE, Delta.Op.CONNECTION);
    }
}

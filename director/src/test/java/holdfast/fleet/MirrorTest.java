package holdfast.fleet;

import static holdfast.fleet.Samples.D1;
import static holdfast.fleet.Samples.D2;
import static holdfast.fleet.Samples.audit;
import static holdfast.fleet.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorTest {
    private static final String ONE = "1".repeat(64);
    private static final String OTHER = "2".repeat(64);

    private final Mirror mirror = new Mirror(100_000);

    @Test
    void theNewestComeFirstAndTheLimitCounts() {
        mirror.hear(new News.Changes(D1, 0, List.of(event(1, "role changed to=active"), event(7, "failover ended"))));
        mirror.hear(new News.Changes(D2, 0, List.of(event(3, "role changed to=standby"))));
        mirror.hear(new News.Audits(D2, 0, List.of(audit(D2, 4, ONE))));
        var all = mirror.snapshot().newest(2);
        assertThat(all.changes()).extracting(change -> change.event().number()).containsExactly(7L, 3L);
        assertThat(all.changes()).extracting("director").containsExactly("d1", "d2");
        assertThat(all.audit()).singleElement().extracting("cluster").isEqualTo("front");
    }

    @Test
    void anAuditLogThatWasChangedIsFoundOutAndItsFirstWordsStay() {
        mirror.hear(new News.Audits(D1, 0, List.of(audit(D1, 4, ONE))));
        assertThat(mirror.snapshot().troubles()).isEmpty();
        assertThat(mirror.hear(new News.Audits(D1, 0, List.of(audit(D1, 4, OTHER)))))
                .isTrue();
        assertThat(mirror.snapshot().troubles())
                .containsExactly(
                        "entry 4 of the audit log of d1 of front is not the one that it sent before: its hash was"
                                + " 111111111111 and is 222222222222");
        assertThat(mirror.snapshot().audits())
                .singleElement()
                .extracting(audited -> audited.entry().hash())
                .isEqualTo(ONE);
    }

    @Test
    void itIsBoundedForOneDirectorAndForAll() {
        for (int index = 0; index < 40; index++) {
            var first = index * (long) News.BLOCK;
            mirror.hear(new News.Changes(D1, index, events(first)));
        }
        assertThat(mirror.snapshot().changes()).hasSize(Mirror.ENTRIES_MAX);
        assertThat(mirror.snapshot().newest(1).changes().getFirst().event().number())
                .isEqualTo(1999);

        var small = new Mirror(1000);
        small.hear(new News.Changes(D1, 0, events(0)));
        small.hear(new News.Audits(D2, 0, List.of(audit(D2, 4, ONE))));
        assertThat(small.chars()).isLessThanOrEqualTo(1000);
        assertThat(small.dropped()).isPositive();
        assertThat(small.snapshot().audits()).hasSize(1);
    }

    private static List<holdfast.admin.Event> events(long first) {
        return java.util.stream.LongStream.range(first, first + News.BLOCK)
                .mapToObj(number -> event(number, "role changed to=active term=" + number))
                .toList();
    }
}

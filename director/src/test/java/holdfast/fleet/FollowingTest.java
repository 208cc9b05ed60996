package holdfast.fleet;

import static holdfast.fleet.Samples.D1;
import static holdfast.fleet.Samples.D2;
import static holdfast.fleet.Samples.D3;
import static holdfast.fleet.Samples.s;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class FollowingTest {
    private static final long NOW = s(1000);
    private static final News.SharedCopy FIRST = new News.SharedCopy(D1, 6, "17.6", "services: [1]\n");
    private static final News.SharedCopy NEXT = new News.SharedCopy(D1, 6, "18.6", "services: [2]\n");

    private final Following following = new Following("back", Optional.of("front"));

    private Optional<News.SharedCopy> due(Optional<String> last, String present, long now) {
        return following.due(true, _ -> true, last, present, now);
    }

    @Test
    void aPublishedRevisionIsTakenOnce() {
        following.hear(FIRST);
        assertThat(due(Optional.empty(), "own", NOW)).contains(FIRST);
        following.begun();
        assertThat(due(Optional.empty(), "own", NOW)).isEmpty();
        following.made(FIRST.tag());
        assertThat(due(Optional.of(FIRST.tag()), FIRST.text(), NOW)).isEmpty();
        following.hear(NEXT);
        assertThat(due(Optional.of(FIRST.tag()), FIRST.text(), NOW)).contains(NEXT);
    }

    @Test
    void aChangeByHandStaysUntilAnotherRevisionIsPublished() {
        following.hear(FIRST);
        assertThat(due(Optional.of(FIRST.tag()), "changed by hand", NOW)).isEmpty();
        following.hear(NEXT);
        assertThat(due(Optional.of(FIRST.tag()), "changed by hand", NOW)).contains(NEXT);
    }

    @Test
    void whatIsInForceAlreadyIsNoRevision() {
        following.hear(FIRST);
        assertThat(due(Optional.empty(), FIRST.text(), NOW)).isEmpty();
        assertThat(due(Optional.empty(), "changed by hand", NOW)).isEmpty();
    }

    @Test
    void aRefusedRevisionIsNotTriedAgainAndTheNextOneIs() {
        following.hear(FIRST);
        following.begun();
        following.refused(FIRST.tag(), "it has a VIP without a network", true, NOW);
        assertThat(due(Optional.empty(), "own", NOW + s(1000))).isEmpty();
        assertThat(following.said())
                .extracting("trouble")
                .asString()
                .contains("17.6")
                .contains("it has a VIP without a network");
        following.hear(NEXT);
        assertThat(due(Optional.empty(), "own", NOW + s(1000))).contains(NEXT);
    }

    @Test
    void whatWasRefusedForNowIsTriedAgainLater() {
        following.hear(FIRST);
        following.begun();
        following.refused(FIRST.tag(), "too many changes are under way", false, NOW);
        assertThat(due(Optional.empty(), "own", NOW + s(29))).isEmpty();
        assertThat(due(Optional.empty(), "own", NOW + s(30))).contains(FIRST);
    }

    @Test
    void onlyTheWordOfAnActiveThatIsHeardCounts() {
        following.hear(FIRST);
        following.hear(new News.SharedCopy(D2, 5, "99.5", "services: [old]\n"));
        assertThat(following.due(true, D2::equals, Optional.empty(), "own", NOW))
                .get()
                .extracting(News.SharedCopy::from)
                .isEqualTo(D2);
        assertThat(due(Optional.empty(), "own", NOW)).contains(FIRST);
        assertThat(following.due(true, _ -> false, Optional.empty(), "own", NOW))
                .isEmpty();
        assertThat(following.due(false, _ -> true, Optional.empty(), "own", NOW))
                .isEmpty();
    }

    @Test
    void noPairFollowsItselfOrAnotherThanItNames() {
        following.hear(new News.SharedCopy(D3, 9, "1.9", "services: [own]\n"));
        assertThat(due(Optional.empty(), "own", NOW)).isEmpty();
        var itself = new Following("front", Optional.of("front"));
        itself.hear(FIRST);
        assertThat(itself.due(true, _ -> true, Optional.empty(), "own", NOW)).isEmpty();
        assertThat(itself.said()).extracting("trouble").asString().contains("names our own cluster");
    }

    @Test
    void theReasonOfARevisionTellsWhichCopyItWasMadeOf() {
        assertThat(Following.reason(FIRST)).startsWith("follows front revision 17.6 (");
        assertThat(Following.tagIn(Following.reason(FIRST), "front")).contains(FIRST.tag());
        assertThat(Following.tagIn(Following.reason(FIRST), "other")).isEmpty();
        assertThat(FIRST.tag()).isNotEqualTo(new News.SharedCopy(D1, 6, "17.6", "services: [9]\n").tag());
    }
}

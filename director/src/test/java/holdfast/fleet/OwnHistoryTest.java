package holdfast.fleet;

import static holdfast.fleet.Samples.D1;
import static holdfast.fleet.Samples.audit;
import static holdfast.fleet.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnHistoryTest {
    private final OwnHistory history = new OwnHistory(D1);

    @Test
    void onlyWhatTurnsARoleIsPublished() {
        history.add(event(1, "director starting name=d1"));
        history.add(event(2, "role changed to=active term=6"));
        history.add(event(3, "configuration reloaded made=true"));
        assertThat(history.takeNews())
                .singleElement()
                .isEqualTo(new News.Changes(D1, 0, java.util.List.of(event(2, "role changed to=active term=6"))));
        assertThat(history.takeNews()).isEmpty();
    }

    @Test
    void anEntryChangesItsOwnBlockAlone() {
        for (int number = 1; number <= 120; number++) {
            history.add(audit(D1, number, "%064x".formatted(number)));
        }
        assertThat(history.takeNews()).hasSize(3);
        history.add(audit(D1, 120, "%064x".formatted(120)));
        assertThat(history.takeNews()).isEmpty();
        history.add(audit(D1, 121, "%064x".formatted(121)));
        assertThat(history.takeNews()).singleElement().extracting(News::key).isEqualTo("audit/front/d1/2");
        assertThat(history.all()).hasSize(3);
    }

    @Test
    void longTextsAreCut() {
        history.add(event(5, "failover ended reason=\"" + "x".repeat(5000) + "\""));
        var block = (News.Changes) history.takeNews().getFirst();
        assertThat(block.events().getFirst().text())
                .hasSize(OwnHistory.TEXT_MAX)
                .endsWith("…");
    }
}

package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.TableSize;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TablesMaxTest {
    private static final TableSize OURS = new TableSize(750, 20);

    @Test
    void equalMaximaAreNoAlarm() {
        assertThat(differences(750, 20)).isEmpty();
    }

    @Test
    void aPeerThatDoesNotReportItsMaximaIsNoAlarm() {
        assertThat(TablesMax.differences(OURS, "d2", Optional.empty())).isEmpty();
    }

    @Test
    void theSmallerOneIsNamedWithBothNumbersOnEitherSide() {
        assertThat(differences(16, 20))
                .containsExactly("connections-max is 16 on d2 and 750 on this director: as a standby d2 lacks what does"
                        + " not fit; raise it there and restart d2");
        assertThat(differences(1000, 20))
                .containsExactly("connections-max is 750 on this director and 1000 on d2: as a standby this director"
                        + " lacks what does not fit; raise it there and restart this director");
    }

    @Test
    void eachTableHasItsOwnSentence() {
        assertThat(differences(16, 21))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("connections-max is 16 on d2 and 750 on this director");
        assertThat(differences(16, 21).getLast()).startsWith("templates-max is 20 on this director and 21 on d2");
    }

    private static List<String> differences(int connections, int templates) {
        return TablesMax.differences(OURS, "d2", Optional.of(new TableSize(connections, templates)));
    }
}

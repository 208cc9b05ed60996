package holdfast.revision;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ByHand;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.RevisionText;
import holdfast.conf.Shared;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A revision that its director cannot put in force.
class RevisionsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Revision DRAFT = new Revision(
            RevisionId.OF_FILE,
            Instant.EPOCH,
            "d1",
            "root",
            "",
            Shared.of(RevisionSamples.configuration()),
            false,
            ByHand.NONE);

    private final Revisions core = new Revisions(
            "d1",
            Optional.empty(),
            text -> RevisionText.read(Path.of("revision"), text, RevisionSamples.configuration()),
            () -> "");

    @Test
    void aRevisionThatIsNotInForceIsTriedAgainUntilItIs() {
        core.place(new Place(true, 5, ""), 0);
        core.propose(1, DRAFT, 0);
        core.stored(0);
        assertThat(uses(0)).hasSize(1);
        core.notUsed("an address is taken", 0);
        assertThat(core.held()).isEqualTo(new RevisionId(5, 1));
        assertThat(core.trouble())
                .contains("revision 1.5 is not in force here: an address is taken; or go back with"
                        + " 'holdfast config rollback'");

        assertThat(uses(4 * SECOND)).isEmpty();
        assertThat(uses(5 * SECOND)).hasSize(1);
        core.notUsed("an address is still taken", 5 * SECOND);
        assertThat(uses(9 * SECOND)).isEmpty();
        assertThat(uses(10 * SECOND)).hasSize(1);
        core.used(10 * SECOND);
        assertThat(core.trouble()).isEmpty();
        assertThat(uses(60 * SECOND)).isEmpty();
    }

    @Test
    void theNextRevisionEndsTheTrouble() {
        core.place(new Place(true, 5, ""), 0);
        core.propose(1, DRAFT, 0);
        core.stored(0);
        core.notUsed("an address is taken", 0);
        core.propose(
                2, new Revision(core.held(), Instant.EPOCH, "d1", "root", "", DRAFT.shared(), false, ByHand.NONE), 0);
        core.stored(0);
        core.used(0);
        assertThat(core.held()).isEqualTo(new RevisionId(5, 2));
        assertThat(core.trouble()).isEmpty();
        core.takeEffects();
        assertThat(uses(60 * SECOND)).isEmpty();
    }

    private List<Effect> uses(long now) {
        core.turn(now);
        return core.takeEffects().stream()
                .filter(effect -> effect instanceof Effect.Use)
                .toList();
    }
}

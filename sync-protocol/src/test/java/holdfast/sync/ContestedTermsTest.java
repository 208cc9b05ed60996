package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When a director that begins one term after another asks for the next one.
class ContestedTermsTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final KnownTerms terms = new KnownTerms(7);
    private final KnownTerms others = new KnownTerms(8);

    /// A third member refuses one of them, whom it does not follow, and says so to both.
    @Test
    void twoThatBeginTheSameTermsAtOneTimeDoNotGoOnSo() {
        assertThat(dueAt(terms, 1, 0)).isEqualTo(0).isEqualTo(dueAt(others, 1, 0));
        long ours = dueAt(terms, 3, 10 * MS);
        long theirs = dueAt(others, 3, 10 * MS);
        assertThat(ours).isBetween(10 * MS, 10 * MS + KnownTerms.AGAIN_INTERVAL);
        assertThat(Math.abs(ours - theirs)).isGreaterThan(20 * MS);
    }

    @Test
    void whoBeganLongAgoRestsForNothing() {
        assertThat(dueAt(terms, 1, 0)).isEqualTo(0);
        assertThat(dueAt(terms, 3, KnownTerms.AGAIN_INTERVAL)).isEqualTo(KnownTerms.AGAIN_INTERVAL);
    }

    /// When a higher term is asked for by a director that begins this one and learns at once that it is contested.
    private static long dueAt(KnownTerms terms, int term, long now) {
        terms.began(term, now);
        terms.contested(term);
        long at = now;
        while (!terms.isDue(term, false, at)) {
            at += MS;
        }
        return at;
    }
}

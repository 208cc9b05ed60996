package holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a fleet carries may come late, twice, and in another order on each director; all of them must end with the
/// same.
class MergePropertyTest {
    private static final int ROUNDS = 300;
    private static final long NOW = Samples.s(50_000);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_130})
    void theOrderAndTheNumberOfArrivalsHaveNoMeaning(long seed) {
        var dice = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            var news = published(dice);
            var inOrder = joined(news);
            var shuffled = new ArrayList<>(news);
            shuffled.addAll(news.subList(0, dice.nextInt(news.size() + 1)));
            Collections.shuffle(shuffled, dice);
            assertThat(joined(shuffled)).as("seed %d, round %d", seed, round).isEqualTo(inOrder);
        }
    }

    private record Joined(List<News.Summary> summaries, Mirror.Snapshot history) {}

    private static Joined joined(List<News> all) {
        var roster = new Roster();
        var mirror = new Mirror(1_000_000);
        for (var news : all) {
            switch (news) {
                case News.Summary summary -> roster.hear(summary, NOW, 0);
                case News.SharedCopy _ -> {}
                case News.Changes changes -> mirror.hear(changes);
                case News.Audits audits -> mirror.hear(audits);
            }
        }
        return new Joined(roster.snapshot().stream().map(Roster.Heard::summary).toList(), mirror.snapshot());
    }

    /// Summaries of several runs, and blocks that grow.
    private static List<News> published(Random dice) {
        var all = new ArrayList<News>();
        for (var who : List.of(Samples.D1, Samples.D2, Samples.D3)) {
            var history = new OwnHistory(who);
            for (int run = 1; run <= 3; run++) {
                for (int sequence = 1; sequence <= dice.nextInt(1, 6); sequence++) {
                    var role = dice.nextBoolean() ? Role.ACTIVE : Role.STANDBY;
                    all.add(Samples.summary(who, run, sequence, role));
                }
            }
            for (int number = 1; number <= dice.nextInt(1, 160); number++) {
                history.add(Samples.event(number, "role changed to=active term=" + number));
                history.add(Samples.audit(who, number, "%064x".formatted(number)));
                if (dice.nextInt(20) == 0) {
                    all.addAll(history.takeNews());
                }
            }
            all.addAll(history.takeNews());
        }
        return all;
    }
}

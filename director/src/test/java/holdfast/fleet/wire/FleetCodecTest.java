package holdfast.fleet.wire;

import static holdfast.fleet.Samples.D1;
import static holdfast.fleet.Samples.audit;
import static holdfast.fleet.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Role;
import holdfast.fleet.News;
import holdfast.fleet.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FleetCodecTest {
    static List<News> examples() {
        return List.of(
                Samples.summary(D1, 5, 7, Role.ACTIVE),
                new News.SharedCopy(D1, 6, "17.6", "services:\n" + "  - {service: 'tcp/192.0.2.10:80'}\n".repeat(500)),
                new News.Changes(
                        D1, 1, List.of(event(50, "role changed to=active term=6"), event(99, "failover ended"))),
                new News.Audits(D1, 0, List.of(audit(D1, 3, "a".repeat(64)), audit(D1, 4, "b".repeat(64)))));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void whatIsWrittenIsRead(News news) throws Refused {
        assertThat(FleetCodec.read(news.key(), FleetCodec.write(news).orElseThrow()))
                .isEqualTo(news);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aValueUnderAnotherKeyIsRefused(News news) {
        var bytes = FleetCodec.write(news).orElseThrow();
        assertThatThrownBy(() -> FleetCodec.read(news.key().replace("d1", "d2"), bytes))
                .isInstanceOf(Refused.class)
                .hasMessage("another key");
    }

    /// Bytes of another version, of a broken director, or of nobody: refused or read, and never an exception else.
    @ParameterizedTest
    @MethodSource("examples")
    void changedBytesAreReadOrRefused(News news) {
        long seed = 4711;
        var dice = new Random(seed);
        var bytes = FleetCodec.write(news).orElseThrow();
        for (int round = 0; round < 5000; round++) {
            var changed = Arrays.copyOf(bytes, round % 3 == 0 ? dice.nextInt(bytes.length) : bytes.length);
            for (int i = 0; i < 3 && changed.length > 0; i++) {
                changed[dice.nextInt(changed.length)] = (byte) dice.nextInt();
            }
            assertThatCode(() -> readOrRefuse(news.key(), changed))
                    .as("seed %d, round %d", seed, round)
                    .doesNotThrowAnyException();
        }
    }

    private static void readOrRefuse(String key, byte[] value) {
        try {
            FleetCodec.read(key, value);
        } catch (Refused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @Test
    void aTextThatIsLongerThanItSeemsIsRefused() {
        var bomb = new News.SharedCopy(D1, 6, "17.6", "x".repeat(FleetCodec.TEXT_BYTES_MAX + 1));
        var bytes = FleetCodec.write(bomb).orElseThrow();
        assertThat(bytes).hasSizeLessThan(10_000);
        assertThatThrownBy(() -> FleetCodec.read(bomb.key(), bytes))
                .isInstanceOf(Refused.class)
                .hasMessage("too long");
    }

    @Test
    void aValueBeyondTheBoundIsNotWritten() {
        var dice = new Random(1);
        var text = new StringBuilder();
        dice.ints(600_000, 32, 127).forEach(c -> text.append((char) c));
        assertThat(FleetCodec.write(new News.SharedCopy(D1, 6, "17.6", text.toString())))
                .isEmpty();
    }

    @Test
    void aBlockOfTheLongestEntriesIsWritten() {
        var history = new holdfast.fleet.OwnHistory(D1);
        IntStream.range(0, News.BLOCK)
                .forEach(number -> history.add(event(number, "failover ended reason=\"" + "x".repeat(2000) + "\"")));
        LongStream.range(0, News.BLOCK)
                .mapToObj(number -> audit(D1, number, "x".repeat(2000)))
                .forEach(history::add);
        assertThat(history.takeNews())
                .hasSize(2)
                .allMatch(news -> FleetCodec.write(news).isPresent());
    }

    @Test
    void aControlCharacterNeverReachesATerminal() {
        var wrong = new News.Changes(D1, 0, List.of(event(3, "role changed \u001b[2J")));
        assertThatThrownBy(() ->
                        FleetCodec.read(wrong.key(), FleetCodec.write(wrong).orElseThrow()))
                .isInstanceOf(Refused.class);
    }
}

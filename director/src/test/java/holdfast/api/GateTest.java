package holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The turns of requests, and which connection goes for a newer one.
class GateTest {
    private final Gate gate = new Gate(3, 1, Optional.empty());
    private final List<String> begun = new ArrayList<>();

    private EmbeddedChannel connection() {
        var connection = new EmbeddedChannel();
        gate.opened(connection, 0);
        return connection;
    }

    @Test
    void aRequestWaitsForTheOneBeforeItAndOneWhoHasGoneTakesNoTurn() {
        var first = connection();
        var gone = connection();
        var last = connection();
        gate.ask(first, () -> begun.add("first"));
        gate.ask(gone, () -> begun.add("gone"));
        gate.ask(last, () -> begun.add("last"));
        assertThat(begun).containsExactly("first");
        assertThat(gone.close().isSuccess()).isTrue();
        gate.done(first);
        assertThat(begun).containsExactly("first", "last");
        gate.done(last);
        gate.ask(first, () -> begun.add("again"));
        assertThat(begun).as("no turn was lost").endsWith("again");
    }

    @Test
    void theConnectionThatWasIdleLongestGoesForANewOne() {
        var idle = connection();
        var busy = connection();
        var third = connection();
        gate.ask(busy, () -> {});
        var fourth = connection();
        assertThat(idle.isOpen()).isFalse();
        assertThat(List.of(busy, third, fourth)).allMatch(EmbeddedChannel::isOpen);
        assertThat(gate.counters()).containsEntry("connections-shed", 1L);
    }

    @Test
    void whereAllAreBusyTheNewOneGoes() {
        var busy = List.of(connection(), connection(), connection());
        busy.forEach(each -> gate.ask(each, () -> {}));
        var late = connection();
        assertThat(late.isOpen()).isFalse();
        assertThat(busy).allMatch(EmbeddedChannel::isOpen);
    }
}

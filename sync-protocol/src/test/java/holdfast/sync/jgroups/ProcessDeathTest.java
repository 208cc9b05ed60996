package holdfast.sync.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.stack.Protocol;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;

final class ProcessDeathTest {
    private static final Address US = UUID.randomUUID();
    private static final Address PEER = UUID.randomUUID();

    private long now = 1;
    private final List<Address> died = new ArrayList<>();
    private final ProcessDeath layer = new ProcessDeath(() -> now);

    ProcessDeathTest() {
        layer.setUpProtocol(new End());
        layer.setDownProtocol(new End());
        layer.listener(died::add);
    }

    @Test
    void socketThatClosesIsADeathAndIsReportedOnce() {
        view(US, PEER);
        now += ProcessDeath.CONNECTING;
        suspect();
        suspect();
        assertThat(died).containsExactly(PEER);
    }

    @Test
    void peerThatCannotBeConnectedToAfterACutIsNotDead() {
        view(US, PEER);
        now += ProcessDeath.CONNECTING;
        view(US);
        now += ProcessDeath.CONNECTING;
        view(US, PEER);
        now += ProcessDeath.CONNECTING - 1;
        suspect();
        assertThat(died).isEmpty();
        now += 1;
        suspect();
        assertThat(died).containsExactly(PEER);
    }

    @Test
    void laterViewWithTheSameMemberDoesNotMakeItNew() {
        view(US, PEER);
        now += ProcessDeath.CONNECTING;
        view(US, PEER, UUID.randomUUID());
        suspect();
        assertThat(died).containsExactly(PEER);
    }

    @Test
    void suspicionOfAMemberOutsideTheViewIsNoNews() {
        view(US);
        now += ProcessDeath.CONNECTING;
        suspect();
        assertThat(died).isEmpty();
    }

    private void view(Address... members) {
        layer.down(new Event(Event.VIEW_CHANGE, View.create(US, 1, members)));
    }

    private void suspect() {
        layer.up(new Event(Event.SUSPECT, List.of(PEER)));
    }

    /// Where the stack ends above and below.
    private static final class End extends Protocol {
        @Override
        public Object up(Event event) {
            return event;
        }

        @Override
        public Object down(Event event) {
            return event;
        }
    }
}

package holdfast.sync.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;

final class ProcessDeathTest {
    private static final Address US = UUID.randomUUID();
    private static final Address PEER = UUID.randomUUID();

    private final List<Address> died = new ArrayList<>();
    private final ProcessDeath layer = new ProcessDeath();
    private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());

    ProcessDeathTest() throws IOException {
        layer.setUpProtocol(new Above());
        layer.setDownProtocol(new Below(listening.getLocalPort()));
        layer.listener(died::add);
        layer.down(new Event(Event.VIEW_CHANGE, View.create(US, 1, US, PEER)));
    }

    @Test
    void processWhosePortsRefuseIsDeadAndIsReportedOnce() throws IOException {
        listening.close();
        suspect();
        suspect();
        assertThat(died).containsExactly(PEER);
    }

    @Test
    void processThatStillListensHasOnlyClosedItsSocket() throws IOException {
        suspect(); // nobody accepts, as with a frozen one, but its kernel takes the connection
        assertThat(died).isEmpty();
        listening.close();
        suspect();
        assertThat(died).as("it may die later").containsExactly(PEER);
    }

    private void suspect() {
        layer.up(new Event(Event.SUSPECT, List.of(PEER)));
    }

    private static final class Above extends Protocol {
        @Override
        public Object up(Event event) {
            return event;
        }
    }

    /// FD_SOCK2 with the transport of a peer below it.
    private static final class Below extends FD_SOCK2 {
        private final int port;

        Below(int port) {
            this.port = port;
            offset = 1;
            port_range = 0;
        }

        @Override
        public Object down(Event event) {
            return event.getType() == Event.GET_PHYSICAL_ADDRESS
                    ? new IpAddress(InetAddress.getLoopbackAddress(), port - offset)
                    : event;
        }
    }
}

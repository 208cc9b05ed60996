package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RawSocketLabIT {
    private static final int VRRP = 112;
    private static final int OURS = 0x0A030001;
    private static final int PEER = 0x0A030002;
    private static final int GROUP = 0xE0000012;
    private static final byte[] ADVERT = {0x31, 51, 100, 1, 0, 100, 0, 0};

    @BeforeEach
    void cable() {
        Lab.namespace("peer", "ours", "eth0", "10.3.0.2/24");
        Lab.run("ip addr add 10.3.0.1/24 dev ours");
    }

    @AfterEach
    void unplug() {
        Lab.deleteNamespace("peer", "ours");
    }

    @Test
    void anAdvertToTheGroupReachesThePeerAndNotOurselves() throws Exception {
        try (var ours = RawSocket.open(VRRP, "ours", OURS, GROUP);
                var theirs = Lab.inside("peer", () -> RawSocket.open(VRRP, "eth0", PEER, GROUP))) {
            ours.send(GROUP, ADVERT);
            checkPacket(receive(theirs), GROUP);
            assertThat(ours.receive()).isEmpty();
            assertThat(theirs.receive()).isEmpty();
        }
    }

    @Test
    void anAdvertByUnicastReachesThePeer() throws Exception {
        try (var ours = RawSocket.open(VRRP, "ours", OURS, 0);
                var theirs = Lab.inside("peer", () -> RawSocket.open(VRRP, "eth0", PEER, 0))) {
            ours.send(PEER, ADVERT);
            checkPacket(receive(theirs), PEER);
        }
    }

    @Test
    void theSourceIsTheLocalAddressThatWasAskedFor() throws Exception {
        Lab.run("ip addr add 10.3.0.9/24 dev ours");
        try (var ours = RawSocket.open(VRRP, "ours", OURS + 8, GROUP);
                var theirs = Lab.inside("peer", () -> RawSocket.open(VRRP, "eth0", PEER, GROUP))) {
            ours.send(GROUP, ADVERT);
            assertThat(receive(theirs)[15]).isEqualTo((byte) 9);
        }
    }

    @Test
    void sendingWhereNoRouteLeadsIsRefusedInWords() {
        try (var ours = RawSocket.open(VRRP, "ours", OURS, 0)) {
            Lab.run("ip link set ours down");
            assertThatThrownBy(() -> ours.send(PEER, ADVERT))
                    .isInstanceOf(SyscallException.class)
                    .hasMessageStartingWith("sendto for IP protocol 112 on ours failed with ENET");
        }
    }

    private static void checkPacket(byte[] packet, int destination) {
        assertThat(packet[0]).isEqualTo((byte) 0x45);
        assertThat(packet[1]).isEqualTo((byte) 0xC0);
        assertThat(packet[8]).isEqualTo((byte) 255);
        assertThat(packet[9]).isEqualTo((byte) VRRP);
        assertThat(Arrays.copyOfRange(packet, 12, 16)).containsExactly(10, 3, 0, 1);
        assertThat(Arrays.copyOfRange(packet, 16, 20))
                .containsExactly(
                        destination >>> 24, destination >>> 16 & 0xff, destination >>> 8 & 0xff, destination & 0xff);
        assertThat(Arrays.copyOfRange(packet, 20, packet.length)).isEqualTo(ADVERT);
    }

    private static byte[] receive(RawSocket socket) {
        try (var poller = new Poller(socket.fd())) {
            assertThat(poller.poll(TimeUnit.SECONDS.toNanos(10))).isEqualTo(1);
            return socket.receive().orElseThrow().ipPacket();
        }
    }
}

package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoSocketLabIT {
    private static final int OURS = 0x0A030001;
    private static final int PEER = 0x0A030002;
    private static final int NOBODY = 0x0A030063;
    private static final int ELSEWHERE = 0xC6336401;

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
    void whoIsThereAnswersAndNothingElseIsHeard() {
        try (var socket = EchoSocket.open()) {
            assertThat(socket.ask(NOBODY, 0xfffe, 7)).isEmpty();
            assertThat(socket.ask(PEER, 0xfffe, 0xffff)).isEmpty();
            assertThat(next(socket)).isEqualTo(new Echoes.Reply(PEER, 0xfffe, 0xffff));
            assertThat(socket.ask(OURS, 1, 2)).isEmpty();
            assertThat(next(socket)).as("the reply, not the request").isEqualTo(new Echoes.Reply(OURS, 1, 2));
            assertThat(socket.receive()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0xf7ff, 0xffff", "0xf800, 0xffff", "0xffff, 0xffff"})
    void everyChecksumIsRight(int identifier, int sequence) {
        try (var socket = EchoSocket.open()) {
            assertThat(socket.ask(PEER, identifier, sequence)).isEmpty();
            assertThat(next(socket)).isEqualTo(new Echoes.Reply(PEER, identifier, sequence));
        }
    }

    private static Echoes.Reply next(EchoSocket socket) {
        return await().atMost(10, TimeUnit.SECONDS)
                .until(socket::receive, Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void whereNoRouteLeadsTheKernelSaysSo() {
        try (var socket = EchoSocket.open()) {
            assertThat(socket.ask(ELSEWHERE, 1, 1)).contains(Errno.ENETUNREACH.number());
        }
    }

    @Test
    void anInterfaceThatGoesDownDoesNotBreakTheSocket() {
        try (var socket = EchoSocket.open()) {
            Lab.run("ip link set ours down");
            assertThat(List.of(Errno.ENETUNREACH.number(), Errno.ENETDOWN.number()))
                    .contains(socket.ask(PEER, 1, 1).orElseThrow());
            assertThat(socket.receive()).isEmpty();
            Lab.run("ip link set ours up");
            await().atMost(10, TimeUnit.SECONDS).until(() -> {
                var _ = socket.ask(PEER, 1, 2);
                return socket.receive().isPresent();
            });
        }
    }
}

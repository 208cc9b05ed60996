package holdfast.fleet.hazelcast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.conf.Ipv4;
import holdfast.conf.ListenAddress;
import holdfast.conf.Management;
import holdfast.fleet.node.Carrier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real members of Hazelcast on loopback.
@Tag("slow")
class HazelcastCarrierTest {
    private static final Duration JOIN_MAX = Duration.ofSeconds(40);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @TempDir
    Path folder;

    private static final class Heard implements Carrier.Ear {
        final Map<String, String> values = new ConcurrentHashMap<>();
        final AtomicInteger joins = new AtomicInteger();

        @Override
        public void heard(String key, byte[] value) {
            values.put(key, new String(value, UTF_8));
        }

        @Override
        public void joined() {
            joins.incrementAndGet();
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private Carrier carrier(Heard ear, String key, int port, int... members) throws IOException {
        var file = Files.writeString(folder.resolve("key" + port), key.repeat(32) + "\n");
        var carrier = HazelcastCarrier.start(
                new Management.Fleet(
                        "test",
                        at(port),
                        List.of(at(members[0])),
                        file,
                        Optional.empty()),
                ear);
        open.push(carrier);
        return carrier;
    }

    private static ListenAddress at(int port) {
        return new ListenAddress(Ipv4.of("127.0.0.1"), port);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void twoDirectorsWithOneKeyHearEachOther() throws IOException {
        int one = freePort();
        int other = freePort();
        var first = new Heard();
        var second = new Heard();
        var carrier = carrier(first, "a1", one, other);
        carrier.publish("summary/front/d1", "hello".getBytes(UTF_8));
        var late = carrier(second, "a1", other, one);
        await().atMost(JOIN_MAX).untilAsserted(() -> {
            assertThat(late.members()).hasSize(2);
            assertThat(second.values).containsEntry("summary/front/d1", "hello");
        });
        late.publish("summary/front/d2", "here".getBytes(UTF_8));
        await().atMost(JOIN_MAX)
                .untilAsserted(() -> assertThat(first.values).containsEntry("summary/front/d2", "here"));
        assertThat(carrier.trouble()).isEmpty();
        assertThat(first.joins).hasPositiveValue();
    }
}

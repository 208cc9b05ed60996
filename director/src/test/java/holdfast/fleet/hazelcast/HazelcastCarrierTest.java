package holdfast.fleet.hazelcast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import holdfast.conf.Ipv4;
import holdfast.conf.ListenAddress;
import holdfast.conf.Management;
import holdfast.fleet.node.Carrier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
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

    /// A director that publishes its value again whenever somebody has come, as the fleet does.
    private static final class Heard implements Carrier.Ear {
        final Map<String, String> values = new ConcurrentHashMap<>();
        final AtomicReference<@Nullable Runnable> again = new AtomicReference<>();

        @Override
        public void heard(String key, byte[] value) {
            values.put(key, new String(value, UTF_8));
        }

        @Override
        public void joined() {
            var publish = again.get();
            if (publish != null) {
                publish.run();
            }
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /// @param key  two hexadecimal digits, repeated
    private Carrier carrier(Heard ear, String key, String name, int port, int member) throws IOException {
        var file = Files.writeString(folder.resolve("key" + port), key.repeat(32) + "\n");
        var fleet = new Management.Fleet("test", at(port), List.of(at(member)), file, Optional.empty());
        var carrier = HazelcastCarrier.start(fleet, () -> true, ear);
        open.push(carrier);
        ear.again.set(() -> carrier.publish("summary/front/" + name, name.getBytes(UTF_8)));
        ear.joined();
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
    void twoDirectorsWithOneKeyHearEachOtherAndOneIsMissed() throws IOException {
        int one = freePort();
        int other = freePort();
        var first = new Heard();
        var second = new Heard();
        var stays = carrier(first, "a1", "d1", one, other);
        var leaves = carrier(second, "a1", "d2", other, one);
        await().atMost(JOIN_MAX).untilAsserted(() -> {
            assertThat(first.values).containsEntry("summary/front/d2", "d2");
            assertThat(second.values).containsEntry("summary/front/d1", "d1");
        });
        assertThat(stays.trouble()).isEmpty();
        leaves.close();
        await().atMost(JOIN_MAX)
                .untilAsserted(
                        () -> assertThat(stays.trouble()).get().asString().contains("no other director"));
        assertThat(stays.counters()).containsEntry("values-failed", 0L);
    }

    @Test
    void aStrangerWithoutTheKeyNeverJoins() throws IOException {
        int port = freePort();
        var ear = new Heard();
        var carrier = carrier(ear, "a1", "d1", port, freePort());
        await().atMost(JOIN_MAX)
                .untilAsserted(() -> assertThat(carrier.members()).hasSize(1));
        carrier(new Heard(), "b2", "stranger", freePort(), port);
        await().atMost(JOIN_MAX)
                .untilAsserted(() ->
                        assertThat(carrier.trouble()).get().asString().contains("127.0.0.1 was refused: another key"));
        assertThatThrownBy(() -> plainMember(port)).hasMessageContaining("Node failed to start");
        assertThat(carrier.counters().get("links-refused")).isGreaterThan(1);
        assertThat(carrier.members()).hasSize(1);
        assertThat(ear.values).doesNotContainKey("summary/front/stranger").doesNotContainValue("forged");
        assertThat(carrier.counters()).containsEntry("links-proved", 0L);
    }

    /// Hazelcast as it comes, with the name of our cluster, which a stranger can guess.
    private HazelcastInstance plainMember(int port) throws IOException {
        var config = MemberConfig.of(
                new Management.Fleet("test", at(freePort()), List.of(at(port)), Path.of("none"), Optional.empty()),
                "stranger");
        config.setProperty("hazelcast.max.join.seconds", "5");
        var plain = Hazelcast.newHazelcastInstance(config);
        open.push(plain.getLifecycleService()::terminate);
        return plain;
    }

    @Test
    void connectionsThatProveNothingAreFewAndShort() throws Exception {
        int port = freePort();
        var carrier = carrier(new Heard(), "a1", "d1", port, freePort());
        await().atMost(JOIN_MAX)
                .untilAsserted(() -> assertThat(carrier.members()).hasSize(1));
        for (int i = 0; i < 3 * SealedLinks.UNPROVED_MAX; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            open.push(socket);
        }
        assertThat(carrier.counters().get("links-unproved")).isLessThanOrEqualTo(2L * SealedLinks.UNPROVED_MAX);
        await().atMost(JOIN_MAX)
                .untilAsserted(() -> assertThat(carrier.counters()).containsEntry("links-unproved", 0L));
        assertThat(carrier.counters().get("links-refused")).isGreaterThanOrEqualTo(3L * SealedLinks.UNPROVED_MAX);
        assertThat(carrier.members()).hasSize(1);
    }

    @Test
    void itStartsAndEndsAtOnceBesideAMemberThatAcceptsAndNeverAnswers() throws Exception {
        try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var carrier = carrier(new Heard(), "a1", "d1", freePort(), mute.getLocalPort());
            await().atMost(JOIN_MAX)
                    .untilAsserted(() -> assertThat(carrier.members()).hasSize(1));
            long began = System.nanoTime();
            carrier.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void aJavaObjectIsNotDeserialised() throws IOException {
        var plain = plainMember(freePort());
        assertThatThrownBy(() -> {
                    var map = plain.<String, Object>getReplicatedMap("objects");
                    map.put("object", new java.util.concurrent.atomic.AtomicLong(7));
                    map.get("object");
                })
                .isInstanceOf(RuntimeException.class)
                .hasStackTraceContaining("is not allowed");
    }
}

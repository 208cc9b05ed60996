package holdfast.sync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Directors on a link where a stranger listens, records, and sends.
class GateTest {
    static final ClusterKey KEY = key(1);
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String ELSEWHERE = "10.0.0.66";

    private final List<End> ends = new ArrayList<>();
    private final Deque<Sent> wire = new ArrayDeque<>();
    private final List<byte[]> recorded = new ArrayList<>();
    private long now = 1_000_000 * MS;

    private record Sent(End from, byte[] bytes) {}

    static ClusterKey key(int which) {
        return ClusterKey.of(Arrays.copyOf(new byte[] {(byte) which}, ClusterKey.BYTES));
    }

    /// One run of one director.
    private final class End {
        final String address;
        final DatagramSeal seal;
        final Gate<String> gate;
        final List<String> taken = new ArrayList<>();
        final Map<Refused, Integer> refused = new EnumMap<>(Refused.class);
        private final byte[] out = new byte[70_000];

        End(String address, ClusterKeys keys) {
            this.address = address;
            seal = new DatagramSeal(keys, "test");
            gate = new Gate<>(keys, "test", seal, (reason, _) -> refused.merge(reason, 1, Integer::sum), now);
            ends.add(this);
        }

        void use(ClusterKeys keys) {
            seal.use(keys);
            gate.use(keys);
        }

        int refused(Refused reason) {
            return refused.getOrDefault(reason, 0);
        }

        byte[] sealed(boolean isMulticast, String text) {
            byte[] plain = text.getBytes(StandardCharsets.US_ASCII);
            return Arrays.copyOf(out, seal.seal(isMulticast, plain, 0, plain.length, out));
        }

        void multicast(String text) {
            wire.add(new Sent(this, sealed(true, text)));
        }

        void greet() {
            wire.add(new Sent(this, Arrays.copyOf(out, seal.sealHello(gate.hello(now), out))));
        }

        void take(byte[] datagram, String from) {
            int size = gate.open(datagram, 0, datagram.length, out, from, from.equals(address), now);
            for (var held = gate.release(); held != null; held = gate.release()) {
                taken.add(new String(held.bytes(), StandardCharsets.US_ASCII));
            }
            if (size >= 0) {
                taken.add(new String(out, 0, size, StandardCharsets.US_ASCII));
            }
            if (gate.isHelloDue(now)) {
                greet();
            }
        }
    }

    private End start(String address) {
        return start(address, ClusterKeys.of(KEY));
    }

    private End start(String address, ClusterKeys keys) {
        var end = new End(address, keys);
        end.greet();
        return end;
    }

    /// Everything on the wire arrives everywhere, and what it causes too.
    private void settle() {
        for (int i = 0; !wire.isEmpty(); i++) {
            assertThat(i).as("hellos that cause hellos for ever").isLessThan(10_000);
            Sent next = wire.remove();
            recorded.add(next.bytes());
            ends.forEach(end -> end.take(next.bytes(), next.from().address));
        }
    }

    private void later(long ms) {
        for (long until = now + ms * MS; now < until; now += 50 * MS) {
            ends.forEach(end -> {
                end.gate.turn(now);
                if (end.gate.isHelloDue(now)) {
                    end.greet();
                }
            });
            settle();
        }
    }

    @Test
    void twoThatMeetAreProvedAfterFourHellosAndThenTakeEachOthersDatagrams() {
        End a = start("a");
        settle();
        recorded.clear();
        End b = start("b");
        settle();
        assertThat(recorded).hasSizeLessThanOrEqualTo(4);
        assertThat(a.gate.isSettled(now)).isTrue();
        assertThat(b.gate.isSettled(now)).isTrue();
        a.multicast("from a");
        b.multicast("from b");
        settle();
        assertThat(a.taken).containsExactly("from b");
        assertThat(b.taken).containsExactly("from a");
        assertThat(a.refused)
                .as("its own datagrams that come back are no strangers'")
                .containsOnlyKeys(Refused.UNPROVEN);
    }

    @Test
    void threeThatStartAtOnceMeetToo() {
        List.of("a", "b", "c").forEach(this::start);
        settle();
        later(100);
        for (End end : List.copyOf(ends)) {
            assertThat(end.gate.isSettled(now)).as(end.address).isTrue();
            end.multicast("from " + end.address);
        }
        settle();
        assertThat(ends.getFirst().taken).containsExactly("from b", "from c");
    }

    @Test
    void everyHelloMayBeLostButTheLast() {
        End a = start("a");
        End b = start("b");
        for (int i = 0; i < 7; i++) {
            wire.clear();
            now += 50 * MS;
            ends.forEach(end -> end.gate.turn(now));
        }
        later(1000);
        assertThat(a.gate.isSettled(now)).isTrue();
        assertThat(b.gate.isSettled(now)).isTrue();
    }

    @Test
    void eachDatagramIsTakenOnce() {
        End a = start("a");
        End b = start("b");
        settle();
        byte[] multicast = a.sealed(true, "m");
        byte[] unicast = a.sealed(false, "u");
        for (int i = 0; i < 3; i++) {
            b.take(multicast, "a");
            b.take(unicast, ELSEWHERE);
        }
        assertThat(b.taken).containsExactly("m", "u");
        assertThat(b.refused).containsEntry(Refused.REPLAYED, 4);
    }

    @Test
    void whatComesOutOfOrderIsTakenWithinTheWindow() {
        End a = start("a");
        End b = start("b");
        settle();
        byte[] oldest = a.sealed(true, "too old");
        var sealed = new ArrayList<byte[]>();
        for (int i = 0; i < 16_384; i++) {
            sealed.add(a.sealed(true, "m" + i));
        }
        sealed.reversed().forEach(each -> b.take(each, "a"));
        assertThat(b.taken).hasSize(16_384);
        b.take(oldest, "a");
        assertThat(b.taken).hasSize(16_384);
    }

    /// The peer's session lives on, and what it sealed lies within a window.
    @Test
    void aRecordingFromBeforeOurStartIsRefusedAlsoOfAPeerThatLivesOn() {
        End a = start("a");
        End b = start("b");
        settle();
        a.multicast("old");
        recorded.clear();
        settle();
        var old = List.copyOf(recorded);
        ends.remove(b);
        End again = start("b");
        old.forEach(each -> again.take(each, "a"));
        later(100);
        old.forEach(each -> again.take(each, "a"));
        assertThat(again.gate.isSettled(now)).isTrue();
        a.multicast("new");
        settle();
        old.forEach(each -> again.take(each, "a"));
        assertThat(again.taken).containsExactly("new");
        assertThat(again.refused).containsEntry(Refused.REPLAYED, 2).containsKey(Refused.UNPROVEN);
    }

    @Test
    void aRecordingOfAnEarlierRunProvesNothing() {
        End a = start("a");
        start("b");
        settle();
        a.multicast("old");
        later(2000);
        ends.clear();
        End again = start("b");
        settle();
        var all = List.copyOf(recorded);
        for (int i = 0; i < 3; i++) {
            all.forEach(each -> again.take(each, "a"));
            wire.clear();
        }
        assertThat(again.taken).isEmpty();
        assertThat(again.gate.isSettled(now)).isFalse();
    }

    @Test
    void whatComesBeforeTheProofWaitsForIt() {
        End a = start("a");
        settle();
        End b = start("b");
        var hello = wire.remove();
        a.take(hello.bytes(), "b");
        var answer = wire.remove(); // b hears a, and proves itself with its next hello
        b.take(answer.bytes(), "a");
        byte[] early = b.sealed(false, "overtakes the hello");
        a.take(early, "b");
        assertThat(a.taken).isEmpty();
        settle();
        assertThat(a.taken).containsExactly("overtakes the hello");
    }

    @Test
    void whatWaitsIsBoundedAndCounted() {
        End a = start("a");
        End b = new End("b", ClusterKeys.of(KEY));
        ends.remove(b);
        b.greet();
        var hello = wire.removeLast();
        a.take(hello.bytes(), "b");
        int refusedBefore = a.refused(Refused.UNPROVEN);
        for (int i = 0; i < 1000; i++) {
            a.take(b.sealed(true, "x".repeat(20_000)), "b");
        }
        now += 10_000 * MS;
        a.gate.turn(now);
        assertThat(a.refused(Refused.UNPROVEN) - refusedBefore).isEqualTo(1000);
    }

    @Test
    void strangersChangeNothing() {
        End a = start("a");
        End b = start("b");
        settle();
        var stranger = new End("s", ClusterKeys.of(key(9)));
        ends.remove(stranger);
        for (int i = 0; i < 1000; i++) {
            byte[] forged = b.sealed(true, "x");
            forged[Datagram.HEADER_BYTES + i % 17] ^= 1;
            a.take(forged, ELSEWHERE);
            byte[] elsewhere = b.sealed(true, "x");
            elsewhere[12 + i % 16] ^= 1; // another session
            a.take(elsewhere, ELSEWHERE);
            byte[] hello = Arrays.copyOf(b.out, b.seal.sealHello(b.gate.hello(now), b.out));
            hello[12 + i % 16] ^= 1;
            a.take(hello, ELSEWHERE);
            a.take(stranger.sealed(false, "x"), ELSEWHERE);
            a.take(
                    "GET / HTTP/1.1\r\nHost: nowhere.example.org\r\nAccept: */*\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII),
                    ELSEWHERE);
            wire.clear();
        }
        assertThat(a.taken).isEmpty();
        assertThat(a.refused)
                .containsEntry(Refused.BAD_SEAL, 2000)
                .containsEntry(Refused.UNKNOWN_KEY, 1000)
                .containsEntry(Refused.NOT_SEALED, 1000);
        b.multicast("still heard");
        settle();
        assertThat(a.taken).containsExactly("still heard");
    }

    @Test
    void ourOwnDatagramsFromElsewhereAreARecording() {
        End a = start("a");
        byte[] own = a.sealed(true, "own");
        a.take(own, "a");
        assertThat(a.refused).isEmpty();
        a.take(own, ELSEWHERE);
        assertThat(a.refused).containsEntry(Refused.REPLAYED, 1);
        assertThat(a.taken).isEmpty();
    }

    @Test
    void manyRestartsMakeEverybodyProveHimselfAnewAndNoRecordingCounts() {
        End a = start("a");
        for (int i = 0; i < 2 * Gate.PROVED_MAX + 3; i++) {
            End b = start("b");
            later(100);
            b.multicast("from " + i);
            settle();
            ends.remove(b);
        }
        assertThat(a.taken).hasSize(2 * Gate.PROVED_MAX + 3).doesNotHaveDuplicates();
        var everything = List.copyOf(recorded);
        everything.forEach(each -> a.take(each, "b"));
        assertThat(a.taken).hasSize(2 * Gate.PROVED_MAX + 3);
    }

    @Test
    void hellosThatAreAskedForAreBounded() {
        End a = start("a");
        End b = start("b");
        settle();
        wire.clear();
        byte[] unknown = b.sealed(true, "x");
        unknown[12] ^= 1;
        for (int i = 0; i < 1000; i++, now += MS) {
            a.take(unknown, ELSEWHERE);
        }
        assertThat(wire).hasSizeBetween(1, (int) (1000 * MS / Gate.HELLO_MIN_INTERVAL) + Gate.HELLOS_MAX);
    }

    @Test
    void aKeyIsReplacedInThreeStepsWithoutALoss() {
        ClusterKey fresh = key(2);
        End a = start("a");
        End b = start("b");
        settle();
        var steps = List.of(ClusterKeys.of(KEY, fresh), ClusterKeys.of(fresh, KEY), ClusterKeys.of(fresh));
        int sent = 0;
        for (ClusterKeys step : steps) {
            for (End end : List.of(a, b)) {
                end.use(step);
                a.multicast("a" + sent);
                b.multicast("b" + sent++);
                settle();
            }
        }
        assertThat(a.taken).hasSize(sent);
        assertThat(b.taken).hasSize(sent);
        assertThat(a.refused).containsOnlyKeys(Refused.UNPROVEN);
        End late = start("c");
        later(1000);
        assertThat(late.refused).containsKey(Refused.UNKNOWN_KEY);
        assertThat(late.gate.isSettled(now)).isFalse();
    }

    @Test
    void aDatagramOfAnotherClusterDoesNotOpen() {
        End a = start("a");
        var other = new DatagramSeal(ClusterKeys.of(KEY), "another");
        byte[] out = new byte[100];
        a.take(Arrays.copyOf(out, other.sealHello(new byte[16], out)), ELSEWHERE);
        assertThat(a.refused).containsExactly(Map.entry(Refused.BAD_SEAL, 1));
    }
}

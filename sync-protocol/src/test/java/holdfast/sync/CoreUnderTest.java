package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// One core with tables of its own, and what a test lets it hear and sees it send.
abstract class CoreUnderTest {
    static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    static final MemberId SELF = new MemberId("a", new UUID(1, 2));
    static final MemberId PEER = new MemberId("b", new UUID(3, 4));
    static final MemberId THIRD = new MemberId("c", new UUID(5, 6));
    static final Word SAYS = new Word(
            Standing.STANDBY,
            0,
            java.util.Map.of(),
            List.of("warming"),
            List.of(),
            List.of("198.51.100.0/24"),
            List.of(),
            5,
            java.util.Optional.of(new TableSize(750, 20)));

    static final ByteBuffer STEP = ByteBuffer.wrap(new byte[] {1, 2, 3});

    final ModelTables tables = new ModelTables(256, 256);
    long now = 1000 * MS;
    final SyncCore core = new SyncCore(SELF, ConfigVersion.ofFile("config"), Whereabouts.NONE, tables, now);
    final List<SyncEffect> effects = new ArrayList<>();
    long counter;

    void equalStandby() {
        tables.promote(1, now);
        core.active(1, now);
        hear(PEER, hello());
        tables.checkpoint();
        turn();
        hear(PEER, new SyncMessage.Ack(1, 1, 0, SyncState.EQUAL, true));
        turn();
        assertThat(peer().state()).isEqualTo(SyncState.EQUAL);
        assertThat(peer().unsyncedConnections()).hasValue(0);
    }

    Hellos hello() {
        return hello(now);
    }

    Hellos hello(long stamp) {
        return Hellos.standby(stamp, SELF, now);
    }

    void hear(MemberId from, Hellos hello) {
        hear(from, hello, Hellos.Via.INTERCONNECT);
    }

    void hear(MemberId from, Hellos hello, Origin via) {
        receive(from, ++counter, hello.message(), via);
    }

    void hear(MemberId from, SyncMessage message) {
        receive(from, ++counter, message, Hellos.Via.INTERCONNECT);
    }

    void receive(MemberId from, long number, SyncMessage message, Origin via) {
        core.received(from, number, message, via, now);
        take();
    }

    void turn() {
        core.turn(now);
        take();
    }

    void later(long millis) {
        now += millis * MS;
        turn();
    }

    void take() {
        effects.addAll(core.takeEffects());
    }

    SyncStatus.Peer peer() {
        return core.status(0, now).peers().getFirst();
    }

    long refused(Refused reason) {
        return core.status(0, now).counters().refused().getOrDefault(reason, -1L);
    }

    List<SyncMessage.Hello> hellos() {
        return effects.stream()
                .filter(SyncEffect.Multicast.class::isInstance)
                .map(effect -> ((SyncEffect.Multicast) effect).message())
                .filter(SyncMessage.Hello.class::isInstance)
                .map(SyncMessage.Hello.class::cast)
                .toList();
    }

    SyncMessage.Hello lastHello() {
        return hellos().getLast();
    }

    List<Word> words() {
        return effects.stream()
                .filter(SyncEffect.WordHeard.class::isInstance)
                .map(effect -> ((SyncEffect.WordHeard) effect).word())
                .toList();
    }

    List<String> warnings() {
        return effects.stream()
                .filter(SyncEffect.Warn.class::isInstance)
                .map(effect -> ((SyncEffect.Warn) effect).text())
                .toList();
    }

    List<Integer> higherTerms() {
        return effects.stream()
                .filter(SyncEffect.HigherTerm.class::isInstance)
                .map(effect -> ((SyncEffect.HigherTerm) effect).term())
                .toList();
    }

    List<ByteBuffer> arrived() {
        return effects.stream()
                .filter(SyncEffect.HandoverArrived.class::isInstance)
                .map(effect -> ((SyncEffect.HandoverArrived) effect).step())
                .toList();
    }

    List<SyncEffect.Unicast> unicasts() {
        return effects.stream()
                .filter(SyncEffect.Unicast.class::isInstance)
                .map(SyncEffect.Unicast.class::cast)
                .toList();
    }

    <T extends SyncMessage> List<T> sent(Class<T> kind) {
        return unicasts().stream()
                .map(SyncEffect.Unicast::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}

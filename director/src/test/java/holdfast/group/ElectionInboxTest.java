package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.forward.Links;
import holdfast.sync.Whereabouts;
import holdfast.vip.ElectionEvents;
import holdfast.vip.GroupLinks;
import holdfast.vip.HandoverCodec;
import holdfast.vip.HandoverMessage;
import holdfast.vip.PeerWord;
import holdfast.vip.Standing;
import holdfast.worker.LinkState;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ElectionInboxTest {
    private static final long OURS = 0x02_00_00_00_01_01L;
    private static final long THEIRS = 0x02_00_00_00_01_02L;
    private static final long SECOND = 1_000_000_000;
    private static final long A_STRANGERS = 0x02_00_00_00_01_66L;

    private static final Links LINKS = new Links(List.of(new Links.Link("front", 2, OURS, 1500, 1, Links.State.UP)));

    private long now = 70 * SECOND;

    @Test
    void bytesThatAreNoStepOfAHandoverAreRefused() {
        var inbox = new ElectionInbox("front", LINKS, () -> now);
        var step = HandoverCodec.encode(new HandoverMessage(HandoverMessage.Kind.PREPARE, 1, 2, 0, 0, ""));
        assertThat(inbox.handover("d2", step)).isTrue();
        assertThat(inbox.handover("d2", step.duplicate().limit(5))).isFalse();
    }

    @Test
    void aNewFaultOfALinkReachesTheElectionOnceAndSoDoesItsEnd() {
        var inbox = new ElectionInbox("front", LINKS, () -> now);
        var heard = new ArrayList<List<String>>();
        inbox.start((ElectionEvents) Proxy.newProxyInstance(
                ElectionEvents.class.getClassLoader(),
                new Class<?>[] {ElectionEvents.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("links")) {
                        heard.add(((GroupLinks) arguments[0]).faults());
                    }
                    return null;
                }));
        heard.clear();
        inbox.links(state("front has no carrier"));
        inbox.links(state("front has no carrier"));
        inbox.links(state());
        assertThat(heard).containsExactly(List.of("front has no carrier"), List.of());
    }

    private static LinkState state(String... faults) {
        return new LinkState(LINKS, List.of(faults), List.of(), List.of(), List.of());
    }

    /// Both are active for a moment after a split, and each announces the addresses again.
    @Test
    void anAnnouncementOfAnotherDirectorIsNoTheft() {
        var inbox = new ElectionInbox("front", LINKS, () -> now);
        assertThat(inbox.isOfPeer(THEIRS)).isFalse();
        inbox.peerWord(
                new Whereabouts(1, 100, Map.of("192.0.2.10", THEIRS)),
                new PeerWord("d2", 1, 100, Standing.ACTIVE, 0, 0, 5, 0));
        assertThat(inbox.isOfPeer(A_STRANGERS)).isFalse();
        now += SECOND;
        assertThat(inbox.isOfPeer(THEIRS)).isTrue();
        now += SECOND;
        assertThat(inbox.isOfPeer(THEIRS))
                .as("one that speaks no more, or under another key")
                .isFalse();
    }
}

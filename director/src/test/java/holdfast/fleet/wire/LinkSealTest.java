package holdfast.fleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkSealTest {
    private static final ClusterKey A = key(1);
    private static final ClusterKey B = key(2);
    private static final ClusterKey C = key(3);

    private final SecureRandom dice = new SecureRandom();
    private LinkSeal.Both client;
    private LinkSeal.Both server;

    private static ClusterKey key(int value) {
        var bytes = new byte[ClusterKey.BYTES];
        Arrays.fill(bytes, (byte) value);
        return ClusterKey.of(bytes);
    }

    @BeforeEach
    void join() throws Refused {
        join(ClusterKeys.of(A), ClusterKeys.of(A));
    }

    private void join(ClusterKeys ofClient, ClusterKeys ofServer) throws Refused {
        var one = new LinkSeal(ofClient, "north", true, dice);
        var other = new LinkSeal(ofServer, "north", false, dice);
        client = one.join(other.hello());
        server = other.join(one.hello());
    }

    private static byte[] sealed(LinkSeal.Sealer sealer, String text) {
        var out = ByteBuffer.allocate(1000);
        sealer.seal(ByteBuffer.wrap(text.getBytes(UTF_8)), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static String opened(LinkSeal.Opener opener, byte[] record) throws Refused {
        var in = ByteBuffer.wrap(record);
        int length = LinkSeal.Opener.length(in.getInt());
        Refused.unless(length <= in.remaining(), "more is to come, which never comes");
        var out = ByteBuffer.allocate(LinkSeal.CONTENT_MAX);
        opener.open(in.slice(in.position(), length), out);
        return new String(out.array(), 0, out.position(), UTF_8);
    }

    @Test
    void eachSideOpensWhatTheOtherSealed() throws Refused {
        assertThat(opened(server.in(), sealed(client.out(), "one"))).isEqualTo("one");
        assertThat(opened(server.in(), sealed(client.out(), "two"))).isEqualTo("two");
        assertThat(opened(client.in(), sealed(server.out(), "three"))).isEqualTo("three");
        assertThat(new String(sealed(client.out(), "plain to see"), UTF_8)).doesNotContain("plain");
    }

    @Test
    void aRecordWithAnyBitChangedDoesNotOpen() throws Refused {
        int length = sealed(client.out(), "hello").length;
        for (int bit = 0; bit < 8 * length; bit++) {
            join();
            var record = sealed(client.out(), "hello");
            record[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> opened(server.in(), record))
                    .as("bit %d", bit)
                    .isInstanceOf(Refused.class);
        }
    }

    @Test
    void aRecordThatIsCutOffRepeatedLeftOutOrMovedDoesNotOpen() throws Refused {
        var first = sealed(client.out(), "first");
        var second = sealed(client.out(), "second");
        assertThatThrownBy(() -> opened(server.in(), Arrays.copyOf(first, first.length - 1)))
                .isInstanceOf(Refused.class);
        join();
        var one = sealed(client.out(), "one");
        opened(server.in(), one);
        assertThatThrownBy(() -> opened(server.in(), one)).isInstanceOf(Refused.class);
        join();
        sealed(client.out(), "left out");
        var next = sealed(client.out(), "next");
        assertThatThrownBy(() -> opened(server.in(), next)).isInstanceOf(Refused.class);
        join();
        assertThatThrownBy(() -> opened(server.in(), second)).isInstanceOf(Refused.class);
    }

    @Test
    void aSideDoesNotOpenItsOwnRecordsSentBack() throws Refused {
        var record = sealed(client.out(), "hello");
        assertThatThrownBy(() -> opened(client.in(), record)).isInstanceOf(Refused.class);
    }

    @Test
    void aRecordedConnectionCannotBePlayedToAnotherServer() throws Refused {
        var one = new LinkSeal(ClusterKeys.of(A), "north", true, dice);
        var hello = one.hello();
        var recorded = sealed(
                one.join(new LinkSeal(ClusterKeys.of(A), "north", false, dice).hello())
                        .out(),
                "hello");
        var later = new LinkSeal(ClusterKeys.of(A), "north", false, dice).join(hello);
        assertThatThrownBy(() -> opened(later.in(), recorded)).isInstanceOf(Refused.class);
    }

    @Test
    void anotherSiteWithTheSameKeyDoesNotOpen() throws Refused {
        var one = new LinkSeal(ClusterKeys.of(A), "north", true, dice);
        var other = new LinkSeal(ClusterKeys.of(A), "south", false, dice);
        var record = sealed(one.join(other.hello()).out(), "hello");
        assertThatThrownBy(() -> opened(other.join(one.hello()).in(), record)).isInstanceOf(Refused.class);
    }

    @Test
    void whileAKeyIsReplacedAnyCommonKeyServes() throws Refused {
        join(new ClusterKeys(java.util.List.of(A, B)), new ClusterKeys(java.util.List.of(C, B)));
        assertThat(opened(server.in(), sealed(client.out(), "hello"))).isEqualTo("hello");
        assertThatThrownBy(() -> join(ClusterKeys.of(A), ClusterKeys.of(B)))
                .isInstanceOf(Refused.class)
                .hasMessage("another key");
    }

    @Test
    void aHelloThatIsNoneIsRefused() {
        var other = new LinkSeal(ClusterKeys.of(A), "north", false, dice);
        assertThatThrownBy(() -> other.join(new byte[LinkSeal.HELLO_BYTES])).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> LinkSeal.Opener.length(Integer.MAX_VALUE)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> LinkSeal.Opener.length(-1)).isInstanceOf(Refused.class);
    }
}

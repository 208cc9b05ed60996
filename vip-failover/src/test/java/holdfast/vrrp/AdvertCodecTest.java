package holdfast.vrrp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.conf.Configuration.AdvertChecksum;
import holdfast.conf.Ipv4;
import holdfast.vrrp.AdvertCodec.Accepted;
import holdfast.vrrp.AdvertCodec.Received;
import holdfast.vrrp.AdvertCodec.Refusal;
import holdfast.vrrp.AdvertCodec.Refused;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Golden vectors are captures: VRRP-REF 1.5.
class AdvertCodecTest {
    private static final String G_1 = "31 4e c8 01 00 64 10 bc 0a 4e 00 64";
    private static final String G_2 = "31 4e c8 01 00 64 fb 99 0a 4e 00 64";
    private static final String G_3 = "31 4e 00 01 00 64 d8 bc 0a 4e 00 64";
    private static final String G_4 = "31 4e 00 01 00 64 c3 9a 0a 4e 00 64";
    private static final String G_9 = "45 c0 00 20 00 01 00 00 ff 70 d0 4b 0a 4e 00 01 e0 00 00 12";

    private static final int SENDER = Ipv4.of("10.78.0.1").bits();
    private static final int RECEIVER = Ipv4.of("10.78.0.2").bits();
    private static final int VIP = Ipv4.of("10.78.0.100").bits();
    private static final Vrrp.Advert ADVERT = new Vrrp.Advert(200, 1_000_000_000, SENDER);

    private final AdvertCodec receiver = codec(RECEIVER, AdvertChecksum.PSEUDO_HEADER);

    @Test
    void goldenVectorsAreEncoded() {
        assertThat(codec(SENDER, AdvertChecksum.PSEUDO_HEADER).encode(200)).isEqualTo(hex(G_1));
        assertThat(codec(SENDER, AdvertChecksum.RFC9568).encode(200)).isEqualTo(hex(G_2));
        assertThat(codec(SENDER, AdvertChecksum.PSEUDO_HEADER).encode(0)).isEqualTo(hex(G_3));
        assertThat(codec(SENDER, AdvertChecksum.RFC9568).encode(0)).isEqualTo(hex(G_4));
    }

    @Test
    void bothChecksumFormsAreAcceptedAndReported() {
        assertThat(receiver.decode(packet(G_1)))
                .isEqualTo(new Accepted(ADVERT, List.of(VIP), AdvertChecksum.PSEUDO_HEADER));
        assertThat(receiver.decode(packet(G_2))).isEqualTo(new Accepted(ADVERT, List.of(VIP), AdvertChecksum.RFC9568));
    }

    @Test
    void resignationsAreAccepted() {
        var resignation = new Vrrp.Advert(0, 1_000_000_000, SENDER);
        assertThat(receiver.decode(packet(G_3)))
                .isEqualTo(new Accepted(resignation, List.of(VIP), AdvertChecksum.PSEUDO_HEADER));
        assertThat(receiver.decode(packet(G_4)))
                .isEqualTo(new Accepted(resignation, List.of(VIP), AdvertChecksum.RFC9568));
    }

    @Test
    void anyFlippedBitOfTheMessageIsRefused() {
        for (var message : List.of(G_1, G_2, G_3, G_4)) {
            for (int bit = 0; bit < 12 * 8; bit++) {
                var packet = packet(message);
                packet[20 + bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(receiver.decode(packet))
                        .as("%s bit %d", message, bit)
                        .isInstanceOf(Refused.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {254, 64, 1, 0})
    void aTtlOtherThan255IsRefused(int ttl) {
        assertRefused(Refusal.TTL, packet -> packet[8] = (byte) ttl);
    }

    @Test
    void eachHeaderFieldThatIsWrongHasItsOwnReason() {
        assertRefused(Refusal.NOT_IPV4, packet -> packet[0] = 0x65);
        assertRefused(Refusal.NOT_IPV4, packet -> packet[0] = 0x44);
        assertRefused(Refusal.NOT_IPV4, packet -> packet[3] = 33);
        assertRefused(Refusal.PROTOCOL, packet -> packet[9] = 17);
        assertRefused(Refusal.FRAGMENT, packet -> packet[6] = 0x20);
        assertRefused(Refusal.DESTINATION, packet -> packet[16] = 10);
        assertRefused(Refusal.CHECKSUM, packet -> packet[26]++);
    }

    @Test
    void otherVersionsAndTypesAreRefused() {
        assertThat(receiver.decode(packet("21 4e c8 01 00 01 0b fd 0a 4e 00 64 00 00 00 00 00 00 00 00")))
                .isEqualTo(new Refused(Refusal.VERSION));
        for (int type : new int[] {0, 2, 15}) {
            assertRefused(Refusal.TYPE, packet -> packet[20] = (byte) (0x30 | type));
        }
    }

    @Test
    void aCarpAdvertIsCountedAsSuch() {
        var carp = new byte[56];
        System.arraycopy(packet(G_1), 0, carp, 0, 20);
        carp[3] = 56;
        carp[20] = 0x21;
        carp[23] = 7;
        assertThat(receiver.decode(carp)).isEqualTo(new Refused(Refusal.CARP));
    }

    @Test
    void noAddressesOrNoIntervalIsRefused() {
        assertThat(receiver.decode(packet("31 4e c8 00 00 64 06 4d"))).isEqualTo(new Refused(Refusal.COUNT));
        assertThat(receiver.decode(packet("31 4e c8 01 00 00 fb fd 0a 4e 00 64")))
                .isEqualTo(new Refused(Refusal.INTERVAL));
    }

    @Test
    void anotherRoutersAdvertsAreRefused() {
        assertThat(receiver.decode(packet("31 4f c8 01 00 64 fb 98 0a 4e 00 64")))
                .isEqualTo(new Refused(Refusal.OTHER_VRID));
    }

    @Test
    void anAdvertFromOurOwnAddressIsRefused() {
        assertThat(codec(SENDER, AdvertChecksum.RFC9568).decode(packet(G_1)))
                .isEqualTo(new Refused(Refusal.OWN_ADDRESS));
    }

    @Test
    void reservedBitsAreIgnored() {
        assertThat(receiver.decode(packet("31 4e c8 01 f0 64 0b 99 0a 4e 00 64")))
                .isEqualTo(new Accepted(ADVERT, List.of(VIP), AdvertChecksum.RFC9568));
    }

    @Test
    void everyLengthIsEitherAcceptedOrRefusedButNeverReadBeyondItsEnd() {
        var random = new Random(6);
        for (int length = 0; length <= 64; length++) {
            for (int i = 0; i < 50; i++) {
                var noise = new byte[length];
                random.nextBytes(noise);
                receiver.decode(noise);
                var message = new byte[length];
                random.nextBytes(message);
                if (length > 3) {
                    message[0] = 0x31;
                }
                assertThat(receiver.decode(
                                packet(HexFormat.of().withDelimiter(" ").formatHex(message))))
                        .isInstanceOf(Refused.class);
            }
        }
    }

    @Test
    void aCountBeyondTheMessageIsRefused() {
        assertThat(receiver.decode(packet("31 4e c8 02 00 64 fb 98 0a 4e 00 64")))
                .isEqualTo(new Refused(Refusal.LENGTH));
    }

    @Test
    void ethernetPaddingIsIgnoredButTrailingBytesInsideThePacketAreNot() {
        var padded = Arrays.copyOf(packet(G_1), 46);
        assertThat(receiver.decode(padded)).isInstanceOf(Accepted.class);
        assertThat(receiver.decode(packet(G_1 + " 00 00 00 00 00 00 00 00"))).isEqualTo(new Refused(Refusal.LENGTH));
    }

    @Test
    void ipOptionsAreSteppedOver() {
        var options = new byte[36];
        var packet = packet(G_1);
        System.arraycopy(packet, 0, options, 0, 20);
        System.arraycopy(packet, 20, options, 24, 12);
        options[0] = 0x46;
        options[3] = 36;
        options[20] = 1;
        assertThat(receiver.decode(options)).isInstanceOf(Accepted.class);
    }

    @Test
    void whatIsEncodedIsDecodedForRandomRouters() {
        var random = new Random(42);
        for (int i = 0; i < 500; i++) {
            var addresses = random.ints(1 + random.nextInt(8)).boxed().toList();
            int vrid = 1 + random.nextInt(255);
            long interval = (1 + random.nextInt(4095)) * 10_000_000L;
            var form = random.nextBoolean() ? AdvertChecksum.RFC9568 : AdvertChecksum.PSEUDO_HEADER;
            int source = random.nextInt();
            int priority = random.nextInt(256);
            var sender = new AdvertCodec(vrid, interval, source, addresses, form);
            var other = new AdvertCodec(vrid, interval, ~source, addresses, form);
            assertThat(other.decode(packet(sender.encode(priority), source)))
                    .isEqualTo(new Accepted(new Vrrp.Advert(priority, interval, source), addresses, form));
        }
    }

    @Test
    void anIntervalThatTheFieldCannotHoldIsNotOurs() {
        assertThatThrownBy(() -> codec(40_960_000_000L)).hasMessageContaining("40.95 s");
        assertThatThrownBy(() -> codec(0)).hasMessageContaining("10 ms");
        assertThatThrownBy(() -> codec(15_000_000)).hasMessageContaining("multiple of 10 ms");
        assertThat(codec(40_950_000_000L).encode(1)).startsWith(0x31, 78, 1, 1, 0x0f, 0xff);
    }

    private static AdvertCodec codec(int source, AdvertChecksum form) {
        return new AdvertCodec(78, 1_000_000_000, source, List.of(VIP), form);
    }

    private static AdvertCodec codec(long interval) {
        return new AdvertCodec(78, interval, SENDER, List.of(VIP), AdvertChecksum.RFC9568);
    }

    private void assertRefused(Refusal reason, Consumer<byte[]> change) {
        var packet = packet(G_1);
        change.accept(packet);
        Received received = receiver.decode(packet);
        assertThat(received).isEqualTo(new Refused(reason));
    }

    private static byte[] packet(String message) {
        return packet(hex(message), SENDER);
    }

    private static byte[] packet(byte[] message, int source) {
        var packet = ByteBuffer.allocate(20 + message.length);
        packet.put(hex(G_9)).putShort(2, (short) packet.capacity()).putInt(12, source);
        return packet.put(message).array();
    }

    private static byte[] hex(String text) {
        return text.isEmpty() ? new byte[0] : HexFormat.of().withDelimiter(" ").parseHex(text);
    }
}

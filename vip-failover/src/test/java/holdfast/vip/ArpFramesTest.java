package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ArpFramesTest {
    private static final long MAC = 0x0200_0078_0001L;
    private static final int VIP = Ipv4.of("10.78.0.100").bits();

    /// VRRP-REF 1.5, G-10: a capture of keepalived's.
    @Test
    void theRequestFormIsTheOneThatKeepalivedSends() {
        assertThat(ArpFrames.gratuitousRequest(MAC, VIP))
                .isEqualTo(hex("ffffffffffff 020000780001 0806 0001 0800 06 04 0001"
                        + " 020000780001 0a4e0064 ffffffffffff 0a4e0064"));
    }

    @Test
    void theReplyFormHasTheSendersMacAsItsTarget() {
        assertThat(ArpFrames.gratuitousReply(MAC, VIP))
                .isEqualTo(hex("ffffffffffff 020000780001 0806 0001 0800 06 04 0002"
                        + " 020000780001 0a4e0064 020000780001 0a4e0064"));
    }

    @Test
    void anAnswerGoesToWhoAskedOnly() {
        assertThat(ArpFrames.answer(
                        MAC, VIP, 0x0200_0078_00feL, Ipv4.of("10.78.0.254").bits()))
                .isEqualTo(hex("0200007800fe 020000780001 0806 0001 0800 06 04 0002"
                        + " 020000780001 0a4e0064 0200007800fe 0a4e00fe"));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}

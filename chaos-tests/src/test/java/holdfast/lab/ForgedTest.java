package holdfast.lab;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForgedTest {
    private static final long MAC = 0x0200_0000_0166L;

    @Test
    void advertIsRightToTheByte() {
        var advert = Forged.advert(MAC, Ipv4.of("192.0.2.66"), 51, 254, 100, List.of(Ipv4.of("192.0.2.77")));
        assertThat(HexFormat.of().formatHex(advert))
                .isEqualTo("01005e000012" + "020000000166" + "0800"
                        + "45c0002000000000ff701859" + "c0000242" + "e0000012"
                        + "3133fe0100640e19" + "c000024d");
    }

    @Test
    void gratuitousArpIsRightToTheByte() {
        assertThat(HexFormat.of().formatHex(Forged.gratuitousArp(MAC, Ipv4.of("192.0.2.10"))))
                .isEqualTo("ffffffffffff" + "020000000166" + "0806" + "0001080006040001" + "020000000166" + "c000020a"
                        + "000000000000" + "c000020a");
    }

    @Test
    void synIsRightToTheByte() {
        var vip = Ipv4.of("192.0.2.10");
        var syn = Forged.syn(0x0200_0000_0101L, MAC, Ipv4.of("192.0.2.66"), vip, 80);
        assertThat(HexFormat.of().formatHex(syn))
                .isEqualTo("020000000101" + "020000000166" + "0800"
                        + "4500002800000000ff063783" + "c0000242" + "c000020a"
                        + "04010050" + "00000001" + "00000000" + "5002ffff" + "2744" + "0000");
        assertThat(Forged.from(Ipv4.of("192.0.2.66"), syn.clone())).isEqualTo(syn);
    }
}

package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VlanTagTest {
    private static final HexFormat HEX = HexFormat.of().withDelimiter(" ");

    private final long at = Memory.allocate(4096) + 16;

    @AfterEach
    void free() {
        Memory.free(at - 16, 4096);
    }

    @Test
    void theTagStandsBetweenTheMacsAndTheEtherType() {
        put("00 00 00 00 00 00 00 00 00 00", "02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00");
        long moved = VlanTag.insert(at, VlanTag.DOT1Q, (short) 0x2005);
        assertThat(moved).isEqualTo(at - 4);
        assertThat(hex(moved, 10)).isEqualTo("00 00 00 00 00 00 00 00 00 00");
        assertThat(hex(moved + 10, 20)).isEqualTo("02 00 00 00 00 01 02 00 00 00 00 02 81 00 20 05 08 00 45 00");
    }

    @Test
    void whatTheMetadataCountsFromTheStartOfTheFrameMovesAlong() {
        // NEEDS_CSUM, TCPv4, hdr_len 54, gso_size 1448, csum_start 34, csum_offset 16
        put("01 01 36 00 a8 05 22 00 10 00", "02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00");
        long moved = VlanTag.insert(at, (short) 0x88a8, (short) 7);
        assertThat(hex(moved, 10)).isEqualTo("01 01 3a 00 a8 05 26 00 10 00");
        assertThat(hex(moved + 22, 4)).isEqualTo("88 a8 00 07");
    }

    private void put(String metadata, String frame) {
        Memory.put(at, HEX.parseHex(metadata));
        Memory.put(at + 10, HEX.parseHex(frame));
    }

    private static String hex(long address, int length) {
        return HEX.formatHex(Memory.bytes(address, length));
    }
}

package holdfast.lab;

import static holdfast.lab.Checksums.Verdict.ABSENT;
import static holdfast.lab.Checksums.Verdict.COMPLETE;
import static holdfast.lab.Checksums.Verdict.NONE;
import static holdfast.lab.Checksums.Verdict.PARTIAL;
import static holdfast.lab.Checksums.Verdict.WRONG;
import static holdfast.lab.Checksums.Verdict.WRONG_HEADER;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Checksums.Verdict;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The negative controls of the audit: it must find every damage that a director could do to a frame.
final class ChecksumsTest {
    /// 198.51.100.7:40000 to 192.0.2.10:80, four bytes of data; the checksums were computed
    /// elsewhere from RFC 1071, not by the code that is tested.
    private static final String TCP = "020000000101 0200000001fe 0800 "
            + "4500002c 00014000 4006 4e86 c6336407 c000020a "
            + "9c400050 00000001 00000002 50101000 5231 0000 61626364";

    private static final String UDP = "020000000101 0200000001fe 0800 "
            + "4500001f 00000000 4011 8e89 c6336407 c000020a "
            + "9c400007 000b b2e8 616263";

    private static final int HEADER_CHECKSUM = 14 + 10;
    private static final int DESTINATION = 14 + 16;
    private static final int TCP_CHECKSUM = 14 + 20 + 16;
    private static final int UDP_CHECKSUM = 14 + 20 + 6;

    @Test
    void rightFramesAreRight() {
        assertThat(judge(frame(TCP), false)).isEqualTo(COMPLETE);
        assertThat(judge(frame(UDP), false)).isEqualTo(COMPLETE);
    }

    @Test
    void everyFlippedBitOfIpAndBeyondIsFound() {
        for (var hex : new String[] {TCP, UDP}) {
            int bytes = frame(hex).length;
            for (int bit = 14 * 8; bit < bytes * 8; bit++) {
                var broken = frame(hex);
                broken[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(judge(broken, false)).as("bit %d of %s", bit, hex).isIn(WRONG, WRONG_HEADER);
            }
        }
    }

    @Test
    void addressRewrittenWithoutItsChecksumsIsFound() {
        var rewritten = frame(TCP);
        rewritten[DESTINATION] = 10;
        assertThat(judge(rewritten, false)).isEqualTo(WRONG_HEADER);
        var buffer = ByteBuffer.wrap(rewritten);
        // RFC 1624: c000 became 0a00, so the complement of the checksum falls by b600.
        buffer.putShort(HEADER_CHECKSUM, less(buffer.getShort(HEADER_CHECKSUM), 0xc000, 0x0a00));
        assertThat(judge(rewritten, false)).isEqualTo(WRONG);
        buffer.putShort(TCP_CHECKSUM, less(buffer.getShort(TCP_CHECKSUM), 0xc000, 0x0a00));
        assertThat(judge(rewritten, false)).isEqualTo(COMPLETE);
    }

    @Test
    void partialSumIsThatOfThePseudoHeader() {
        var partial = ByteBuffer.wrap(frame(TCP));
        partial.putShort(TCP_CHECKSUM, (short) 0xec63); // c633 + 6407 + c000 + 020a + 0006 + 0018, folded
        assertThat(judge(partial.array(), true)).isEqualTo(PARTIAL);
        assertThat(judge(partial.array(), false)).isEqualTo(WRONG);
        assertThat(judge(frame(TCP), true))
                .as("a complete one marked as partial")
                .isEqualTo(WRONG);
    }

    @Test
    void udpMayHaveNone() {
        var without = ByteBuffer.wrap(frame(UDP)).putShort(UDP_CHECKSUM, (short) 0);
        assertThat(judge(without.array(), false)).isEqualTo(ABSENT);
    }

    @Test
    void whatIsCutOffIsWrongAndWhatIsNoIpIsNothing() {
        var whole = frame(TCP);
        assertThat(Checksums.of(ByteBuffer.wrap(whole, 0, whole.length - 1).slice(), false))
                .isEqualTo(WRONG_HEADER);
        assertThat(judge(frame("ffffffffffff 020000000101 0806 " + "00".repeat(46)), false))
                .isEqualTo(NONE);
    }

    private static short less(short checksum, int before, int after) {
        int sum = (~checksum & 0xffff) + (~before & 0xffff) + after;
        return (short) ~((sum & 0xffff) + (sum >>> 16));
    }

    private static Verdict judge(byte[] frame, boolean partial) {
        return Checksums.of(ByteBuffer.wrap(frame), partial);
    }

    private static byte[] frame(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}

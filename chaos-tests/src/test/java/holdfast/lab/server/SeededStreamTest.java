package holdfast.lab.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class SeededStreamTest {
    @Test
    void sameSeedGivesTheSameBytes() {
        assertThat(begin(7)).isEqualTo(begin(7)).isNotEqualTo(begin(8));
    }

    @Test
    void hashIsThatOfTheBytesAlsoWhereTheLastPieceIsCut() {
        var whole = begin(7);
        var digest = SeededStream.newSha256().digest(Arrays.copyOf(whole, 1000));
        assertThat(SeededStream.sha256(7, 1000)).isEqualTo(HexFormat.of().formatHex(digest));
    }

    private static byte[] begin(long seed) {
        var chunk = new byte[SeededStream.CHUNK_BYTES];
        new SeededStream(seed).next(chunk);
        return chunk;
    }
}

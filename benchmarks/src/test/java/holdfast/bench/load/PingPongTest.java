package holdfast.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PingPongTest {
    @Test
    void percentilesAreValuesThatWereSeen() {
        var hundred = LongStream.rangeClosed(1, 100).toArray();
        assertThat(PingPong.percentile(hundred, 0.50)).isEqualTo(50);
        assertThat(PingPong.percentile(hundred, 0.99)).isEqualTo(99);
        assertThat(PingPong.percentile(hundred, 1)).isEqualTo(100);
        assertThat(PingPong.percentile(new long[] {7}, 0.99)).isEqualTo(7);
    }
}

package holdfast.conn;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.testing.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FlowHashTest {
    private static final int VIP = 0xc000_020a;

    /// The example of the SipHash paper (appendix A): key 00..0f, message 00..0e, SipHash-2-4.
    @Test
    void numbersAreMadeBySipHash() {
        long hash =
                FlowHash.sipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

        assertThat(hash).isEqualTo(0xa129ca6149be45e5L);
    }

    @Test
    void anotherKeyScattersDifferently() {
        assertThat(new FlowHash(1, 2).of(3, 4)).isNotEqualTo(new FlowHash(1, 3).of(3, 4));
        assertThat(new FlowHash(1, 2).of(3, 4)).isEqualTo(new FlowHash(1, 2).of(3, 4));
    }

    /// Each bit of each word counts in both halves.
    @Test
    void everyBitMovesAboutHalfOfEachHalf() {
        Seeds.each(20, (random, _) -> {
            var hashes = new FlowHash(random.nextLong(), random.nextLong());
            long[] words = {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()};
            for (int bit = 0; bit < 256; bit++) {
                long[] other = words.clone();
                other[bit / 64] ^= 1L << bit % 64;
                long moved = hashes.of(words[0], words[1], words[2], words[3])
                        ^ hashes.of(other[0], other[1], other[2], other[3]);
                assertThat(Integer.bitCount((int) moved))
                        .as("low half, bit %d", bit)
                        .isBetween(2, 30);
                assertThat(Integer.bitCount((int) (moved >>> 32)))
                        .as("high half, bit %d", bit)
                        .isBetween(2, 30);
            }
        });
    }

    /// What a scan, a proxy farm or an attacker without the key sends: keys in even steps. They must not crowd more
    /// than
    /// random ones do, of which the fullest of as many places as keys has about 9.
    @Test
    void keysInEvenStepsDoNotCrowd() {
        Seeds.each(30, (random, seed) -> {
            var hashes = new FlowHash(random.nextLong(), random.nextLong());
            int step = new SplittableRandom(seed).nextInt() | 1;
            for (boolean byPort : new boolean[] {true, false}) {
                var places = new int[1 << 16];
                int fullest = 0;
                for (int i = 0; i < places.length; i++) {
                    long addresses = Key.addresses(byPort ? 7 : i * step, VIP);
                    long ports = Key.ports(6, byPort ? i : 40000, 80);
                    int home = (int) (((hashes.of(addresses, ports) >>> 32) * places.length) >>> 32);
                    fullest = Math.max(fullest, ++places[home]);
                }
                assertThat(fullest).as("by port: %s", byPort).isLessThan(16);
            }
        });
    }
}

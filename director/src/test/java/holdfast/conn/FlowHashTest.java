package holdfast.conn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlowHashTest {
    /// The example of the SipHash paper (appendix A): key 00..0f, message 00..0e, SipHash-2-4.
    @Test
    void roundsAreThoseOfSipHash() {
        long hash = FlowHash.sipHash(
                0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 2, 4);

        assertThat(hash).isEqualTo(0xa129ca6149be45e5L);
    }

    /// What CPython 3.11 makes of the bytes 00..1e with PYTHONHASHSEED=0, which is SipHash-1-3 under the key 0.
    @Test
    void fourWordsAreAbsorbedAsSipHashDoes() {
        long hash = new FlowHash(0, 0)
                .of(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x1716151413121110L, 0x1f1e1d1c1b1a1918L);

        assertThat(hash).isEqualTo(0x169739443111d49bL);
        assertThat(new FlowHash(0, 0).of(0x0706050403020100L, 0x0f0e0d0c0b0a0908L))
                .isEqualTo(0xf30eb725bb91c9eaL);
    }

    @Test
    void anotherKeyScattersDifferently() {
        assertThat(new FlowHash(1, 2).of(3, 4)).isNotEqualTo(new FlowHash(1, 3).of(3, 4));
        assertThat(new FlowHash(1, 2).of(3, 4)).isEqualTo(new FlowHash(1, 2).of(3, 4));
    }
}

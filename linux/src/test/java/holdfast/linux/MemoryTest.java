package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private final long at = Memory.allocate(4096);

    @AfterEach
    void free() {
        Memory.free(at, 4096);
    }

    @Test
    void newMemoryIsZeroAndStartsAtAPage() {
        assertThat(at % 4096).isZero();
        assertThat(Memory.bytes(at, 4096)).containsOnly(0);
    }

    @Test
    void plainAccessIsInTheMachinesOrderAndBeInTheNetworks() {
        Memory.putIntBe(at, 0xC0000201);
        assertThat(Memory.bytes(at, 4)).containsExactly(0xC0, 0, 2, 1);
        assertThat(Memory.getInt(at)).isEqualTo(0x010200C0);
        assertThat(Memory.getIntBe(at)).isEqualTo(0xC0000201);

        Memory.putShortBe(at, (short) 0x0800);
        assertThat(Memory.getShort(at)).isEqualTo((short) 0x0008);
        assertThat(Memory.getShortBe(at)).isEqualTo((short) 0x0800);

        Memory.putLong(at, 0x0807060504030201L);
        assertThat(Memory.bytes(at, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(Memory.getByte(at + 7)).isEqualTo((byte) 8);
    }

    @Test
    void unalignedWordsAreReadAsTheyWereWritten() {
        Memory.putInt(at + 1, 0x12345678);
        Memory.putLong(at + 7, 0x1122334455667788L);
        Memory.putShort(at + 17, (short) 0x4321);
        assertThat(Memory.getInt(at + 1)).isEqualTo(0x12345678);
        assertThat(Memory.getLong(at + 7)).isEqualTo(0x1122334455667788L);
        assertThat(Memory.getShort(at + 17)).isEqualTo((short) 0x4321);
    }

    @Test
    void releasedWordsAreAcquired() {
        Memory.putIntRelease(at + 4, 7);
        assertThat(Memory.getIntAcquire(at + 4)).isEqualTo(7);
    }

    @Test
    void overlappingCopiesKeepTheBytes() {
        Memory.put(at + 4, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        Memory.copy(at + 4, at, 8);
        assertThat(Memory.bytes(at, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        Memory.clear(at, 4);
        assertThat(Memory.bytes(at, 8)).containsExactly(0, 0, 0, 0, 5, 6, 7, 8);
    }

    @Test
    void anImpossibleAmountIsRefusedInWords() {
        assertThatThrownBy(() -> Memory.allocate(1L << 60))
                .isInstanceOfSatisfying(
                        SyscallException.class,
                        failure -> assertThat(failure.known()).contains(Errno.ENOMEM))
                .hasMessageContaining("bytes of memory")
                .hasMessageContaining("ENOMEM");
        assertThatThrownBy(() -> Memory.allocate(0)).isInstanceOf(IllegalArgumentException.class);
    }
}

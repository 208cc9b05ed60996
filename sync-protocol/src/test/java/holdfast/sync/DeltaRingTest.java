package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeltaRingTest {
    @Test
    void givesRecordsInOrderAndSaysWhenItIsFullOrEmpty() {
        var ring = new DeltaRing(4);
        assertThat(ring.peek()).isNull();
        for (int round = 0; round < 3; round++) {
            for (int i = 1; i <= 4; i++) {
                claim(ring).version(i);
                ring.publish();
            }
            assertThat(ring.claim()).isNull();
            assertThat(ring.size()).isEqualTo(4);
            for (int i = 1; i <= 4; i++) {
                assertThat(peek(ring).version()).isEqualTo(i);
                ring.release();
            }
            assertThat(ring.peek()).isNull();
            assertThat(ring.size()).isZero();
        }
    }

    @Test
    void showsRecordsThatAreNotYetTheirTurn() {
        var ring = new DeltaRing(4);
        for (int round = 0; round < 3; round++) { // also where the records go on at the beginning of the memory
            for (int i = 1; i <= 3; i++) {
                claim(ring).version(i);
                ring.publish();
            }
            for (int older = 2; older >= 0; older--) {
                var shown = Objects.requireNonNull(ring.peek(older));
                assertThat(shown.version()).isEqualTo(older + 1);
            }
            assertThat(ring.peek(3)).isNull();
            assertThat(peek(ring).version()).as("none was taken").isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                ring.release();
            }
            assertThat(ring.peek(0)).isNull();
        }
    }

    @Test
    void claimsAZeroedRecordWhoseFieldsDoNotTouchEachOther() {
        var ring = new DeltaRing(2);
        for (int round = 0; round < 3; round++) {
            Delta claimed = claim(ring);
            assertThat(claimed.version() | claimed.digest() | claimed.remainingMs() | claimed.flags())
                    .isZero();
            claimed.op(Delta.Op.TEMPLATE_END)
                    .protocol(255)
                    .version(Version.of(Version.TERM_MAX, Version.SEQUENCE_MAX))
                    .clientAddress(0xfffffffe)
                    .clientPort(65535)
                    .virtualAddress(0xc000020a)
                    .virtualPort(65534)
                    .realAddress(0x0a00000b)
                    .realPort(65533)
                    .method(254)
                    .state(10)
                    .flags(0x80000001)
                    .timeoutS(-1)
                    .remainingMs(Long.MAX_VALUE)
                    .templateClient(0xffffff00)
                    .templatePort(Delta.NO_TEMPLATE)
                    .digest(-2);
            ring.publish();
            Delta read = peek(ring);
            assertThat(read.op()).isEqualTo(Delta.Op.TEMPLATE_END);
            assertThat(read.protocol()).isEqualTo(255);
            assertThat(Version.term(read.version())).isEqualTo(Version.TERM_MAX);
            assertThat(Version.sequence(read.version())).isEqualTo(Version.SEQUENCE_MAX);
            assertThat(read.clientAddress()).isEqualTo(0xfffffffe);
            assertThat(read.clientPort()).isEqualTo(65535);
            assertThat(read.virtualAddress()).isEqualTo(0xc000020a);
            assertThat(read.virtualPort()).isEqualTo(65534);
            assertThat(read.realAddress()).isEqualTo(0x0a00000b);
            assertThat(read.realPort()).isEqualTo(65533);
            assertThat(read.method()).isEqualTo(254);
            assertThat(read.state()).isEqualTo(10);
            assertThat(read.flags()).isEqualTo(0x80000001);
            assertThat(Integer.toUnsignedLong(read.timeoutS())).isEqualTo(4294967295L);
            assertThat(read.remainingMs()).isEqualTo(Long.MAX_VALUE);
            assertThat(read.templateClient()).isEqualTo(0xffffff00);
            assertThat(read.templatePort()).isEqualTo(Delta.NO_TEMPLATE);
            assertThat(read.digest()).isEqualTo(-2);
            ring.release();
        }
    }

    @Test
    @Timeout(20)
    void carriesEveryRecordWholeBetweenTwoThreads() throws Exception {
        var ring = new DeltaRing(1024);
        int count = 2_000_000;
        long began = System.nanoTime();
        var producer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < count; ) {
                Delta free = ring.claim();
                if (free == null) {
                    LockSupport.parkNanos(1000);
                    continue;
                }
                free.version(i).remainingMs(~i).digest(i * 31L);
                ring.publish();
                i++;
            }
        });
        for (int i = 0; i < count; ) {
            Delta record = ring.peek();
            if (record == null) {
                LockSupport.parkNanos(1000);
                continue;
            }
            if (record.version() != i || record.remainingMs() != ~i || record.digest() != i * 31L) {
                throw new AssertionError("record " + i + " is torn: " + record.version());
            }
            ring.release();
            i++;
        }
        producer.get(10, TimeUnit.SECONDS);
        System.out.printf("delta ring: %d records in %d ms%n", count, (System.nanoTime() - began) / 1_000_000);
    }

    @Test
    void refusesACapacityThatIsNoPowerOfTwo() {
        assertThatThrownBy(() -> new DeltaRing(1000)).hasMessageContaining("power of two");
    }

    private static Delta claim(DeltaRing ring) {
        Delta claimed = ring.claim();
        return Objects.requireNonNull(claimed, "the ring is full");
    }

    private static Delta peek(DeltaRing ring) {
        Delta oldest = ring.peek();
        return Objects.requireNonNull(oldest, "the ring is empty");
    }
}

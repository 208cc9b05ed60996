package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AllocationLabIT {
    private static final int SMALL = 100;
    private static final int LARGE = 5000;
    private static final int BATCH = 48;
    private static final int TURNS = 1_000;
    private static final int ROUNDS = 4;
    private static final long COMPILED_MAX_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long ARRIVAL_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long frame = Memory.allocate(8192);

    @BeforeEach
    void cable() {
        Lab.veth("left", "right", 9000);
    }

    @AfterEach
    void unplug() {
        Lab.run("ip link delete left");
        Memory.free(frame, 8192);
    }

    /// Poll, receive in place and by copy, put VLAN tags back, send, be woken: 192,000 packets for 0 bytes. Until the
    /// compiler is through with these paths it allocates for itself, so the first rounds do not count.
    @Test
    void theSteadyStateAllocatesNothing() {
        Memory.put(frame + 10, Frames.tagged(LARGE, 1, 0x8100, 5));
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var ring = PacketRing.open(Lab.index("right"), 256, 64);
                var sender = PacketSender.open(Lab.index("left"));
                var event = new EventFd();
                var poller = new Poller(ring.fd(), event.fd())) {
            int roundsWithoutAllocation = 0;
            long start = System.nanoTime();
            while (roundsWithoutAllocation < ROUNDS && System.nanoTime() - start < COMPILED_MAX_NANOS) {
                long before = threads.getCurrentThreadAllocatedBytes();
                long received = turns(ring, sender, event, poller);
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(received).isEqualTo((long) TURNS * BATCH);
                roundsWithoutAllocation = allocated == 0 ? roundsWithoutAllocation + 1 : 0;
            }
            assertThat(roundsWithoutAllocation).isEqualTo(ROUNDS);
        }
    }

    private long turns(PacketRing ring, PacketSender sender, EventFd event, Poller poller) {
        long received = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            for (int i = 0; i < BATCH; i++) {
                boolean _ = sender.add(frame, i % 2 == 0 ? SMALL : LARGE);
            }
            sender.flush();
            event.signal();
            while (received < (turn + 1L) * BATCH && poller.poll(ARRIVAL_MAX_NANOS) > 0) {
                event.drain();
                while (ring.next()) {
                    received++;
                }
                ring.release();
            }
            received += Clock.boottime() > 0 ? 0 : 1;
        }
        return received;
    }
}

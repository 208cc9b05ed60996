package holdfast.worker;

import holdfast.forward.Egress;
import holdfast.linux.PacketRing;
import holdfast.linux.PacketSender;
import holdfast.table.Counter;
import holdfast.table.Counters;
import org.jspecify.annotations.Nullable;

/// The packet sockets of one link, both open or both closed. They are bound to the number of an interface, so they end
/// with it and are reopened for its successor. Owned by the worker.
public final class LinkSockets implements AutoCloseable {
    /// A hold can last until this ring is full; 8 MiB for each link (ADR 4).
    private static final int RING_FRAMES = 4096;

    private @Nullable PacketRing ring;
    private @Nullable PacketSender sender;
    private int ifindex;
    private PacketRing.Stats counted = new PacketRing.Stats(0, 0, 0);

    /// @throws holdfast.linux.SyscallException if the kernel refuses; then both are closed
    void open(int index) {
        var opened = PacketRing.open(index, RING_FRAMES, Egress.BATCH_MAX);
        try {
            sender = PacketSender.open(index);
            ring = opened;
            ifindex = index;
        } finally {
            if (ring != opened) {
                opened.close();
            }
        }
    }

    /// The number of their interface; 0 while they are closed.
    int ifindex() {
        return ifindex;
    }

    @Nullable
    PacketRing ring() {
        return ring;
    }

    @Nullable
    PacketSender sender() {
        return sender;
    }

    /// Adds the kernel's drops since the last call to the counters. A system call.
    ///
    /// @param ringDrops  the cause of drops for lack of room in the ring
    void count(Counters counters, Counter ringDrops) {
        if (ring != null) {
            var now = ring.stats();
            counters.add(ringDrops, now.kernelDrops() - counted.kernelDrops());
            counters.add(Counter.RING_TRUNCATED, now.truncated() - counted.truncated());
            counted = now;
        }
    }

    @Override
    public void close() {
        if (ring != null) {
            ring.close();
            ring = null;
        }
        if (sender != null) {
            sender.close();
            sender = null;
        }
        ifindex = 0;
        counted = new PacketRing.Stats(0, 0, 0);
    }
}

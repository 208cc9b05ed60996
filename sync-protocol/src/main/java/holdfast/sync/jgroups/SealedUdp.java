package holdfast.sync.jgroups;

import holdfast.sync.ClusterKeys;
import holdfast.sync.Refused;
import holdfast.sync.RefusedDatagrams;
import holdfast.sync.wire.DatagramSeal;
import holdfast.sync.wire.Gate;
import java.io.DataInput;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.UDP;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/// JGroups' UDP transport behind a [Gate]. It seals every outgoing datagram as a whole. Of incoming datagrams JGroups
/// sees only those that a proved director of the cluster sealed and that were not seen before. All traffic of JGroups
/// passes [#_send] and [#receive(Address, byte\[\], int, int)].
public class SealedUdp extends UDP {
    /// The largest UDP payload over IPv4.
    private static final int DATAGRAM_MAX = 65_507;
    private static final long TURN_MS = 50;
    /// The others must prove us, in some round trips, before JGroups looks for members, since they ignore earlier
    /// messages. There may be no other director, so the wait is short.
    private static final long GREETING_NS = TimeUnit.MILLISECONDS.toNanos(30);

    private final ReentrantLock gateLock = new ReentrantLock();
    private final Condition settled = gateLock.newCondition();
    private final ReentrantLock sendLock = new ReentrantLock();
    private final byte[] sealed = new byte[DATAGRAM_MAX];
    private final ThreadLocal<byte[]> opened = ThreadLocal.withInitial(() -> new byte[DATAGRAM_MAX]);
    private @Nullable DatagramSeal seal;
    private @Nullable Gate<InetAddress> gate;
    private @Nullable RefusedDatagrams refused;
    private @Nullable Future<?> turns;

    public SealedUdp() {
        id = ClassConfigurator.getProtocolId(UDP.class); // JGroups finds the transport's headers by it
    }

    /// Call once, before the channel connects.
    void guard(ClusterKeys keys, String cluster, RefusedDatagrams drops) {
        var ours = new DatagramSeal(keys, cluster);
        seal = ours;
        gate = new Gate<>(keys, cluster, ours, drops::add, System.nanoTime());
        refused = drops;
    }

    /// Seals and opens with these keys from now on. Any thread.
    void use(ClusterKeys keys) {
        gateLock.lock();
        try {
            gate().use(keys);
        } finally {
            gateLock.unlock();
        }
        sendLock.lock();
        try {
            seal().use(keys);
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    protected void _send(InetAddress to, int port, byte[] data, int offset, int length) throws Exception {
        if (length + DatagramSeal.OVERHEAD > DATAGRAM_MAX) {
            throw new IOException("a datagram of " + length + " bytes has no room for its seal");
        }
        sendLock.lock(); // the kernel sends one at a time anyway
        try {
            int size = seal().seal(to.isMulticastAddress(), data, offset, length, sealed);
            super._send(to, port, sealed, 0, size);
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    public void receive(Address sender, byte[] data, int offset, int length) {
        if (!(sender instanceof IpAddress from)) {
            throw new IllegalArgumentException("UDP receives from IP addresses, not from " + sender);
        }
        byte[] out = opened.get();
        boolean isFromUs = Objects.equals(sender, local_physical_addr);
        int size;
        boolean isHelloDue;
        Gate.Released<InetAddress> held;
        gateLock.lock();
        try {
            long now = System.nanoTime();
            size = gate().open(data, offset, length, out, from.getIpAddress(), isFromUs, now);
            held = gate().release();
            isHelloDue = gate().isHelloDue(now);
            if (gateLock.hasWaiters(settled) && gate().isSettled(now)) {
                settled.signalAll();
            }
        } finally {
            gateLock.unlock();
        }
        if (isHelloDue) {
            sendHello();
        }
        for (; held != null; held = release()) {
            super.receive(sender, held.bytes(), 0, held.bytes().length);
        }
        if (size > 0) {
            super.receive(sender, out, 0, size);
        }
    }

    /// A UDP transport never calls this; a call would bypass the gate.
    @Override
    public void receive(Address sender, DataInput in, int length) {
        refused().add(Refused.NOT_SEALED, ((IpAddress) sender).getIpAddress());
    }

    @Override
    protected void handleConnect() throws Exception {
        super.handleConnect();
        sendHello();
        turns = getTimer().scheduleWithFixedDelay(this::turn, TURN_MS, TURN_MS, TimeUnit.MILLISECONDS, false);
        gateLock.lock();
        try {
            long left = GREETING_NS;
            while (left > 0 && !gate().isSettled(System.nanoTime())) {
                left = settled.awaitNanos(left);
            }
        } finally {
            gateLock.unlock();
        }
    }

    @Override
    public void stop() {
        Future<?> running = turns;
        if (running != null) {
            running.cancel(false);
        }
        super.stop();
    }

    private void turn() {
        boolean isHelloDue;
        gateLock.lock();
        try {
            long now = System.nanoTime();
            gate().turn(now);
            isHelloDue = gate().isHelloDue(now);
        } finally {
            gateLock.unlock();
        }
        if (isHelloDue) {
            sendHello();
        }
    }

    private Gate.@Nullable Released<InetAddress> release() {
        gateLock.lock();
        try {
            return gate().release();
        } finally {
            gateLock.unlock();
        }
    }

    private void sendHello() {
        sendLock.lock();
        try {
            int size = seal().sealHello(hello(), sealed);
            super._send(mcast_addr.getIpAddress(), mcast_addr.getPort(), sealed, 0, size);
        } catch (Exception e) { // as JGroups declares it
            log.debug("sync gate: hello not sent", e);
        } finally {
            sendLock.unlock();
        }
    }

    private byte[] hello() {
        gateLock.lock();
        try {
            return gate().hello(System.nanoTime());
        } finally {
            gateLock.unlock();
        }
    }

    private Gate<InetAddress> gate() {
        return Objects.requireNonNull(gate, "no keys");
    }

    private DatagramSeal seal() {
        return Objects.requireNonNull(seal, "no keys");
    }

    private RefusedDatagrams refused() {
        return Objects.requireNonNull(refused, "no keys");
    }
}

package holdfast.bench.load;

import holdfast.linux.Kernel;
import holdfast.linux.Memory;
import holdfast.linux.Netlink;
import holdfast.linux.PacketSender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The client of the suite `flood`: `Flood FROM TO PORT PER-SECOND SECONDS FIRST` sends SYNs, each from another unused
/// source of 100.64.0.0/10. Meanwhile [#KNOWN] clients exchange a byte ten times a second over older connections, and
/// as often a new client connects, exchanges one byte and leaves. FROM is the network of the clients' addresses, such
/// as `198.51.100.`; new clients have addresses from FIRST on, so that no director knows them.
public final class Flood {
    private static final int KNOWN = 20;
    private static final long TURN = 100_000_000;
    private static final long TICK = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int SOURCES = 0x64400000;
    private static final int SOURCES_MASK = 0x3fffff;
    private static final int VNET_BYTES = 10;
    private static final int IPV4 = 14;
    private static final int TCP = 34;
    private static final int FRAME_BYTES = 54;

    private final String from;
    private final InetSocketAddress to;
    private final AtomicInteger kept = new AtomicInteger();
    private final ConcurrentSkipListMap<Long, Integer> tookNs = new ConcurrentSkipListMap<>(); // count by duration
    private volatile boolean isOver;

    private Flood(String from, InetSocketAddress to) {
        this.from = from;
        this.to = to;
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        var to = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        new Flood(arguments[0], to)
                .run(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]));
    }

    private void run(int perSecond, int seconds, int first) throws IOException, InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int client = 1; client <= KNOWN; client++) {
            var socket = connected(client);
            threads.add(Thread.ofVirtual().start(() -> stay(socket)));
        }
        var newcomers = new ArrayList<Thread>();
        var arrivals = Thread.ofVirtual().start(() -> arrive(first, newcomers));
        int sent = flood(perSecond, seconds);
        isOver = true;
        arrivals.join();
        for (var thread : threads) {
            thread.join();
        }
        for (var thread : newcomers) {
            thread.join();
        }
        int in = tookNs.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "sent %d%nkept %.1f%nletIn %.1f%nmedianMs %.1f%n",
                sent, 100.0 * kept.get() / KNOWN, 100.0 * in / newcomers.size(), medianNs(in) / 1e6);
    }

    private double medianNs(int count) {
        int seen = 0;
        for (var took : tookNs.entrySet()) {
            seen += took.getValue();
            if (2 * seen >= count) {
                return took.getKey();
            }
        }
        return Double.NaN;
    }

    private Socket connected(int client) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(from + client, 0));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(to, (int) PATIENCE.toMillis());
        return socket;
    }

    private static void exchange(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        if (socket.getInputStream().read() != 1) {
            throw new IOException("no echo");
        }
    }

    private void stay(Socket socket) {
        try (socket) {
            while (!isOver) {
                exchange(socket);
                LockSupport.parkNanos(TURN);
            }
            exchange(socket);
            kept.incrementAndGet();
        } catch (IOException e) {
            // it was not kept, which the suite shows
        }
    }

    private void arrive(int first, List<Thread> newcomers) {
        for (int client = first; !isOver; client++) {
            int now = client;
            newcomers.add(Thread.ofVirtual().start(() -> visit(now)));
            LockSupport.parkNanos(TURN);
        }
    }

    private void visit(int client) {
        long startedAt = System.nanoTime();
        try (var socket = connected(client)) {
            exchange(socket);
            tookNs.merge(System.nanoTime() - startedAt, 1, Integer::sum);
        } catch (IOException e) {
            // it was not let in, which the suite shows
        }
    }

    /// @return number of SYNs sent
    private int flood(int perSecond, int seconds) {
        long frame = Memory.allocate(VNET_BYTES + FRAME_BYTES);
        int first = (int) System.nanoTime();
        int count = perSecond * seconds;
        var neighbour = neighbour();
        var syn = syn(neighbour.mac());
        try (var sender = PacketSender.open(neighbour.ifindex())) {
            long beginAt = System.nanoTime();
            for (int sent = 0; sent < count; LockSupport.parkNanos(TICK)) {
                long due = Math.min(count, (System.nanoTime() - beginAt) * perSecond / SECOND);
                for (; sent < due; sent++) {
                    syn.putInt(IPV4 + 12, SOURCES | ((first + sent) & SOURCES_MASK));
                    Memory.put(frame + VNET_BYTES, summed(syn).array());
                    sender.add(frame, FRAME_BYTES);
                    sender.flush();
                }
            }
            return (int) sender.stats().sent();
        }
    }

    /// The neighbour that has the virtual address, which the known clients' packets have resolved.
    private Kernel.Neighbour neighbour() {
        int address = ByteBuffer.wrap(to.getAddress().getAddress()).getInt();
        try (var netlink = Netlink.open()) {
            return netlink.neighbours().stream()
                    .filter(known -> known.address() == address && known.usable())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("nobody is known to have " + to));
        }
    }

    private ByteBuffer syn(long mac) {
        InetAddress address = to.getAddress();
        var frame = ByteBuffer.allocate(FRAME_BYTES);
        frame.putShort((short) (mac >> 32))
                .putInt((int) mac)
                .putShort((short) 0x200)
                .putInt(0x01fe)
                .putShort((short) 0x800);
        frame.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) 40)
                .putInt(0)
                .put((byte) 64)
                .put((byte) 6);
        frame.putShort((short) 0).putInt(0).put(address.getAddress());
        frame.putShort((short) 1025).putShort((short) to.getPort()).putInt(1).putInt(0);
        return frame.put((byte) 0x50).put((byte) 2).putShort((short) 0xffff).putInt(0);
    }

    private static ByteBuffer summed(ByteBuffer frame) {
        frame.putShort(IPV4 + 10, (short) 0).putShort(TCP + 16, (short) 0);
        frame.putShort(IPV4 + 10, checksum(frame, IPV4, 0));
        return frame.putShort(TCP + 16, checksum(frame, IPV4 + 12, 6 + 20)); // addresses, segment, pseudo-header's rest
    }

    private static short checksum(ByteBuffer frame, int at, int initial) {
        int end = at == IPV4 ? TCP : FRAME_BYTES;
        int sum = initial;
        for (int i = at; i < end; i += 2) {
            sum += frame.getShort(i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >> 16);
        return (short) ~((sum & 0xffff) + (sum >> 16));
    }
}

package holdfast.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A process that records the multicast datagrams of a group for a while, and then sends them again, to the group and
/// to the sockets that sent them: `INTERFACE GROUP PORT RECORD-MS COUNT PER-SECOND CHANGED SEED`. It prints the counts
/// by destination.
final class Eavesdropper {
    private static final int KEPT_MAX = 5000;
    private static final int DATAGRAM_MAX = 65_507;
    private static final int HEADER_BYTES = 40;
    private static final int LENGTHENED_MAX = 1400;

    private final Random random;
    private final List<byte[]> heard = new ArrayList<>();
    private final Set<InetSocketAddress> sources = new LinkedHashSet<>();
    private final Map<String, Integer> sent = new TreeMap<>();

    private Eavesdropper(long seed) {
        random = new Random(seed);
    }

    public static void main(String... arguments) throws IOException {
        var on = NetworkInterface.getByName(arguments[0]);
        var group = new InetSocketAddress(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2]));
        long seed = Long.parseLong(arguments[7]);
        var eavesdropper = new Eavesdropper(seed);
        eavesdropper.record(on, group, Long.parseLong(arguments[3]));
        System.out.println("seed " + seed + ", heard " + eavesdropper.heard.size() + " of " + eavesdropper.sources);
        eavesdropper.send(
                on,
                group,
                Integer.parseInt(arguments[4]),
                Integer.parseInt(arguments[5]),
                Boolean.parseBoolean(arguments[6]));
        System.out.println("sent " + eavesdropper.sent);
    }

    private void record(NetworkInterface on, InetSocketAddress group, long ms) throws IOException {
        try (var socket = new MulticastSocket(group)) {
            socket.joinGroup(group, on);
            socket.setSoTimeout(100);
            var packet = new DatagramPacket(new byte[DATAGRAM_MAX], DATAGRAM_MAX);
            for (long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms); System.nanoTime() < until; ) {
                try {
                    packet.setLength(DATAGRAM_MAX);
                    socket.receive(packet);
                    if (heard.size() < KEPT_MAX) {
                        heard.add(Arrays.copyOf(packet.getData(), packet.getLength()));
                        sources.add((InetSocketAddress) packet.getSocketAddress());
                    }
                } catch (SocketTimeoutException e) {
                    // nobody said anything: look at the time
                }
            }
        }
    }

    private void send(NetworkInterface on, InetSocketAddress group, int count, int perSecond, boolean isChanged)
            throws IOException {
        var targets = List.copyOf(sources);
        try (var socket = new MulticastSocket()) {
            socket.setNetworkInterface(on);
            long beginAt = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long at = beginAt + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
                for (long early = at - System.nanoTime(); early > 0; early = at - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                byte[] datagram = isChanged ? changed() : heard.get(i % heard.size());
                var to = random.nextInt(4) == 0 ? targets.get(random.nextInt(targets.size())) : group;
                socket.send(new DatagramPacket(datagram, datagram.length, to));
                sent.merge(to.getAddress().getHostAddress(), 1, Integer::sum);
                if (i == 0) {
                    System.out.println(Stranger.BEGUN);
                }
            }
        }
    }

    private byte[] changed() {
        byte[] one = any().clone();
        return switch (random.nextInt(7)) {
            case 0, 1, 2 -> flip(one, 1 + random.nextInt(3));
            case 3 -> Arrays.copyOf(one, random.nextInt(one.length));
            case 4 -> Arrays.copyOf(one, Math.min(DATAGRAM_MAX, one.length + 1 + random.nextInt(LENGTHENED_MAX)));
            case 5 -> splice(one, any().clone());
            default -> one;
        };
    }

    private byte[] any() {
        return heard.get(random.nextInt(heard.size()));
    }

    private byte[] flip(byte[] in, int bits) {
        for (int i = 0; i < bits; i++) {
            int where = random.nextInt(random.nextBoolean() ? in.length : Math.min(in.length, HEADER_BYTES));
            in[where] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return in;
    }

    private byte[] splice(byte[] head, byte[] body) {
        System.arraycopy(head, 0, body, 0, random.nextInt(Math.min(head.length, body.length)));
        return body;
    }
}

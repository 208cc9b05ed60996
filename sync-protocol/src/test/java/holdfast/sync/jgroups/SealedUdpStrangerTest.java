package holdfast.sync.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.Refused;
import holdfast.sync.RefusedDatagrams;
import java.io.ByteArrayInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.Receiver;
import org.jgroups.protocols.UDP;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A million datagrams of a stranger against the transport of a running pair: none reaches JGroups, none causes an
/// exception, none is kept, and each is counted.
@Tag("slow")
@Timeout(300)
class SealedUdpStrangerTest {
    private static final int FORGED = 1_000_000;
    private static final double LOSS = 0.15;
    private static final int GROWTH_MAX = 24 << 20;
    private static final ClusterKey KEY = key(1);
    private static final ClusterKey OLD_KEY = key(2);
    private static final ClusterKey FOREIGN_KEY = key(3);
    private static final AtomicInteger PORTS =
            new AtomicInteger(43_000 + (int) (ProcessHandle.current().pid() % 2000));

    private final List<JChannel> open = new ArrayList<>();
    private final int port = PORTS.addAndGet(2);
    private int heard;

    private static ClusterKey key(int which) {
        return ClusterKey.of(Arrays.copyOf(new byte[] {(byte) which}, ClusterKey.BYTES));
    }

    private static final int EVERY_KIND_MAX_S = 60;
    private static final Set<String> EVERY_KIND = Set.of(
            "PingHeader",
            "GmsHeader",
            "NakAckHeader2",
            "UnicastHeader3",
            "StableHeader",
            "FcHeader",
            "FragHeader",
            "HeartbeatHeader",
            "VerifyHeader",
            "MergeHeader");

    private record End(JChannel channel, Tap tap, UDP transport, RefusedDatagrams refused) {}

    @AfterEach
    void closeAll() {
        open.reversed().forEach(JChannel::close);
    }

    @Test
    void aMillionForgedDatagramsReachNobody() throws Exception {
        long seed = System.nanoTime();
        System.out.println("stranger seed=" + seed);
        MessageTypes.restrict();
        var plain = everyKind("plain", 6, plain("p1"), plain("p2"), plain("p3"));
        closeAll();
        var foreign = everyKind(
                "foreign", 2, sealed("f1", FOREIGN_KEY), sealed("f2", FOREIGN_KEY), sealed("f3", FOREIGN_KEY));
        closeAll();
        var old = everyKind("old key", 2, sealed("o1", OLD_KEY), sealed("o2", OLD_KEY), sealed("o3", OLD_KEY));
        closeAll();
        open.clear();
        End first = sealed("d1", KEY);
        var earlierRuns = everyKind("earlier", 6, first, sealed("d2", KEY), sealed("d3", KEY));
        open.get(2).close();
        open.get(1).close();
        End target = sealed("d2", KEY); // d1 lives on: its session is the one that was recorded
        await().until(() -> target.channel().getView().size() == 2
                && first.channel().getView().size() == 2);
        var presentRun = everyKind("present", 2, first, target);
        var sources = List.of(plain, foreign, old, earlierRuns, presentRun, crafted());
        sources.forEach(source -> assertThat(source).isNotEmpty());

        var stranger = InetAddress.getByName("10.0.0.66");
        var from = new IpAddress(stranger, 7600);
        var counts = new EnumMap<Refused, Long>(Refused.class);
        take(target.refused(), counts, stranger);
        counts.clear();
        var random = new Random(seed);
        forge(target, from, sources, random, 20_000);
        long before = usedMemory();
        long beganAt = System.nanoTime();
        forge(target, from, sources, random, FORGED - 20_000);
        long took = System.nanoTime() - beganAt;
        long growth = usedMemory() - before;
        await().until(
                        () -> { // what waited for a proof in vain is counted last
                            take(target.refused(), counts, stranger);
                            return counts.values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum()
                                    >= FORGED;
                        });
        System.out.printf(
                "stranger: %d datagrams, %.2f us each, memory %+d kB, refused %s%n",
                FORGED, took / 1000.0 / FORGED, growth >> 10, counts);
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(FORGED);
        assertThat(counts.keySet())
                .contains(
                        Refused.NOT_SEALED,
                        Refused.UNKNOWN_KEY,
                        Refused.BAD_SEAL,
                        Refused.UNKNOWN_FORMAT,
                        Refused.MALFORMED,
                        Refused.REPLAYED,
                        Refused.UNPROVEN);
        assertThat(growth).as("bytes kept").isLessThan(GROWTH_MAX);

        int heardBefore = heard;
        await().until(() -> {
            first.channel().send(new BytesMessage(null, new byte[10]));
            return heard > heardBefore && target.channel().getView().size() == 2;
        });
    }

    /// Injects on this thread; whatever reached JGroups would do so on this thread too.
    private static void forge(End target, IpAddress from, List<List<byte[]>> sources, Random random, int count) {
        target.tap().watch(Thread.currentThread());
        for (int i = 0; i < count; i++) {
            byte[] datagram = mutate(sources, random);
            target.transport().receive(from, datagram, 0, datagram.length);
        }
        assertThat(target.tap().passedByWatched())
                .as("forged messages that reached JGroups")
                .isZero();
    }

    private static byte[] mutate(List<List<byte[]>> sources, Random random) {
        byte[] one = any(sources, random);
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> flip(one.clone(), 1 + random.nextInt(3), random);
            case 3 -> Arrays.copyOf(one, random.nextInt(one.length));
            case 4 -> Arrays.copyOf(one, Math.min(65_507, one.length + 1 + random.nextInt(2000)));
            case 5 -> splice(one, any(sources, random), random);
            case 6 -> number(one.clone(), random);
            default -> one;
        };
    }

    private static byte[] any(List<List<byte[]>> sources, Random random) {
        var source = sources.get(random.nextInt(sources.size()));
        return source.get(random.nextInt(source.size()));
    }

    private static byte[] flip(byte[] in, int bits, Random random) {
        for (int i = 0; i < bits; i++) {
            int bit =
                    random.nextInt(random.nextBoolean() ? in.length : Math.min(in.length, 40)) * 8 + random.nextInt(8);
            in[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return in;
    }

    /// The header of one and the body of another.
    private static byte[] splice(byte[] head, byte[] body, Random random) {
        int cut = random.nextInt(Math.min(head.length, body.length));
        byte[] out = body.clone();
        System.arraycopy(head, 0, out, 0, cut);
        return out;
    }

    /// A length or a number of 32 bits becomes huge, negative or nothing.
    private static byte[] number(byte[] in, Random random) {
        int at = random.nextInt(Math.max(1, in.length - 4));
        int value = List.of(Integer.MAX_VALUE, -1, 0, Integer.MIN_VALUE, 1_500_000_000)
                .get(random.nextInt(5));
        for (int i = 0; i < 4 && at + i < in.length; i++) {
            in[at + i] = (byte) (value >>> (24 - 8 * i));
        }
        return in;
    }

    private static void take(RefusedDatagrams from, Map<Refused, Long> into, InetAddress of) {
        from.take((reason, count, address) -> {
            if (address.equals(of.getHostAddress())) {
                into.merge(reason, count, Long::sum);
            }
        });
    }

    private static long usedMemory() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    /// What nobody sends who means well: a bomb of nested sets, an array that is larger than it looks, a class by name.
    private static List<byte[]> crafted() throws Exception {
        Set<Object> nested = new HashSet<>();
        for (int i = 0; i < 27; i++) {
            nested = new HashSet<>(Set.of(nested, "t" + i));
        }
        var crafted = new ArrayList<byte[]>();
        for (Serializable each : List.of((Serializable) nested, new long[1000], Thread.State.NEW)) {
            crafted.add(datagram(new ObjectMessage(null, each)));
        }
        crafted.add(datagram(new BytesMessage(null, new byte[60_000])));
        crafted.add(new byte[0]);
        crafted.add(new byte[65_507]);
        return crafted.stream().filter(each -> each.length > 0).toList();
    }

    private static byte[] datagram(Message message) throws Exception {
        var out = new ByteArrayDataOutputStream(100);
        Util.writeMessage(message, out, true);
        return Arrays.copyOf(out.buffer(), out.position());
    }

    /// Makes a group say all that it can: joins, leaves, losses, suspicions, merges, fragments and credits. Whether a
    /// suspicion is verified or a merge is asked for is chance, so it goes on until each of them was heard.
    ///
    /// @param seconds  at least; no more than two are for few kinds
    private List<byte[]> everyKind(String what, int seconds, End... ends) throws Exception {
        for (End end : ends) {
            end.tap().lose(LOSS);
        }
        boolean isForAll = seconds > 2;
        long beganAt = System.nanoTime();
        long elapsed = 0;
        for (int i = 0; elapsed < seconds || (isForAll && elapsed < EVERY_KIND_MAX_S && !hasAll(ends)); i++) {
            boolean isDeaf = isForAll && elapsed % seconds < 2;
            ends[ends.length - 1].tap().lose(isDeaf ? 1 : LOSS); // suspects the others, and is merged later
            for (End end : ends) {
                var view = end.channel().getView();
                sendToAll(end, i % 40 == 0 ? 120_000 : 3_000);
                if (i % 4 == 0) {
                    send(end, view.getMembers().get(i % view.size()), i % 40 == 0 ? 120_000 : 3_000);
                }
            }
            TimeUnit.MILLISECONDS.sleep(5);
            elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganAt);
        }
        for (End end : ends) {
            end.tap().lose(0);
        }
        var kinds = new TreeSet<String>();
        var all = new ArrayList<byte[]>();
        for (End end : ends) {
            kinds.addAll(end.tap().kept().keySet());
            end.tap().kept().values().forEach(all::addAll);
        }
        System.out.println("stranger: " + what + " has " + all.size() + " datagrams of " + kinds);
        if (isForAll) {
            assertThat(headers(ends)).containsAll(EVERY_KIND);
        }
        return all;
    }

    private static boolean hasAll(End... ends) {
        return headers(ends).containsAll(EVERY_KIND);
    }

    private static Set<String> headers(End... ends) {
        return Stream.of(ends)
                .flatMap(end -> end.tap().kept().keySet().stream())
                .map(kind -> kind.replaceFirst(" .*", ""))
                .collect(Collectors.toSet());
    }

    private static void sendToAll(End from, int bytes) throws Exception {
        from.channel().send(new BytesMessage(null, new byte[bytes]).setFlag(Message.TransientFlag.DONT_BLOCK));
    }

    private static void send(End from, org.jgroups.Address to, int bytes) throws Exception {
        from.channel().send(new BytesMessage(to, new byte[bytes]).setFlag(Message.TransientFlag.DONT_BLOCK));
    }

    private End sealed(String name, ClusterKey key) throws Exception {
        var channel = new JChannel(stack("holdfast.sync.jgroups.Tap$Sealed"));
        var transport = (Tap.Sealed) channel.getProtocolStack().getTransport();
        var refused = new RefusedDatagrams();
        transport.guard(ClusterKeys.of(key), "test", refused);
        return connect(name, channel, transport.tap, transport, refused);
    }

    private End plain(String name) throws Exception {
        var channel = new JChannel(stack("holdfast.sync.jgroups.Tap$Plain"));
        var transport = (Tap.Plain) channel.getProtocolStack().getTransport();
        return connect(name, channel, transport.tap, transport, new RefusedDatagrams());
    }

    private End connect(String name, JChannel channel, Tap tap, UDP transport, RefusedDatagrams refused)
            throws Exception {
        open.add(channel);
        channel.setName(name);
        channel.setReceiver(new Receiver() {
            @Override
            public void receive(Message message) {
                heard++;
            }
        });
        channel.connect("test");
        return new End(channel, tap, transport, refused);
    }

    private ByteArrayInputStream stack(String transport) throws Exception {
        try (var resource = GroupChannel.class.getResourceAsStream("udp.xml")) {
            assertThat(resource).isNotNull();
            var xml = new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@bind@", "127.0.0.1")
                    .replace("@group@", "239.255.72.9")
                    .replace("@port@", Integer.toString(port))
                    .replace("holdfast.sync.jgroups.SealedUdp", transport)
                    .replace("max_bytes=\"1m\"", "max_bytes=\"100k\"")
                    .replace("max_credits=\"2m\"", "max_credits=\"200k\"")
                    .replace("max_credits=\"4m\"", "max_credits=\"400k\"");
            return new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        }
    }
}

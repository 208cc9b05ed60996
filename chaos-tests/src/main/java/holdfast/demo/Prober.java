package holdfast.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/// Sends a thousand numbered datagrams a second to an echo service by an absolute schedule, so that a blackout shows to
/// the millisecond.
final class Prober {
    static final long PERIOD = 1_000_000;
    private static final Duration LENGTH_MAX = Duration.ofMinutes(3);
    /// Answers that arrive while the receiver waits for a CPU must not be lost here.
    static final int BUFFER_BYTES = 4 << 20;

    private static final Duration LATE_ANSWERS = Duration.ofSeconds(1);

    private final DatagramChannel channel;
    private final long[] sentAt;
    private final long[] answeredAt;
    private volatile long beganAt;
    private final Thread sender;
    private final Thread receiver;
    private volatile boolean stopping;
    private final AtomicInteger refused = new AtomicInteger();
    private volatile int sent;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();

    private Prober(InetAddress from, InetSocketAddress to, Duration lengthMax) throws IOException {
        sentAt = new long[(int) (lengthMax.toNanos() / PERIOD)];
        answeredAt = new long[sentAt.length];
        channel = DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES)
                .bind(new InetSocketAddress(from, 0))
                .connect(to);
        sender = Thread.ofPlatform().daemon().name("probe-out").unstarted(this::send);
        receiver = Thread.ofPlatform().daemon().name("probe-in").start(this::receive);
        sender.start();
    }

    static Prober start(InetAddress from, InetSocketAddress to) throws IOException {
        return start(from, to, LENGTH_MAX);
    }

    /// @param lengthMax  after which it stops
    static Prober start(InetAddress from, InetSocketAddress to, Duration lengthMax) throws IOException {
        return new Prober(from, to, lengthMax);
    }

    private void send() {
        var probe = ByteBuffer.allocateDirect(Long.BYTES);
        beganAt = System.nanoTime();
        for (int i = 0; i < sentAt.length && !stopping; i++) {
            for (long early = dueAt(i) - System.nanoTime(); early > 0; ) {
                LockSupport.parkNanos(early);
                early = dueAt(i) - System.nanoTime();
            }
            sentAt[i] = System.nanoTime();
            try {
                channel.write(probe.clear().putLong(i).flip());
            } catch (IOException e) {
                refused.incrementAndGet(); // no route, or an ICMP error to an earlier probe: unanswered
            }
            sent = i + 1;
        }
    }

    private long dueAt(int probe) {
        return beganAt + probe * PERIOD;
    }

    private void receive() {
        var answer = ByteBuffer.allocateDirect(64);
        while (true) {
            try {
                channel.read(answer.clear());
                count(answer.flip());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                refused.incrementAndGet(); // so a connected socket reports an ICMP error; it still works
            }
        }
    }

    private void count(ByteBuffer answer) {
        if (answer.remaining() != Long.BYTES) {
            return;
        }
        int number = (int) answer.getLong();
        if (answeredAt[number] == Outage.UNANSWERED) {
            answeredAt[number] = System.nanoTime();
            answered.incrementAndGet();
        } else {
            repeated.incrementAndGet();
        }
    }

    /// When a probe was sent, [System#nanoTime]; only after the prober has stopped.
    long sentAt(int probe) {
        return sentAt[probe];
    }

    /// The delay in ns of the latest probe among those due between two points of time: for that long the prober
    /// itself waited for a CPU. Only after the prober has stopped.
    long lateness(long from, long to) {
        long latest = 0;
        for (int i = 0; i < sent; i++) {
            if (dueAt(i) - from >= 0 && dueAt(i) - to <= 0) {
                latest = Math.max(latest, sentAt[i] - dueAt(i));
            }
        }
        return latest;
    }

    /// Probes without an answer that were sent before a point of time; only after the prober has stopped.
    int lostBefore(long at) {
        int lost = 0;
        for (int i = 0; i < sent && sentAt[i] - at < 0; i++) {
            lost += answeredAt[i] == Outage.UNANSWERED ? 1 : 0;
        }
        return lost;
    }

    /// When each probe without an answer was sent, among those that were sent at such times; only after the prober has
    /// stopped.
    long[] lost(LongPredicate sentWithin) {
        return IntStream.range(0, sent)
                .filter(i -> answeredAt[i] == Outage.UNANSWERED && sentWithin.test(sentAt[i]))
                .mapToLong(i -> sentAt[i])
                .toArray();
    }

    /// Round trips in ms, in ascending order, of the probes that were sent at such times; only after the prober has
    /// stopped.
    double[] latencies(LongPredicate sentWithin) {
        return IntStream.range(0, sent)
                .filter(i -> answeredAt[i] != Outage.UNANSWERED && sentWithin.test(sentAt[i]))
                .mapToDouble(i -> (answeredAt[i] - sentAt[i]) / 1e6)
                .sorted()
                .toArray();
    }

    /// Probes answered so far.
    int answered() {
        return answered.get();
    }

    /// Answers that came more than once, as when two directors forward the same packet.
    int repeated() {
        return repeated.get();
    }

    /// Probes for which the kernel received an error; they count as unanswered.
    int refused() {
        return refused.get();
    }

    /// Stops without a judgement.
    void abandon() {
        stopping = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stops, waits for late answers, and judges the whole series.
    Outage stop() throws InterruptedException, IOException {
        stopping = true;
        sender.join();
        long giveUpAt = System.nanoTime() + LATE_ANSWERS.toNanos();
        while (answered.get() < sent && System.nanoTime() < giveUpAt) {
            LockSupport.parkNanos(PERIOD);
        }
        channel.close();
        receiver.join();
        return Outage.of(sentAt, answeredAt, sent, PERIOD);
    }
}

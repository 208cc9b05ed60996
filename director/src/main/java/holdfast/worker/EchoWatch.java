package holdfast.worker;

import holdfast.linux.Echoes;
import holdfast.linux.SyscallException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends ICMP echoes to real servers and gateways, as [Reach] decides, on the thread of its owner.
///
/// It reads replies only when it sends the next request. So a flood of replies costs no more than the socket's buffer
/// holds, and an idle director wakes up once for each request. If the socket fails, no address counts as silent, and
/// another socket is opened a second later.
public final class EchoWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EchoWatch.class);
    private static final long REOPEN_INTERVAL_NS = 1_000_000_000;
    private static final int REPLIES_MAX = 256; // at once: about as many as the buffer holds

    private final Supplier<Echoes> opener;
    private final Counters counters;
    private final Reach reach;
    private List<Integer> targets = List.of();
    private @Nullable Echoes echoes;
    private long openAt;
    private final Minutely failures = new Minutely();

    EchoWatch(Supplier<Echoes> opener, Counters counters, long now) {
        this.opener = opener;
        this.counters = counters;
        var random = new SecureRandom();
        reach = new Reach(random.nextInt(0x10000), random.nextInt(0x10000), now);
        openAt = now;
    }

    /// @param addresses  as for [Reach#follow]
    void follow(Collection<Integer> addresses) {
        var wanted = List.copyOf(addresses);
        if (!wanted.equals(targets)) {
            targets = wanted;
            counters.add(Counter.ECHO_TARGETS_LEFT_OUT, reach.follow(wanted));
        }
    }

    /// Nanoseconds until [#turn] is due.
    long waits(long now) {
        return Math.max(reach.waits(now), openAt - now);
    }

    /// @return whether an address has become silent or has answered again
    boolean turn(long now) {
        var before = reach.silent();
        if (waits(now) <= 0) {
            try {
                var socket = open();
                hear(socket);
                reach.ask(now).ifPresent(question -> ask(socket, question));
            } catch (SyscallException e) {
                fail(e, now);
            }
        }
        return !reach.silent().equals(before);
    }

    private Echoes open() {
        var socket = echoes;
        if (socket == null) {
            socket = opener.get();
            echoes = socket;
        }
        return socket;
    }

    private void hear(Echoes socket) {
        for (int i = 0; i < REPLIES_MAX; i++) {
            var reply = socket.receive();
            if (reply.isEmpty()) {
                return;
            }
            reach.answer(reply.get());
        }
    }

    private void ask(Echoes socket, Reach.Question question) {
        if (socket.ask(question.address(), question.identifier(), question.sequence())
                .isPresent()) {
            counters.count(Counter.ECHO_NOT_SENT); // and so it stays unanswered
        }
    }

    private void fail(SyscallException e, long now) {
        counters.count(Counter.ECHO_SOCKET_FAILED);
        if (failures.isDue(now)) {
            log.warn("echo socket failed action=arp-alone cause=\"{}\"", e.getMessage());
        }
        close();
        reach.forget();
        openAt = now + REOPEN_INTERVAL_NS;
    }

    Set<Integer> silent() {
        return reach.silent();
    }

    @Override
    public void close() {
        if (echoes != null) {
            echoes.close();
            echoes = null;
        }
    }
}

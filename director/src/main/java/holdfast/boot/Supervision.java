package holdfast.boot;

import holdfast.admin.Status;
import holdfast.boot.Vigil.Sight;
import holdfast.linux.Clock;
import holdfast.linux.NotifySocket;
import holdfast.linux.SyscallException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread `supervision`: looks at this director once a second and reports to the service manager, as [Vigil] says.
final class Supervision implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Supervision.class);
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int PINGS = 4; // in the manager's interval, so that a late one does no harm

    private final Supplier<Status> status;
    private final LongSupplier turned;
    private final BooleanSupplier isKeptBack;
    private final Optional<Manager> manager;
    private final Thread thread =
            Thread.ofPlatform().name("supervision").daemon().unstarted(this::run);
    private volatile boolean isClosed;

    // Under the lock.
    private Vigil vigil = Vigil.begun(Clock.monotonic());
    private boolean isUnheard;

    // Owned by the thread.
    private @Nullable String frozen;
    private boolean isBroken;
    private StatusNews news = StatusNews.NOTHING;

    /// The service manager.
    ///
    /// @param socket    sends it a message; throws a [SyscallException] if that is not possible
    /// @param watchdog  ns within which it expects a ping; empty if it expects none
    record Manager(Consumer<String> socket, OptionalLong watchdog) {
        /// @param environment  of the process; empty without a manager
        static Optional<Manager> of(Map<String, String> environment, long pid) {
            var name = environment.get("NOTIFY_SOCKET");
            if (name == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Manager(NotifySocket.open(name)::send, watchdog(environment, pid)));
            } catch (IllegalArgumentException | SyscallException e) {
                log.warn("service manager not reached cause=\"{}\"", e.getMessage());
                return Optional.empty();
            }
        }

        private static OptionalLong watchdog(Map<String, String> environment, long pid) {
            var interval = environment.getOrDefault("WATCHDOG_USEC", "");
            var watched = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
            return interval.matches("[1-9][0-9]{0,14}") && watched.equals(Long.toString(pid))
                    ? OptionalLong.of(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(interval)))
                    : OptionalLong.empty();
        }
    }

    private Supervision(
            Supplier<Status> status, LongSupplier turned, BooleanSupplier isKeptBack, Optional<Manager> manager) {
        this.status = status;
        this.turned = turned;
        this.isKeptBack = isKeptBack;
        this.manager = manager;
    }

    /// @param status      of this director
    /// @param turned      ns since its election turned, beyond the advert interval
    /// @param isKeptBack  whether an operator keeps it from serving
    static Supervision start(
            Supplier<Status> status, LongSupplier turned, BooleanSupplier isKeptBack, Optional<Manager> manager) {
        var supervision = new Supervision(status, turned, isKeptBack, manager);
        supervision.thread.start();
        return supervision;
    }

    private void run() {
        long interval =
                manager.map(Manager::watchdog).orElse(OptionalLong.empty()).orElse(Long.MAX_VALUE) / PINGS;
        while (!isClosed) {
            tryToLook();
            LockSupport.parkNanos(Math.min(LOOK_NS, interval));
        }
    }

    /// Without a status nothing is proved, so there is no ping either.
    private void tryToLook() {
        try {
            look();
            isBroken = false;
        } catch (RuntimeException bug) {
            if (!isBroken) {
                log.error("status failed by a bug action=no-ping-to-the-watchdog", bug);
            }
            isBroken = true;
        }
    }

    private void look() {
        var sight = new Sight(status.get(), turned.getAsLong(), isKeptBack.getAsBoolean());
        var now = sight.frozen().orElse(null);
        if (now != null && frozen == null) {
            log.error("director frozen cause=\"{}\" action=no-ping-to-the-watchdog", now);
        } else if (now == null && frozen != null) {
            log.warn("director runs again was=\"{}\"", frozen);
        }
        frozen = now;
        var changed = news.look(sight.status());
        news = changed.next();
        changed.lines().forEach(log::info);
        report(sight);
    }

    private synchronized void report(Sight sight) {
        boolean isWatched = manager.filter(to -> to.watchdog().isPresent()).isPresent();
        var step = vigil.look(sight, isWatched, Clock.monotonic());
        if (isClosed) {
            return;
        }
        vigil = step.next();
        send(step.message());
    }

    /// Reports that the configuration is read again, runs the action, and reports its end.
    void reload(Runnable action) {
        synchronized (this) {
            if (vigil.isReady()) {
                send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(Clock.monotonic()));
            }
        }
        action.run();
        synchronized (this) {
            if (vigil.isReady()) {
                send("READY=1");
            }
        }
    }

    private void send(String message) {
        if (manager.isEmpty() || message.isEmpty()) {
            return;
        }
        try {
            manager.get().socket().accept(message);
            isUnheard = false;
        } catch (SyscallException e) {
            if (!isUnheard) {
                log.warn("service manager not told cause=\"{}\"", e.getMessage());
            }
            isUnheard = true;
        }
    }

    /// Reports that this director ends; the last report.
    synchronized void stopping() {
        if (!isClosed) {
            isClosed = true;
            send("STOPPING=1");
        }
    }

    @Override
    public void close() {
        stopping();
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

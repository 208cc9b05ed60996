package holdfast.demo;

import holdfast.lab.Director;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// Clients of the admin API that want much at once: a thousand requests a second, bodies that are no JSON, clients that
/// send a byte a second, and ten thousand connections that ask nothing, from a hundred addresses.
final class Crowd implements AutoCloseable {
    static final int IDLE = 10_000;
    private static final int ASKERS = 20;
    private static final int EACH_PER_SECOND = 50;
    private static final int SLOW = 20;
    private static final int SOURCES = 100;
    private static final long SECOND = 1_000_000_000;
    private static final long WARM_UP = 15 * SECOND;

    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicIntegerArray statuses = new AtomicIntegerArray(600);

    private final RemoteApi api;
    private final Director director;
    private final long seed;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile boolean isOver;

    private Crowd(RemoteApi api, Director director, long seed) {
        this.api = api;
        this.director = director;
        this.seed = seed;
    }

    static Crowd start(RemoteApi api, Director director, long seed) {
        var crowd = new Crowd(api, director, seed);
        for (int i = 0; i < ASKERS; i++) {
            crowd.begin(crowd::ask);
        }
        crowd.begin(crowd::babble);
        for (int i = 0; i < SLOW; i++) {
            crowd.begin(crowd::dribble);
        }
        crowd.begin(crowd::hangAround);
        return crowd;
    }

    /// Lets the director compile what answers, as one does that has been asked for a while.
    static void warmUp(RemoteApi api, Director director) throws IOException {
        try (var crowd = new Crowd(api, director, 0)) {
            for (int i = 0; i < ASKERS; i++) {
                crowd.begin(crowd::ask);
            }
            LockSupport.parkNanos(WARM_UP);
        }
    }

    /// An activity, which begins anew when its connection ends.
    private interface Activity {
        void go() throws IOException;
    }

    private void begin(Activity activity) {
        threads.add(Thread.ofPlatform().daemon().name("crowd").start(() -> {
            while (!isOver) {
                try {
                    activity.go();
                } catch (IOException _) {
                    LockSupport.parkNanos(SECOND / 20); // refused or shed: a client comes again
                }
            }
        }));
    }

    private void ask() throws IOException {
        var request = RemoteApi.request("GET", "/v1/status", RemoteApi.VIEWER, new byte[0]);
        try (var socket = api.connect(director)) {
            open.add(socket);
            long next = System.nanoTime();
            while (!isOver) {
                socket.getOutputStream().write(request);
                count(RemoteApi.read(socket.getInputStream()));
                next += SECOND / EACH_PER_SECOND;
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
    }

    private void count(RemoteApi.Answer answer) throws IOException {
        if (answer.status() == 0) {
            throw new IOException("closed");
        }
        answered.incrementAndGet();
        statuses.incrementAndGet(answer.status());
    }

    /// Bodies that are no request.
    private void babble() throws IOException {
        var random = new Random(seed);
        try (var socket = api.connect(director)) {
            open.add(socket);
            while (!isOver) {
                var body = new byte[random.nextInt(1, 2000)];
                random.nextBytes(body);
                socket.getOutputStream().write(RemoteApi.request("POST", "/v1/drain", RemoteApi.OPERATOR, body));
                count(RemoteApi.read(socket.getInputStream()));
                LockSupport.parkNanos(SECOND / 20);
            }
        }
    }

    private void dribble() throws IOException {
        try (var socket = api.connect(director)) {
            open.add(socket);
            for (byte next : RemoteApi.request("GET", "/v1/services", RemoteApi.VIEWER, new byte[0])) {
                socket.getOutputStream().write(next);
                LockSupport.parkNanos(SECOND);
                if (isOver) {
                    return;
                }
            }
        }
    }

    /// Opens connections and asks nothing, each second a tenth of them, until there were [#IDLE].
    private void hangAround() throws IOException {
        for (int i = 0; i < IDLE && !isOver; i++) {
            var from = InetAddress.getByAddress(new byte[] {(byte) 198, 51, 100, (byte) (1 + i % SOURCES)});
            try {
                open.add(RemoteApi.plain(director, from));
                opened.incrementAndGet();
            } catch (IOException _) {
                refused.incrementAndGet();
            }
            if (i % 100 == 99) {
                LockSupport.parkNanos(SECOND / 10);
            }
        }
        while (!isOver) {
            LockSupport.parkNanos(SECOND / 10);
        }
    }

    @Override
    public void close() throws IOException {
        isOver = true;
        for (var socket : open) {
            socket.close();
        }
        for (var thread : threads) {
            try {
                thread.join(5000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Each status that was answered, with how often.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int status = 0; status < statuses.length(); status++) {
            if (statuses.get(status) > 0) {
                text.append(" %d: %d".formatted(status, statuses.get(status)));
            }
        }
        return "answers%s; %d of %d idle connections opened, %d refused"
                .formatted(text, opened.get(), IDLE, refused.get());
    }

    int failed() {
        int failed = 0;
        for (int status = 500; status < statuses.length(); status++) {
            failed += statuses.get(status);
        }
        return failed;
    }
}

package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two namespaces that reach each other only through a ring and a sender in each direction: a bridge of one cable.
class ForwardingLabIT {
    private static final long BYTES = 300_000_000;
    private static final int PORT = 5001;

    /// What the receiver lets be on its way. Were all of it frames of the smallest size that carries data, 1448 bytes,
    /// and each acknowledged alone, there would be 552 of them: a ring (2048) and the kernel's backlog (1000) hold
    /// them all, however long the bridge waits for a CPU. So nothing may be dropped.
    private static final int WINDOW_MAX = 800_000;

    @BeforeEach
    void cables() {
        Lab.namespace("client", "to-client", "eth0", "10.1.0.1/24");
        Lab.namespace("server", "to-server", "eth0", "10.1.0.2/24");
        for (var name : new String[] {"client", "server"}) {
            Lab.run("ip netns exec " + name + " sysctl -q -w net.ipv4.tcp_congestion_control=reno");
        }
    }

    @AfterEach
    void unplug() {
        Lab.deleteNamespace("client", "to-client");
        Lab.deleteNamespace("server", "to-server");
    }

    /// With `off` the kernel completes each checksum and cuts each super-frame by the metadata that we pass on, so that
    /// a wrong byte in it would be seen; between two veths nobody would look.
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aTransferArrivesWhole(String transmitOffload) throws Exception {
        Lab.run("ethtool -K to-client tx " + transmitOffload);
        Lab.run("ethtool -K to-server tx " + transmitOffload);
        try (var bridge = Bridge.start(Lab.index("to-client"), Lab.index("to-server"))) {
            transfer(BYTES);
            bridge.stop();

            assertThat(bridge.longest).isGreaterThan(60_000);
            assertThat(bridge.dropped).isZero();
        }
    }

    private static void transfer(long bytes) throws Exception {
        var listener = Lab.inside("server", ForwardingLabIT::listen);
        var received = new FutureTask<>(() -> {
            try (listener;
                    var socket = listener.accept()) {
                return digest(socket.getInputStream());
            }
        });
        Thread.ofPlatform().start(received);
        var address = InetAddress.getByAddress(new byte[] {10, 1, 0, 2});
        String sent;
        try (var socket = Lab.inside("client", () -> new Socket(address, PORT))) {
            sent = send(socket, bytes);
        }
        assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(sent);
    }

    private static ServerSocket listen() throws IOException {
        var listener = new ServerSocket();
        listener.setReceiveBufferSize(WINDOW_MAX / 2); // the kernel doubles it
        listener.bind(new InetSocketAddress(PORT));
        return listener;
    }

    private static String send(Socket socket, long bytes) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        var chunk = new byte[1_000_000];
        var random = new Random(1);
        for (long left = bytes; left > 0; left -= chunk.length) {
            random.nextBytes(chunk);
            digest.update(chunk);
            socket.getOutputStream().write(chunk);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String digest(InputStream input) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        var chunk = new byte[1 << 16];
        for (int read = input.read(chunk); read >= 0; read = input.read(chunk)) {
            digest.update(chunk, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// One thread, two rings, two senders.
    private static final class Bridge implements Runnable, AutoCloseable {
        private final PacketRing fromClient;
        private final PacketRing fromServer;
        private final PacketSender toClient;
        private final PacketSender toServer;
        private final EventFd stop = new EventFd();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private int longest;
        private long dropped = -1;

        private Bridge(int client, int server) {
            fromClient = PacketRing.open(client, 2048, 64);
            fromServer = PacketRing.open(server, 2048, 64);
            toClient = PacketSender.open(client);
            toServer = PacketSender.open(server);
        }

        static Bridge start(int client, int server) {
            var bridge = new Bridge(client, server);
            bridge.thread.execute(bridge);
            return bridge;
        }

        @Override
        public void run() {
            try (var poller = new Poller(fromClient.fd(), fromServer.fd(), stop.fd())) {
                while (!poller.readable(2)) {
                    boolean upwards = forward(fromClient, toServer);
                    boolean downwards = forward(fromServer, toClient);
                    if (!upwards && !downwards) {
                        poller.poll(-1);
                    }
                }
                dropped = toClient.stats().dropped() + toServer.stats().dropped();
                dropped += fromClient.stats().kernelDrops() + fromClient.stats().truncated();
                dropped += fromServer.stats().kernelDrops() + fromServer.stats().truncated();
            }
        }

        private boolean forward(PacketRing from, PacketSender to) {
            boolean any = false;
            while (from.next()) {
                any = true;
                longest = Math.max(longest, from.length());
                while (!to.add(from.address(), from.length())) {
                    to.flush();
                }
            }
            to.flush();
            from.release();
            return any;
        }

        void stop() {
            stop.signal();
            thread.close();
        }

        /// Also ends a bridge whose transfer failed: the rings are its thread's as long as it runs.
        @Override
        public void close() {
            stop();
            fromClient.close();
            fromServer.close();
            toClient.close();
            toServer.close();
            stop.close();
        }
    }
}

package holdfast.boot;

import holdfast.api.ApiServer;
import holdfast.api.AuditTrail;
import holdfast.api.Handlers;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.Ipv4;
import holdfast.conf.Management;
import holdfast.conf.SharedHash;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.SyncState;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.node.SyncNode;
import holdfast.worker.DatapathRehearsal;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// The training run for the director's AOT cache: the build runs it to load the classes of a director, without a
/// privilege, an interface or a peer. Never run in production.
///
/// Whatever fails here (on a machine without multicast on its loopback) is only missing in the cache.
final class Training {
    private static final Logger log = LoggerFactory.getLogger(Training.class);
    private static final Ipv4 LOOPBACK = Ipv4.of("127.0.0.1");
    private static final long PID = ProcessHandle.current().pid(); // two builds at once must not collide
    private static final int MULTICAST_PORT = 47_000 + (int) (PID % 1000);
    private static final long MEETING_NS = 2_000_000_000L;

    private Training() {}

    /// @param arguments  a configuration file
    public static void main(String[] arguments) throws InterruptedException {
        attempt("configuration", () -> configuration(arguments));
        attempt("api", Training::api);
        attempt("sync", Training::sync);
        Rehearsal.start(() -> {}, () -> {}).join();
    }

    private interface Attempt {
        void run() throws IOException, InterruptedException;
    }

    private static void attempt(String name, Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
        } catch (IOException | RuntimeException e) {
            log.warn("training incomplete part={} cause=\"{}\"", name, e.toString());
        }
    }

    private static void configuration(String[] arguments) {
        new CommandLine(new Main()).parseArgs("--config", arguments[0]);
        if (ConfigurationFile.read(Path.of(arguments[0])) instanceof ConfigurationFile.Good good) {
            SharedHash.of(good.configuration());
            Machine.read().mistakes(good.configuration());
        }
    }

    private static void api() throws IOException {
        var directory = Files.createTempDirectory("holdfast");
        var socket = directory.resolve("api.sock");
        try (var _ = ApiServer.start(
                        new ApiServer.Options("d1", socket, Management.LOCAL.api()), new Handlers(), AuditTrail.NONE);
                var client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(socket));
            client.write(
                    ByteBuffer.wrap("GET /v1/none HTTP/1.1\r\nHost: d\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            client.read(ByteBuffer.allocate(4096));
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(directory);
        }
    }

    /// Two directors of one process meet on the loopback interface.
    private static void sync() throws InterruptedException {
        try (var first = new DatapathRehearsal();
                var second = new DatapathRehearsal();
                var active = node("first", first);
                var standby = node("second", second)) {
            var serves = first.group().activate(1, Long.MAX_VALUE);
            first.turn();
            serves.join();
            active.active(1);
            standby.standby();
            for (long until = System.nanoTime() + MEETING_NS; System.nanoTime() < until; ) {
                first.turn();
                second.turn();
                first.takeFrames();
                active.send("second", 1, ByteBuffer.allocate(1));
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private static SyncNode node(String name, DatapathRehearsal datapath) {
        var options = new SyncNode.Options(
                "training-" + PID,
                "training",
                name,
                LOOPBACK,
                Ipv4.of("239.255.72.99"),
                MULTICAST_PORT,
                ClusterKeys.of(ClusterKey.of(new byte[ClusterKey.BYTES])),
                ConfigVersion.ofFile(""),
                Whereabouts.NONE,
                List.of());
        return SyncNode.start(options, datapath.group(), new NobodyListens());
    }

    private static final class NobodyListens implements SyncNode.Listener {
        @Override
        public void peerProcessDied(String member) {}

        @Override
        public void peerTerm(int term) {}

        @Override
        public boolean handover(String from, ByteBuffer step) {
            return true;
        }

        @Override
        public void peerWord(String member, Whereabouts whereabouts, Word word, long ageNanos) {}

        @Override
        public void config(String from, ConfigMessage message) {}

        @Override
        public void peerConfig(String member, ConfigVersion config) {}

        @Override
        public void twin(String address) {}

        @Override
        public void standbyState(String member, SyncState state) {}
    }
}

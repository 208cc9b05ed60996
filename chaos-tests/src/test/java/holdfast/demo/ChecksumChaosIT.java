package holdfast.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.ChecksumAudit;
import holdfast.lab.Checksums.Verdict;
import holdfast.lab.server.SeededStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Forwarded packets carry correct checksums, whoever computes them.
///
/// The two ends of a veth pair trust each other and never check a checksum that was left to the card. So the first test
/// turns that off on the directors' interfaces: their kernels then complete each checksum from the value that Holdfast
/// left in it.
final class ChecksumChaosIT extends PairUnderTest {
    private static final int MTU_FRAME_BYTES = 1514;
    private static final List<String> DIRECTORS_PORTS = List.of("d1-front", "d1-back", "d2-front", "d2-back");
    private static final List<String> ALL_PORTS = List.of(
            "d1-front",
            "d1-back",
            "d2-front",
            "d2-back",
            "client-front",
            "rs1-front",
            "rs1-back",
            "rs2-front",
            "rs2-back",
            "rs3-front",
            "rs3-back");
    private static final int DATAGRAMS = 200;
    private static final long BYTES = 30_000_000;
    /// Whoever judges takes super-frames from a receive buffer, which for an ordinary user has some 400 KB. Two of the
    /// transfers pass a port, so all of them fit, and no frame is missed even by an auditor that stands still.
    private static final long BYTES_IN_SUPER_FRAMES = 120_000;

    @Test
    void kernelCompletesTheSumsThatWeLeave() throws Exception {
        for (var director : List.of("d1", "d2")) {
            for (var name : List.of("front", "back")) {
                afterwards(() -> offload(director, name, "on"));
                offload(director, name, "off");
            }
        }
        lab.awaitEqualPair();
        var tally = transfersUnder(DIRECTORS_PORTS, BYTES);
        assertThat(tally.longest())
                .as("every frame is as large as the wire allows")
                .isLessThanOrEqualTo(MTU_FRAME_BYTES);
        assertThat(tally.of(Verdict.PARTIAL)).as("nothing is left to a card").isZero();
        assertThat(tally.of(Verdict.COMPLETE))
                .as("both uploads and a download crossed a director")
                .isGreaterThan(3 * BYTES / MTU_FRAME_BYTES);
    }

    @Test
    void superFramesPassWhole() throws Exception {
        var tally = transfersUnder(ALL_PORTS, BYTES_IN_SUPER_FRAMES);
        assertThat(tally.longest()).isGreaterThan(MTU_FRAME_BYTES);
        assertThat(tally.of(Verdict.PARTIAL)).isPositive();
    }

    private void offload(String director, String name, String state) {
        lab.run("ip", "netns", "exec", director, "ethtool", "-K", name, "tx", state);
    }

    /// Every transfer at once, with the wire and the kernels at both ends as witnesses.
    private ChecksumAudit.Tally transfersUnder(List<String> ports, long bytes) throws Exception {
        var before = badSums();
        var audit = ChecksumAudit.at(lab, ports);
        var far = new ArrayList<String>();
        var expected = new ArrayList<String>();
        try (var pool = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var transfers = new ArrayList<Future<String>>();
            for (var target : Target.values()) {
                var client = target.client(40);
                transfers.add(pool.submit(() -> Transfer.upload(client, target, 7, bytes)));
                transfers.add(pool.submit(() -> Transfer.download(client, target, 7, bytes)));
                pool.submit(() -> datagrams(target)).get();
            }
            for (var transfer : transfers) {
                far.add(transfer.get());
                expected.add(SeededStream.sha256(7, bytes));
            }
        }
        var tally = audit.stop();
        report("%s".formatted(tally));
        assertThat(far).as("SHA-256 at the far ends").isEqualTo(expected);
        assertThat(tally.examples()).isEmpty();
        assertThat(tally.wrong()).isZero();
        assertThat(tally.missed()).as("frames that nobody judged").isZero();
        assertThat(badSums())
                .as("InCsumErrors of TCP, UDP and ICMP, and of headers")
                .isEqualTo(before);
        return tally;
    }

    /// Odd and even lengths, so that the last byte counts on either side of a word.
    private static boolean datagrams(Target target) throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress(target.client(41), 0))) {
            socket.connect(target.echo());
            socket.setSoTimeout(5000);
            var answer = new DatagramPacket(new byte[2000], 2000);
            for (int i = 1; i <= DATAGRAMS; i++) {
                var text = "x".repeat(i * 7 % 1400 + 1).getBytes(US_ASCII);
                socket.send(new DatagramPacket(text, text.length));
                socket.receive(answer);
                assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(text);
            }
        }
        return true;
    }

    /// What the kernels of all ends refused because of a wrong checksum, since they began.
    private List<String> badSums() {
        return Stream.of("client", "rs1", "rs2", "rs3")
                .map(host -> host + " " + badSums(lab.run("ip", "netns", "exec", host, "cat", "/proc/net/snmp")))
                .toList();
    }

    private static String badSums(String snmp) {
        var lines = snmp.lines().toList();
        Function<String, String> errors = protocol -> {
            var both = lines.stream()
                    .filter(line -> line.startsWith(protocol + ": "))
                    .map(line -> List.of(line.split(" ")))
                    .toList();
            int column = both.getFirst().indexOf(protocol.equals("Ip") ? "InHdrErrors" : "InCsumErrors");
            return protocol + " " + both.getLast().get(column);
        };
        return Stream.of("Ip", "Tcp", "Udp", "Icmp").map(errors).toList().toString();
    }
}

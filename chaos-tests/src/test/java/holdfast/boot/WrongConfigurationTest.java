package holdfast.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The daemon with a wrong configuration file, started as `bin/holdfast` starts it: it prints the place, the rule and
/// the remedy of each mistake, ends with 2, and has started nothing.
@Tag("slow")
final class WrongConfigurationTest {
    private static final int JVMS_AT_ONCE = 2;
    private static final long END_S_MAX = 30;

    /// `DIR` is a folder of the test, and the interfaces are some that no machine has.
    private static final String RIGHT = """
            director:
              name: d1
              state-dir: DIR
              api-socket: DIR/d1.sock
            datapath:
              interfaces: [hf-front, hf-back]
            cluster:
              bind-address: 10.255.0.1
              key-file: DIR/cluster.key
            vip-groups:
              - name: shop
                vrid: 51
                interface: hf-front
                priority: 200
                vips:
                  - 192.0.2.10
                  - {address: 10.0.0.1, interface: hf-back}
            services:
              - service: tcp/192.0.2.10:80
                scheduler: wlc
                persistence: {timeout-s: 300, netmask: 255.255.255.0}
                forwarding: nat
                real-servers:
                  - {address: 10.0.0.11, port: 8080}
                  - {address: 10.0.0.12, port: 8080, weight: 2}
            """;

    /// One mistake of an operator.
    ///
    /// @param right    the right text
    /// @param wrong    its replacement
    /// @param message  expected after the name of the file
    private record Slip(String right, String wrong, String message) {}

    // @formatter:off
    private static final List<Slip> SLIPS = List.of(
            new Slip("vrid: 51", "vrid: 300",
                    ":12:11: vip-groups[0].vrid: '300' must be 1 to 255; choose a number that no other VRRP group on this LAN has, the same on both directors"),
            new Slip("vrid: 51", "vird: 51",
                    ":12:5: vip-groups[0]: 'vird' is not a key that is known here; did you mean 'vrid'?"),
            new Slip("    vrid: 51\n", "    vrid: 51\n    vrid: 52\n",
                    ":13:5: vip-groups[0].vrid: is given twice, the first time on line 12; keep one of the two"),
            new Slip("    vrid: 51\n", "\tvrid: 51\n",
                    ":12:1: is indented with a tab, which YAML does not allow; indent with spaces"),
            new Slip("priority: 200", "priority: 255",
                    ":14:15: vip-groups[0].priority: '255' must be 1 to 254; the director with the higher number is preferred, such as 200 and 100"),
            new Slip("priority: 200", "preempt: yes",
                    ":14:14: vip-groups[0].preempt: 'yes' must be false or true; did you mean 'true'?"),
            new Slip("priority: 200", "advert-interval-ms: 105",
                    ":14:25: vip-groups[0].advert-interval-ms: '105' must be a multiple of 10, since VRRP counts hundredths of a second; write 100 or 110"),
            new Slip("priority: 200", "advert_int: 1",
                    ":14:5: vip-groups[0]: 'advert_int' is not a key that is known here; did you mean 'advert-interval-ms'?"),
            new Slip("      - 192.0.2.10\n", "      - 192.0.2.10/24\n",
                    ":16:9: vip-groups[0].vips[0].address: '192.0.2.10/24' is not an IPv4 address; write it without the prefix length, such as 192.0.2.10"),
            new Slip("{address: 10.0.0.1, interface: hf-back}", "{address: 10.0.0.1, interface: hf-bakc}",
                    ":17:40: vip-groups[0].vips[1].interface: 'hf-bakc' is not among the datapath's interfaces hf-front, hf-back; add it to datapath.interfaces, or correct it"),
            new Slip("bind-address: 10.255.0.1", "bind-address: 127.0.0.1",
                    ":8:17: cluster.bind-address: '127.0.0.1' is a loopback address, not one of a host; write the address of one host, such as 192.0.2.10"),
            new Slip("bind-address: 10.255.0.1", "bind-address: 10.0.0.1",
                    ":8:17: cluster.bind-address: '10.0.0.1' is a VIP, which moves away; name this director's own address on the interconnect"),
            new Slip("key-file: DIR/cluster.key", "key-file: cluster.key",
                    ":9:13: cluster.key-file: 'cluster.key' must be an absolute path; begin it with '/'"),
            new Slip("service: tcp/192.0.2.10:80", "service: icmp/192.0.2.10:80",
                    ":19:14: services[0].service: 'icmp/192.0.2.10:80' is not a virtual service; write PROTOCOL/ADDRESS:PORT with tcp, udp or sctp and a port of 0 to 65535, such as tcp/192.0.2.10:80, or mark/NUMBER, such as mark/7"),
            new Slip("service: tcp/192.0.2.10:80", "service: tcp/192.0.2.12:80",
                    ":19:14: services[0].service: 'tcp/192.0.2.12:80' is not on a VIP; the VIPs are 192.0.2.10, 10.0.0.1; correct the address, or add it under vip-groups[0].vips or with 'holdfast vip add'"),
            new Slip("scheduler: wlc", "scheduler: wcl",
                    ":20:16: services[0].scheduler: 'wcl' must be one of dh, fo, lblc, lblcr, lc, least-load, mh, nq, ovf, rendezvous, rr, sed, sh, twos, wlc, wrr; did you mean 'wlc'?"),
            new Slip("timeout-s: 300", "timeout-s: 300s",
                    ":21:30: services[0].persistence.timeout-s: '300s' must be a whole number, 1 to 4294967295; write digits only, without quotes and without a unit"),
            new Slip("netmask: 255.255.255.0", "netmask: 255.255.225.0",
                    ":21:44: services[0].persistence.netmask: '255.255.225.0' is a netmask with holes, most often a slip; correct it (/19 covers its leading ones), or add 'allow-sparse-netmask: true' where it is meant"),
            new Slip("    forwarding: nat\n", "",
                    ":19:5: services[0].forwarding: is missing; add it, such as 'forwarding: nat'"),
            new Slip("forwarding: nat", "forwarding: masq",
                    ":22:17: services[0].forwarding: 'masq' must be dr or nat; did you mean 'nat'?"),
            new Slip("{address: 10.0.0.12, port: 8080, weight: 2}", "{address: 10.0.0.11, port: 8080, weight: 2}",
                    ":25:19: services[0].real-servers[1].address: '10.0.0.11' with port 8080 is in this service already, on line 24; keep it once; give it a higher weight where it shall get more"),
            new Slip("weight: 2", "weight: -1",
                    ":25:50: services[0].real-servers[1].weight: '-1' must be 0 to 2147483647; 1 is the default, 0 quiesces"));
    // @formatter:on

    private static final ExecutorService atOnce = Executors.newFixedThreadPool(JVMS_AT_ONCE);

    @TempDir
    private static Path dir;

    @BeforeAll
    static void writeKey() throws IOException {
        var key = dir.resolve("cluster.key");
        Files.writeString(key, "0123456789abcdef".repeat(4));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    @AfterAll
    static void stop() {
        atOnce.shutdownNow();
    }

    /// The result of a run of the daemon.
    private record End(int code, List<String> errors, String output, List<String> leftBehind) {}

    @TestFactory
    Stream<DynamicTest> slipHasItsMessage() {
        assertThat(SLIPS).hasSizeGreaterThanOrEqualTo(20);
        var ends = SLIPS.stream()
                .map(slip -> run(RIGHT.replace(slip.right, slip.wrong)))
                .toList();
        return Stream.iterate(0, i -> i < SLIPS.size(), i -> i + 1)
                .map(i -> DynamicTest.dynamicTest(
                        SLIPS.get(i).message,
                        () -> expect(
                                ends.get(i).get(),
                                "1 mistake; nothing was started",
                                List.of("wrong.yaml" + SLIPS.get(i).message))));
    }

    @Test
    void allMistakesAreReportedAtOnce() throws Exception {
        var wrong = RIGHT;
        var together = Stream.of(0, 9, 10, 13, 15, 17, 19, 21).map(SLIPS::get).toList();
        for (var slip : together) {
            wrong = wrong.replace(slip.right, slip.wrong);
        }
        var end = run(wrong).get();
        expect(
                end,
                together.size() + " mistakes; nothing was started",
                Stream.of(10, 0, 9, 13, 15, 17, 19, 21)
                        .map(i -> "wrong.yaml" + SLIPS.get(i).message)
                        .toList());
    }

    @Test
    void rightFileForAnotherMachineIsRefusedWithAllThatDiffers() throws Exception {
        var end = run(RIGHT).get();
        assertThat(end.code).isEqualTo(2);
        assertThat(end.errors).hasSize(5);
        assertThat(end.errors.getFirst()).contains(" INFO  [main] director starting name=d1 ");
        assertThat(end.errors.get(1))
                .startsWith("datapath.interfaces: hf-front does not exist on this machine; it has ")
                .contains("lo");
        assertThat(end.errors.get(2))
                .startsWith("datapath.interfaces: hf-back does not exist on this machine; it has ");
        assertThat(end.errors.get(3))
                .isEqualTo("cluster.bind-address: 10.255.0.1 is no address of this machine;"
                        + " use the one that its link to the other director has");
        assertThat(end.errors.get(4)).isEqualTo("3 mistakes; nothing was started");
        assertThat(end.output).isEmpty();
        assertThat(end.leftBehind).isEmpty();
    }

    @Test
    void fileThatIsNotThereIsSaidToBeMissing() throws Exception {
        var end = submit("absent.yaml").get();
        assertThat(end.code).isEqualTo(2);
        assertThat(end.errors.getFirst()).contains("absent.yaml");
        assertThat(end.leftBehind).isEmpty();
    }

    private static void expect(End end, String last, List<String> messages) {
        assertThat(end.errors)
                .containsExactlyElementsOf(
                        Stream.concat(messages.stream(), Stream.of(last)).toList());
        assertThat(end.code).isEqualTo(2);
        assertThat(end.output).isEmpty();
        assertThat(end.leftBehind).isEmpty();
    }

    private static Future<End> run(String configuration) {
        return atOnce.submit(inFolderOfItsOwn(folder -> {
            Files.writeString(folder.resolve("wrong.yaml"), configuration.replace("DIR", folder.toString()));
            return daemon(folder, "wrong.yaml");
        }));
    }

    private static Future<End> submit(String file) {
        return atOnce.submit(inFolderOfItsOwn(folder -> daemon(folder, file)));
    }

    private interface Run {
        End in(Path folder) throws Exception;
    }

    private static Callable<End> inFolderOfItsOwn(Run run) {
        return () -> {
            var folder = Files.createTempDirectory(dir, "run");
            Files.copy(dir.resolve("cluster.key"), folder.resolve("cluster.key"), StandardCopyOption.COPY_ATTRIBUTES);
            return run.in(folder);
        };
    }

    private static End daemon(Path folder, String file) throws Exception {
        var out = folder.resolve("stdout");
        var errors = folder.resolve("stderr");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "holdfast.boot.Main",
                        "--config",
                        file)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(END_S_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(
                    "the daemon still runs after " + END_S_MAX + " s: " + Files.readString(errors));
        }
        var said = Files.readAllLines(errors, UTF_8);
        var output = Files.readString(out);
        return new End(process.exitValue(), said, output, leftBehind(folder));
    }

    /// Sockets, state files and whatever else was not there before.
    private static List<String> leftBehind(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(path -> !path.equals(folder))
                    .map(path -> folder.relativize(path).toString())
                    .filter(name -> !List.of("cluster.key", "wrong.yaml", "stdout", "stderr")
                            .contains(name))
                    .sorted()
                    .toList();
        }
    }
}

package holdfast.conf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    private static final Path EXAMPLES = Path.of("examples");
    private static final String LEAST = """
            director: {name: d1}
            cluster: {bind-address: 10.255.0.1}
            vip-groups: [{vrid: 51, interface: eth0, vips: [192.0.2.10]}]
            services:
              - {service: 'tcp/192.0.2.10:443', forwarding: dr, persistence: {}, real-servers: [192.0.2.21]}
            """;

    @Test
    void whatHasADefaultNeedNotBeWritten() {
        var configuration = good(LEAST);

        assertThat(configuration.director())
                .isEqualTo(new Configuration.Director(
                        "d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/d1.sock")));
        assertThat(configuration.datapath()).isEqualTo(new Configuration.Datapath(1_000_000, 1_000_000, 50, true));
        assertThat(configuration.interfaces()).containsExactly("eth0");
        assertThat(configuration.cluster())
                .isEqualTo(new Configuration.Cluster(
                        "holdfast",
                        Ipv4.of("10.255.0.1"),
                        Ipv4.of("239.255.72.1"),
                        7600,
                        Path.of("/etc/holdfast/cluster.key"),
                        true));
        assertThat(configuration.groups())
                .containsExactly(new Configuration.VipGroup(
                        "main",
                        51,
                        "eth0",
                        100,
                        false,
                        100,
                        Configuration.AdvertChecksum.PSEUDO_HEADER,
                        Configuration.Trust.SEALED,
                        new Configuration.Garp(List.of(50, 200, 1000, 5000), 30),
                        List.of(new Configuration.Vip(Ipv4.of("192.0.2.10"), "eth0"))));
        assertThat(configuration.services())
                .containsExactly(new Configuration.Service(
                        ServiceKey.of("tcp/192.0.2.10:443"),
                        SchedulerName.WLC,
                        Optional.of(new Configuration.Persistence(360, -1)),
                        List.of(new Configuration.RealServer(Ipv4.of("192.0.2.21"), 443, 1, ForwardingMethod.DR))));
    }

    /// Every option that a file can have.
    static final String MOST = """
            director: {name: d1}
            cluster: {bind-address: 10.255.0.1}
            vip-groups: [{vrid: 51, interface: eth0, vips: [192.0.2.10]}]
            ipvs: {expire-nodest-conn: true, conn-reuse-mode: 2, tcp-timeout-s: 600, amemthresh: 64}
            marks:
              - {mark: 7, destination: 192.0.2.10, protocol: tcp, destination-ports: [80, 443, 8000-8099]}
              - {mark: 7, source: 198.51.100.0/24, protocol: sctp, source-ports: 5000, interface: eth0}
            services:
              - {service: sctp/192.0.2.10:36412, scheduler: least-load, forwarding: dr, real-servers: []}
              - service: mark/7
                scheduler: mh
                scheduler-flags: [port, fallback]
                one-packet: true
                client-limit: {connections: 100, new-per-second: 20}
                forwarding: dr
                real-servers:
                  - {address: 192.0.2.21, port: 80, upper-threshold: 200, lower-threshold: 150, drain: now}
                  - {address: 192.0.2.22, drain: until-deadline, drain-deadline-s: 3600}
              - service: udp/192.0.2.10:5060
                persistence: {rearm: from-last-close, engine: sip}
                forwarding: dr
                real-servers: []
            """;

    @Test
    void everyOptionOfIpvsArrives() {
        var configuration = good(MOST);

        assertThat(configuration.ipvs())
                .isEqualTo(new Ipvs(
                        true, false, 2, false, false, false, false, 0, 0, 0, 10, 64, 86_400, 86_400, 600, 120, 300));
        assertThat(configuration.marks())
                .containsExactly(
                        new MarkRule(
                                7,
                                Optional.empty(),
                                Optional.of(MarkRule.Prefix.of("192.0.2.10/32")),
                                Optional.of(Protocol.TCP),
                                List.of(),
                                List.of(
                                        new MarkRule.PortRange(80, 80),
                                        new MarkRule.PortRange(443, 443),
                                        new MarkRule.PortRange(8000, 8099)),
                                Optional.empty()),
                        new MarkRule(
                                7,
                                Optional.of(new MarkRule.Prefix(Ipv4.of("198.51.100.0"), 24)),
                                Optional.empty(),
                                Optional.of(Protocol.SCTP),
                                List.of(new MarkRule.PortRange(5000, 5000)),
                                List.of(),
                                Optional.of("eth0")));
        assertThat(configuration.services().get(1))
                .isEqualTo(new Configuration.Service(
                        ServiceKey.ofMark(7),
                        SchedulerName.MH,
                        Set.of(SchedulerFlag.FALLBACK, SchedulerFlag.PORT),
                        Optional.empty(),
                        true,
                        Optional.of(new Configuration.ClientLimit(100, 20)),
                        List.of(
                                new Configuration.RealServer(
                                        Ipv4.of("192.0.2.21"),
                                        80,
                                        1,
                                        ForwardingMethod.DR,
                                        200,
                                        150,
                                        Optional.of(new Configuration.Drain(DrainMode.NOW, 0))),
                                new Configuration.RealServer(
                                        Ipv4.of("192.0.2.22"),
                                        0,
                                        1,
                                        ForwardingMethod.DR,
                                        0,
                                        0,
                                        Optional.of(new Configuration.Drain(DrainMode.UNTIL_DEADLINE, 3600))))));
        assertThat(configuration.services().get(2).persistence())
                .contains(new Configuration.Persistence(
                        360, -1, RearmPolicy.FROM_LAST_CLOSE, Optional.of(PersistenceEngine.SIP)));
    }

    @Test
    void theDefaultsOfIpvsAreIpvss() {
        assertThat(good(LEAST).ipvs()).isEqualTo(Ipvs.DEFAULT);
        assertThat(good(LEAST).marks()).isEmpty();
    }

    @Test
    void theHighestMarkIsTaken() {
        var text = MOST.replace("mark: 7", "mark: 4294967295").replace("mark/7", "mark/4294967295");
        assertThat(good(text).marks()).extracting(MarkRule::mark).containsOnly(-1);
    }

    @Test
    void everyOptionIsSharedButWhereAPacketComesIn() {
        var hash = SharedHash.of(good(MOST));

        assertThat(SharedHash.of(good(MOST.replace("eth0", "ens3")))).isEqualTo(hash);
        assertThat(SharedHash.of(good(MOST.replace("[port, fallback]", "[fallback, port]"))))
                .isEqualTo(hash);
        for (var change : List.of(
                "conn-reuse-mode: 2>conn-reuse-mode: 1",
                ", interface: eth0}\nservices>}\nservices",
                "8000-8099>8000-8098",
                "198.51.100.0/24>198.51.100.0/25",
                "[port, fallback]>[port]",
                "one-packet: true>one-packet: false",
                "new-per-second: 20>new-per-second: 21",
                "drain: now>drain: keep-all",
                "drain-deadline-s: 3600>drain-deadline-s: 3601",
                "upper-threshold: 200>upper-threshold: 201",
                "lower-threshold: 150>lower-threshold: 151",
                "rearm: from-last-close>rearm: ipvs",
                ", engine: sip>")) {
            var parts = change.split(">", -1);
            assertThat(MOST).contains(parts[0]);
            assertThat(SharedHash.of(good(MOST.replace(parts[0], parts[1]))))
                    .as(change)
                    .isNotEqualTo(hash);
        }
    }

    @Test
    void everyExampleIsRightAndBothDirectorsShareOneHash() throws IOException {
        var one = good(Files.readString(EXAMPLES.resolve("d1.yaml")));
        var two = good(Files.readString(EXAMPLES.resolve("d2.yaml")));

        assertThat(one.groups().getFirst().vips()).hasSize(3);
        assertThat(SharedHash.of(one)).hasSize(64).isEqualTo(SharedHash.of(two));
        assertThat(two.director().name()).isEqualTo("d2");
    }

    @Test
    void theSharedHashTellsWhatMattersFromWhatDoesNot() {
        var hash = SharedHash.of(good(LEAST));

        assertThat(SharedHash.of(good(LEAST.replace("d1", "d2").replace("eth0", "ens3"))))
                .isEqualTo(hash);
        for (var change : List.of(
                "vrid: 51>vrid: 52",
                "forwarding: dr>forwarding: nat",
                ":443>:80",
                "persistence: {}>scheduler: rr",
                "persistence: {}>persistence: {netmask: /24}",
                "[192.0.2.21]>[192.0.2.22]",
                "vips: [192.0.2.10]>vips: [192.0.2.10, 192.0.2.11]",
                "cluster: {>cluster: {name: other, ")) {
            var parts = change.split(">", -1);
            assertThat(SharedHash.of(good(LEAST.replace(parts[0], parts[1]))))
                    .as(change)
                    .isNotEqualTo(hash);
        }
    }

    @Test
    void aMaskWithHolesIsTakenWhereItIsAskedFor() {
        var text = LEAST.replace("persistence: {}", "persistence: {netmask: 255.0.0.255, allow-sparse-netmask: true}");
        assertThat(good(text).services().getFirst().persistence())
                .contains(new Configuration.Persistence(360, 0xff0000ff));
        assertThat(good(LEAST.replace("persistence: {}", "persistence: {netmask: /20}"))
                        .services()
                        .getFirst()
                        .persistence())
                .contains(new Configuration.Persistence(360, 0xfffff000));
    }

    @Test
    void aRealServerMayHaveAMethodOfItsOwn() {
        var text = LEAST.replace("[192.0.2.21]", "[{address: 10.0.0.11, port: 8443, forwarding: nat}, 192.0.2.21]");
        assertThat(good(text).services().getFirst().realServers())
                .extracting(Configuration.RealServer::method)
                .containsExactly(ForwardingMethod.NAT, ForwardingMethod.DR);
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkDoNotMatter() {
        assertThat(good("\ufeff" + LEAST.replace("\n", "\r\n"))).isEqualTo(good(LEAST));
    }

    @Test
    void whatIsNoConfigurationFileIsSaidInOneMessage(@TempDir Path folder) throws IOException {
        var big = new byte[10 * 1024 * 1024];
        Arrays.fill(big, (byte) 'a');
        var garbage = new byte[4096];
        new Random(7).nextBytes(garbage);

        assertThat(only(folder, new byte[0]))
                .isEqualTo("f.yaml:1:1: is empty; begin with a copy of conf/examples/d1.yaml");
        assertThat(only(folder, big))
                .isEqualTo(
                        "f.yaml: has more than the 1 MiB that a configuration may have; see that it is the file you meant");
        assertThat(only(folder, garbage))
                .isEqualTo("f.yaml: is not UTF-8 text; name the YAML file, or save it again as plain UTF-8 text");
        assertThat(only(folder, "name: a\n\0b".getBytes(UTF_8)))
                .isEqualTo("f.yaml:2:1: has the character 0x00, so it is not a text file; "
                        + "name the YAML file, or save it again as plain UTF-8 text");
        assertThat(only(folder, "[".repeat(100_000).getBytes(UTF_8)))
                .isEqualTo("f.yaml:1:22: is nested more than 20 deep; see conf/examples/d1.yaml for the form");
    }

    @Test
    void anAnchorBombEndsAtItsFirstAnchor(@TempDir Path folder) throws IOException {
        var bomb = new StringBuilder("a0: &a0 [lol, lol]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
        }
        assertThat(only(folder, bomb.toString().getBytes(UTF_8)))
                .isEqualTo("f.yaml:1:5: sets the anchor &a0, which is not taken here; write the value out each time");
    }

    @Test
    void limitsAreThoseOfIpvs() {
        var ipvs = "ipvs: {tcp-timeout-s: 2678400, tcp-fin-timeout-s: 2678400, udp-timeout-s: 2678400}\n";
        var weight = LEAST.replace("real-servers: [", "real-servers: [{address: 192.0.2.29, weight: 2147483647}, ");
        assertThat(weight).isNotEqualTo(LEAST);
        var configuration = good(ipvs + weight);
        assertThat(configuration.ipvs().udpTimeoutS()).isEqualTo(2_678_400);
        assertThat(configuration.services().getFirst().realServers().getFirst().weight())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void theFileOfAnotherMachineIsReadWithoutALookAtThisOne(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("f.yaml"), LEAST);
        assertThat(mistakes(ConfigurationFile.read(file)))
                .as("the key file of the defaults is looked for")
                .isNotEmpty();
        assertThat(ConfigurationFile.readOffline(file)).isInstanceOf(ConfigurationFile.Good.class);
        assertThat(ConfigurationFile.readOffline(file, LEAST.getBytes(UTF_8)))
                .isInstanceOf(ConfigurationFile.Good.class);
        Files.writeString(file, LEAST.replace("vrid", "vird"));
        assertThat(mistakes(ConfigurationFile.readOffline(file)))
                .as("all other rules apply")
                .anyMatch(mistake -> mistake.toString().contains("vird"));
    }

    @Test
    void aFileThatIsNotThereIsAMistakeToo(@TempDir Path folder) {
        assertThat(mistakes(ConfigurationFile.read(folder.resolve("none.yaml"))))
                .containsExactly(folder + "/none.yaml: does not exist; "
                        + "correct the path, or begin with a copy of conf/examples/d1.yaml");
        assertThat(mistakes(ConfigurationFile.read(folder)))
                .containsExactly(folder + ": is a directory; name the file in it");
    }

    @Test
    void aValueCannotDriveTheTerminal() {
        var text = LEAST.replace("name: d1", "name: \"\\e[2J\\a\"");
        assertThat(mistakes(check(text, TestDisk.whole())).getFirst())
                .startsWith("f.yaml:1:18: director.name: '?[2J?' must");
    }

    private static Configuration good(String text) {
        return switch (check(text, TestDisk.whole())) {
            case ConfigurationFile.Good good -> good.configuration();
            case ConfigurationFile.Mistakes(var all) -> throw new AssertionError(all.toString());
        };
    }

    private static ConfigurationFile.Outcome check(String text, Disk disk) {
        return ConfigurationFile.check(Path.of("f.yaml"), text.getBytes(UTF_8), disk);
    }

    private static String only(Path folder, byte[] content) throws IOException {
        var file = Files.write(folder.resolve("f.yaml"), content);
        var all = mistakes(ConfigurationFile.read(file));
        assertThat(all).hasSize(1);
        return all.getFirst().substring(folder.toString().length() + 1);
    }

    private static List<String> mistakes(ConfigurationFile.Outcome outcome) {
        return switch (outcome) {
            case ConfigurationFile.Good _ -> List.of();
            case ConfigurationFile.Mistakes(var all) ->
                all.stream().map(Mistake::toString).toList();
        };
    }
}

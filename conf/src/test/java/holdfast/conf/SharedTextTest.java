package holdfast.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is written is read again as the same: of any shared part, and of any revision.
class SharedTextTest {
    private static final int SEEDS = 400;
    private static final List<String> INTERFACES = List.of("front", "back", "0", "true", "a'b");

    private static final List<Ipv4> VIPS =
            IntStream.range(10, 20).mapToObj(host -> Ipv4.of("192.0.2." + host)).toList();

    private final Configuration own = own();

    @Test
    void whatIsWrittenIsReadAgain() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var shared = new AnyShared(seed).shared();
            var text = SharedText.of(shared);
            var read = ConfigurationFile.readShared(Path.of("shared"), text.getBytes(StandardCharsets.UTF_8), own);
            assertThat(read)
                    .as("seed %d:%n%s", seed, text)
                    .isInstanceOfSatisfying(ConfigurationFile.Good.class, good -> {
                        assertThat(Shared.of(good.configuration())).isEqualTo(shared);
                        assertThat(good.configuration().director()).isEqualTo(own.director());
                    });
            assertThat(SharedText.of(shared)).isEqualTo(text);
            assertThat(SharedText.read(text)).as("seed %d", seed).isEqualTo(shared);
        }
    }

    @Test
    void aTextOfAnotherVersionIsNotGuessedAt() {
        assertThatThrownBy(() -> SharedText.read("services: []\nunheard-of: 5\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("configuration:2:1: 'unheard-of' ");
        assertThatThrownBy(() -> SharedText.read("services: ["))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 1 ");
    }

    @Test
    void aRevisionIsReadAgainWithWhoMadeItAndWhy() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var any = new AnyShared(seed);
            var revision = new Revision(
                    new RevisionId(1 + any.random.nextInt(32_000), 1 + any.random.nextInt() & 0xffffL),
                    new RevisionId(any.random.nextInt(32_000), any.random.nextInt() & 0xffffL),
                    any.random.nextBoolean() ? List.of() : List.of(new RevisionId(2, 9), new RevisionId(1, 4)),
                    Instant.ofEpochMilli(any.random.nextInt() * 1000L),
                    "d1",
                    any.words(),
                    any.words(),
                    any.shared(),
                    any.random.nextBoolean(),
                    any.byHand());
            var text = RevisionText.of(revision);
            assertThat(RevisionText.read(Path.of("revision"), text, own))
                    .as("seed %d:%n%s", seed, new String(text, StandardCharsets.UTF_8))
                    .isInstanceOfSatisfying(
                            RevisionText.Good.class,
                            good -> assertThat(good.revision()).isEqualTo(revision));
        }
    }

    @Test
    void theHeadOfARevisionIsReadWithoutTheRest() {
        var any = new AnyShared(7);
        var revision = new Revision(
                new RevisionId(6, 17),
                new RevisionId(6, 16),
                List.of(new RevisionId(4, 12)),
                Instant.EPOCH,
                "d1",
                "root",
                "third server",
                any.shared(),
                false,
                any.byHand());
        assertThat(RevisionText.readHead(Path.of("revision"), RevisionText.of(revision), own))
                .isInstanceOfSatisfying(RevisionText.Good.class, good -> {
                    assertThat(good.revision().id()).isEqualTo(revision.id());
                    assertThat(good.revision().base()).isEqualTo(revision.base());
                    assertThat(good.revision().line()).isEqualTo(revision.line());
                    assertThat(good.revision().reason()).isEqualTo("third server");
                    assertThat(good.revision().shared().services()).isEmpty();
                });
    }

    @Test
    void aRevisionKnowsWhatLedToItThoughADirectorMissedTheRest() {
        var first = draft().after(null, new RevisionId(3, 1), "d1");
        var second = draft().after(first, new RevisionId(3, 2), "d1");
        var third = draft().after(second, new RevisionId(5, 3), "d2");
        var fourth = draft().after(third, new RevisionId(6, 4), "d1");
        assertThat(List.of(first, second, third, fourth)).allMatch(each -> fourth.isFrom(each.id()));
        assertThat(fourth.isFrom(new RevisionId(3, 3)))
                .as("of the term 3, the second was the last")
                .isFalse();
        assertThat(fourth.isFrom(new RevisionId(4, 3))).isFalse();
        assertThat(third.isFrom(fourth.id())).isFalse();
        var last = fourth;
        for (int term = 7; term < 200; term++) {
            last = draft().after(last, new RevisionId(term, term), "d1");
        }
        assertThat(last.line()).hasSize(Revision.LINE_MAX).startsWith(new RevisionId(198, 198));
    }

    private Revision draft() {
        return new Revision(RevisionId.OF_FILE, Instant.EPOCH, "d1", "root", "", Shared.of(own), false, ByHand.NONE);
    }

    @Test
    void whatAnAuthorTypesCannotBreakTheLine() {
        var revision = new Revision(
                new RevisionId(6, 17),
                RevisionId.OF_FILE,
                List.of(),
                Instant.EPOCH,
                "d1",
                "o'brien\nservices: []",
                "x".repeat(1000) + "\u0000",
                Shared.of(own),
                false,
                ByHand.NONE);
        assertThat(RevisionText.read(Path.of("revision"), RevisionText.of(revision), own))
                .isInstanceOfSatisfying(RevisionText.Good.class, good -> {
                    assertThat(good.revision().author()).isEqualTo("o'brien?services: []");
                    assertThat(good.revision().reason()).hasSize(Revision.TEXT_MAX);
                });
    }

    @Test
    void aTextOfAnotherDirectorsVipsIsRefused() {
        var text = "services: [{service: 'tcp/203.0.113.9:80', forwarding: nat, real-servers: []}]";
        assertThat(ConfigurationFile.readShared(Path.of("shared"), text.getBytes(StandardCharsets.UTF_8), own))
                .isInstanceOfSatisfying(
                        ConfigurationFile.Mistakes.class,
                        mistakes ->
                                assertThat(mistakes.all().getFirst().toString()).contains("is not on a VIP"));
    }

    @Test
    void aTextWithoutVipsLeavesThemAsTheyAre() {
        assertThat(readVips("services: []"))
                .containsExactlyElementsOf(own.groups().getFirst().vips());
    }

    @Test
    void aVipBelongsWhereTheFileOrTheNetworkHasItElseWithTheAdverts() {
        var machine = own.on(List.of(
                network("front", "192.0.2.1", 24),
                network("back", "10.0.0.1", 16),
                network("elsewhere", "10.9.0.1", 24)));
        var text = "vip-groups:\n  - vips: [192.0.2.10, 10.0.200.1, 10.9.0.7, 203.0.113.9]\nservices: []";
        assertThat(readVips(text, machine))
                .extracting(vip -> vip.address() + " " + vip.interfaceName())
                .containsExactly("192.0.2.10 front", "10.0.200.1 back", "10.9.0.7 front", "203.0.113.9 front");
    }

    @Test
    void vipsThatCannotBeAreRefused() {
        assertThat(mistakes("vip-groups:\n  - vips: [192.0.2.10, 192.0.2.10]")).contains("192.0.2.10");
        assertThat(mistakes("vip-groups:\n  - vips: []")).contains("is an empty list");
        assertThat(mistakes("vip-groups: []")).contains("is an empty list");
        assertThat(mistakes("vip-groups:\n  - vips: [224.0.0.1]")).contains("224.0.0.1");
        assertThat(mistakes("vip-groups:\n  - vips: [10.255.0.1]")).contains("own address on the interconnect");
        assertThat(mistakes("vip-groups:\n  - {vrid: 7, vips: [192.0.2.10]}")).contains("vrid");
        assertThat(mistakes("vip-groups:\n  - vips: [192.0.2.99]\nservices:\n"
                        + "  - {service: tcp/192.0.2.10:80, forwarding: nat, real-servers: []}"))
                .contains("is not on a VIP; the VIPs are 192.0.2.99");
    }

    private static Configuration.Network network(String interfaceName, String address, int prefixLength) {
        return new Configuration.Network(interfaceName, Ipv4.of(address), prefixLength);
    }

    private List<Configuration.Vip> readVips(String text) {
        return readVips(text, own);
    }

    private static List<Configuration.Vip> readVips(String text, Configuration own) {
        return read(text, own) instanceof ConfigurationFile.Good good
                ? good.configuration().groups().getFirst().vips()
                : List.of();
    }

    private String mistakes(String text) {
        return read(text, own) instanceof ConfigurationFile.Mistakes(var all) ? all.toString() : "";
    }

    private static ConfigurationFile.Outcome read(String text, Configuration own) {
        return ConfigurationFile.readShared(Path.of("shared"), text.getBytes(StandardCharsets.UTF_8), own);
    }

    @Test
    void theDirectorsOwnSectionsAreNoPartOfIt() {
        var text = "director: {name: d9}\nservices: []";
        assertThat(ConfigurationFile.readShared(Path.of("shared"), text.getBytes(StandardCharsets.UTF_8), own))
                .isInstanceOfSatisfying(
                        ConfigurationFile.Mistakes.class,
                        mistakes ->
                                assertThat(mistakes.all().getFirst().toString()).contains("director"));
    }

    private static Configuration own() {
        var vips = VIPS.stream().map(vip -> new Configuration.Vip(vip, "front")).toList();
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/d1.sock")),
                new Configuration.Datapath(1000, 1000, 50, true),
                INTERFACES,
                new Configuration.Cluster(
                        "holdfast", Ipv4.of("10.255.0.1"), Ipv4.of("239.255.72.1"), 7600, Path.of("/key"), true),
                List.of(new Configuration.VipGroup(
                        "shop",
                        51,
                        "front",
                        100,
                        false,
                        100,
                        Configuration.AdvertChecksum.PSEUDO_HEADER,
                        Configuration.Trust.SEALED,
                        new Configuration.Garp(List.of(50), 30),
                        vips)),
                Ipvs.DEFAULT,
                List.of(),
                List.of());
    }

    /// A shared part that our reader takes, from a seed.
    private static final class AnyShared {
        private final Random random;

        AnyShared(int seed) {
            random = new Random(seed);
        }

        Shared shared() {
            return new Shared(
                    vips(),
                    ipvs(),
                    IntStream.range(0, random.nextInt(4)).mapToObj(_ -> mark()).toList(),
                    IntStream.range(0, random.nextInt(6))
                            .mapToObj(this::service)
                            .toList());
        }

        private List<Ipv4> vips() {
            var more = IntStream.range(0, random.nextInt(3)).mapToObj(i -> Ipv4.of("203.0.113." + i));
            return Stream.concat(more, VIPS.stream()).toList();
        }

        ByHand byHand() {
            var drains = IntStream.range(0, random.nextInt(3))
                    .mapToObj(i -> new ByHand.Drain(
                            ServiceKey.of("tcp/192.0.2.10:" + i),
                            Ipv4.of("10.0.0.1"),
                            random.nextInt(65_536),
                            maybe() ? Optional.of(DrainMode.NOW) : Optional.empty(),
                            Instant.ofEpochMilli(random.nextInt()),
                            maybe() ? Optional.of(Instant.ofEpochMilli(random.nextInt())) : Optional.empty()))
                    .toList();
            var rules = IntStream.range(0, random.nextInt(3))
                    .mapToObj(_ -> new ByHand.ClientRule(
                            prefix(),
                            maybe(),
                            random.nextInt(9),
                            random.nextInt(9),
                            maybe() ? Optional.of(Instant.ofEpochMilli(random.nextInt())) : Optional.empty()))
                    .toList();
            return new ByHand(drains, rules);
        }

        String words() {
            var letters = "abc 'x\": {[]}#&*!|>%@`,-?\\é字~";
            return random.ints(random.nextInt(30), 0, letters.length())
                    .mapToObj(i -> String.valueOf(letters.charAt(i)))
                    .reduce("", String::concat)
                    .strip();
        }

        private boolean maybe() {
            return random.nextInt(3) == 0;
        }

        private Ipvs ipvs() {
            return new Ipvs(
                    maybe(),
                    maybe(),
                    random.nextInt(4),
                    maybe(),
                    maybe(),
                    maybe(),
                    maybe(),
                    random.nextInt(4),
                    random.nextInt(4),
                    random.nextInt(4),
                    1 + random.nextInt(100),
                    random.nextInt(10_000),
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000));
        }

        private MarkRule mark() {
            boolean hasProtocol = maybe();
            return new MarkRule(
                    random.nextInt() | 1,
                    maybe() ? Optional.of(prefix()) : Optional.empty(),
                    maybe() ? Optional.of(prefix()) : Optional.empty(),
                    hasProtocol ? Optional.of(Protocol.UDP) : Optional.empty(),
                    hasProtocol && maybe() ? ranges() : List.of(),
                    hasProtocol && maybe() ? ranges() : List.of(),
                    maybe() ? Optional.of(INTERFACES.get(random.nextInt(INTERFACES.size()))) : Optional.empty());
        }

        private MarkRule.Prefix prefix() {
            int length = random.nextInt(33);
            int bits = length == 0 ? 0 : random.nextInt() & -1 << (32 - length);
            return new MarkRule.Prefix(new Ipv4(bits), length);
        }

        private List<MarkRule.PortRange> ranges() {
            var ranges = new ArrayList<MarkRule.PortRange>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                int first = 1 + random.nextInt(60_000);
                ranges.add(new MarkRule.PortRange(first, first + random.nextInt(5000)));
            }
            return ranges;
        }

        private Configuration.Service service(int number) {
            boolean isMark = maybe();
            boolean isUdp = maybe();
            var key = isMark
                    ? ServiceKey.ofMark(number + 1)
                    : new ServiceKey(
                            isUdp ? Protocol.UDP : Protocol.TCP,
                            Ipv4.of("192.0.2." + (10 + number)),
                            maybe() ? 0 : 1 + random.nextInt(65_535));
            boolean mustPersist = !isMark && key.port() == 0;
            var scheduler = SchedulerName.values()[random.nextInt(SchedulerName.values().length)];
            boolean mayHaveFlags = scheduler == SchedulerName.SH || scheduler == SchedulerName.MH;
            var flags = EnumSet.noneOf(SchedulerFlag.class);
            for (var flag : SchedulerFlag.values()) {
                if (mayHaveFlags && maybe()) {
                    flags.add(flag);
                }
            }
            return new Configuration.Service(
                    key,
                    scheduler,
                    flags,
                    mustPersist || maybe() ? Optional.of(persistence(isUdp && !isMark)) : Optional.empty(),
                    (isUdp || isMark) && maybe(),
                    maybe()
                            ? Optional.of(new Configuration.ClientLimit(1 + random.nextInt(9), random.nextInt(9)))
                            : Optional.empty(),
                    IntStream.range(0, random.nextInt(5))
                            .mapToObj(host -> real(host, key))
                            .toList());
        }

        private Configuration.Persistence persistence(boolean mayHaveEngine) {
            int netmask = maybe() ? random.nextInt() : -1 << random.nextInt(32);
            return new Configuration.Persistence(
                    1 + (random.nextInt() & 0xffff_ffffL) / 2,
                    netmask,
                    RearmPolicy.values()[random.nextInt(RearmPolicy.values().length)],
                    mayHaveEngine && maybe() ? Optional.of(PersistenceEngine.SIP) : Optional.empty());
        }

        private Configuration.RealServer real(int host, ServiceKey key) {
            boolean isDirect = maybe();
            int port = isDirect || key.port() == 0 || maybe() ? key.port() : 1 + random.nextInt(65_535);
            int upper = maybe() ? 1 + random.nextInt(1000) : 0;
            return new Configuration.RealServer(
                    Ipv4.of("10.0.0." + (11 + host)),
                    port,
                    random.nextInt(5),
                    isDirect ? ForwardingMethod.DR : ForwardingMethod.NAT,
                    upper,
                    upper == 0 ? 0 : random.nextInt(upper + 1),
                    maybe() ? Optional.of(drain()) : Optional.empty());
        }

        private Configuration.Drain drain() {
            var mode = DrainMode.values()[random.nextInt(DrainMode.values().length)];
            return new Configuration.Drain(mode, mode == DrainMode.UNTIL_DEADLINE ? 1 + random.nextInt(9999) : 0);
        }
    }
}

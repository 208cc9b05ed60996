package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ServiceList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The listings of ipvsadm, compared column for column (IPVS-REF 9.2, 9.3).
class ListCommandTest extends AgainstASocket {
    @Test
    void marksSctpFlagsEnginesAndOnePacketLookAsInIpvsadm() throws IOException {
        assertThat(list()).isEqualTo(new Ended(0, golden("list-every-option"), ""));
    }

    @Test
    void whoIsUnreachableIsSaidBesideTheListing() throws IOException {
        var ended = with("/v1/services", 200, Samples.unreachable(), "list");
        assertThat(ended.out()).contains("  -> 10.0.0.11:8080               Masq    1      3          0         \n");
        assertThat(ended.err())
                .isEqualTo("10.0.0.11 unreachable, passed over for new clients while others are there\n");
    }

    @Test
    void sumsLookAsInIpvsadmAndWinOverRates() throws IOException {
        assertThat(list("--stats")).isEqualTo(new Ended(0, golden("list-stats"), ""));
        assertThat(list("--rate", "--stats").out()).isEqualTo(golden("list-stats"));
    }

    @Test
    void exactNumbersHaveAllTheirDigits() throws IOException {
        assertThat(list("--stats", "--exact").out())
                .contains("SCTP 192.0.2.10:36412             99999999 100000000 100000000000 1000000000 "
                        + "1152921504606846976\n");
    }

    @Test
    void oneServiceIsListedWithoutTheVersion() throws IOException {
        var service = "--service=sctp/192.0.2.10:36412";
        assertThat(list("--rate", service).out()).isEqualTo(golden("list-rate"));
        assertThat(list("--thresholds", service).out()).isEqualTo(golden("list-thresholds"));
        assertThat(list("--persistent-conn", service).out()).isEqualTo(golden("list-persistent-conn"));

        var json = list("--output=json", service).out();
        assertThat(result(json, ServiceList.class).services())
                .containsExactly(Samples.everyOption().services().get(1));
    }

    @Test
    void aServiceThatIsNotThereIsAnsweredWithThoseThatAre() throws IOException {
        assertThat(list("--service=mark/8"))
                .isEqualTo(new Ended(
                        2,
                        "",
                        "There is no service mark/8; there are mark/4294967295, sctp/192.0.2.10:36412, "
                                + "udp/192.0.2.10:5060\n"));
    }

    @Test
    void unsortedIsTheOrderOfTheConfiguration() throws IOException {
        assertThat(list("--nosort").out().lines().filter(line -> line.matches("(FWM|SCTP|UDP) .*")))
                .extracting(line -> line.substring(0, 4).strip())
                .containsExactly("FWM", "SCTP", "UDP");
        assertThat(list("--sort").out()).isEqualTo(golden("list-every-option"));
    }

    @Test
    void timeoutsAreOneLine() throws IOException {
        assertThat(list("--timeouts")).isEqualTo(new Ended(0, "Timeout (tcp tcpfin udp): 900 120 300\n", ""));
    }

    @Test
    void templatesOfMarksHaveTheProtocolIp() throws IOException {
        assertThat(with("/v1/connections?limit=100000", 200, Samples.oddTemplates(), "list", "-c"))
                .isEqualTo(new Ended(0, golden("list-odd-templates"), ""));
        assertThat(with("/v1/connections?limit=100000", 200, Samples.oddTemplates(), "list", "-c", "--persistent-conn")
                        .out())
                .isEqualTo(golden("list-engine-data"));
    }

    @Test
    void connectionsAreFilteredByTheDirector() throws IOException {
        var uri = "/v1/connections?limit=9&client=198.51.100.0/24&real=10.0.0.11:8080&service=tcp/192.0.2.10:443";
        assertThat(with(
                                uri,
                                200,
                                Samples.connections(false),
                                "list",
                                "-c",
                                "--limit=9",
                                "--client=198.51.100.0/24",
                                "--real=10.0.0.11:8080",
                                "--service=tcp/192.0.2.10:443")
                        .exit())
                .isZero();
    }

    @Test
    void templatesAloneAreListedWithBothOfTheirTimes() throws IOException {
        var uri = "/v1/connections?limit=100000&kind=template&client=198.51.100.7/32";
        assertThat(with(uri, 200, Samples.oddTemplates(), "template", "list", "--client", "198.51.100.7"))
                .isEqualTo(new Ended(0, golden("template-list"), ""));
        var pinned = "/v1/connections?limit=100000&kind=template&state=pinned";
        assertThat(with(pinned, 200, Samples.oddTemplates(), "template", "list", "--pinned"))
                .isEqualTo(new Ended(0, golden("template-list"), ""));
    }

    @Test
    void whatIpvsadmRefusesTogetherIsRefused() {
        for (var wrong : List.of(
                "-c --stats",
                "-c --rate",
                "-c --thresholds",
                "--timeouts --stats",
                "--timeouts --persistent-conn",
                "--timeouts -c",
                "--client=198.51.100.7",
                "-c --client=10.1.2.3/8",
                "-c --service=80")) {
            var args = ("list " + wrong).split(" ");
            assertThat(run(args).exit()).as(wrong).isEqualTo(2);
        }
        assertThat(run("list", "-c", "--client=10.1.2.3/8").err())
                .startsWith("Invalid value for option '--client': '10.1.2.3/8' has bits set beyond its length; "
                        + "10.0.0.0/8 is the prefix\n");
    }

    private Ended list(String... options) throws IOException {
        var args = new ArrayList<>(List.of("list", "-n"));
        args.addAll(List.of(options));
        return with("/v1/services", 200, Samples.everyOption(), args.toArray(String[]::new));
    }
}

package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ApiError;
import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.Role;
import holdfast.admin.ZeroResult;
import holdfast.admin.json.AdminJson;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The drop-in against the admin API; its texts are tested beside it.
class IpvsadmCommandTest extends AgainstASocket {
    private String revision = "4.2";
    private String text = SharedText.of(new Shared(List.of(Ipv4.of("192.0.2.10")), Ipvs.DEFAULT, List.of(), List.of()));
    private final List<ConfigChange> changes = new ArrayList<>();

    /// Answers a change.
    private Function<ConfigChange, String> change = wanted -> {
        text = wanted.text();
        revision = "5.2";
        return answer(200, new ConfigResult(true, revision, List.of(), List.of(), List.of()));
    };

    @BeforeEach
    void theSocketIsThatOfTheEnvironment() {
        variables.put("HOLDFAST_SOCKET", socket().toString());
        variables.put("SUDO_USER", "alice");
    }

    @Test
    void aServiceIsAddedToTheRevisionThatWasRead() throws IOException {
        assertThat(ipvsadm("-A", "-t", "192.0.2.10:80", "-s", "rr")).isEqualTo(new Ended(0, "", ""));

        assertThat(changes)
                .containsExactly(
                        new ConfigChange(text, null, "4.2", "alice", "ipvsadm -A -t 192.0.2.10:80 -s rr", false));
        assertThat(SharedText.read(text).services())
                .extracting(service -> service.key())
                .containsExactly(ServiceKey.of("tcp/192.0.2.10:80"));
    }

    @Test
    void rulesComeFromStandardInput() throws IOException {
        typed = "-A -t 192.0.2.10:80\n-a -t 192.0.2.10:80 -r 10.0.0.11 -m\n";
        assertThat(ipvsadm("-R")).isEqualTo(new Ended(0, "", ""));
        assertThat(ipvsadm("-S").out())
                .startsWith("-A -t 192.0.2.10:")
                .contains(" -s wlc\n-a -t 192.0.2.10:")
                .endsWith(" -m -w 1\n");
    }

    @Test
    void aChangeThatIsOvertakenIsMadeAgain() throws IOException {
        var made = change;
        change = _ -> {
            revision = "9.2";
            change = made;
            return answer(409, new ApiError("the change was not made", "revision 9.2 is in force", "look"));
        };
        assertThat(ipvsadm("-A", "-t", "192.0.2.10:80")).isEqualTo(new Ended(0, "", ""));
        assertThat(changes).extracting(ConfigChange::base).containsExactly("4.2", "9.2");
    }

    @Test
    void whatTheDirectorRefusesIsARefusalOfTheKernel() throws IOException {
        change = _ -> answer(409, new ApiError("the change was not made", "the disk is full", "free some space"));
        assertThat(ipvsadm("-A", "-t", "192.0.2.10:80"))
                .isEqualTo(new Ended(255, "", "The change was not made: the disk is full; free some space\n"));
    }

    @Test
    void aWrongLineDoesNotTakeTheOthersWithIt() throws IOException {
        var made = change;
        change = wanted -> wanted.text().contains(":81")
                ? answer(400, new ApiError("configuration is not right", "81 is unlucky", "choose another"))
                : made.apply(wanted);
        typed = "-A -t 192.0.2.10:80\n-A -t 192.0.2.10:81\n-A -t 192.0.2.10:82\n";
        assertThat(ipvsadm("-R"))
                .isEqualTo(new Ended(0, "", "Configuration is not right: 81 is unlucky; choose another\n"));
        assertThat(SharedText.read(text).services())
                .extracting(service -> service.key().port())
                .containsExactly(80, 82);
    }

    @Test
    void aDirectorWithoutTheChangeIsNamed() throws IOException {
        change = _ -> answer(200, new ConfigResult(true, "5.2", List.of(), List.of("d2"), List.of()));
        assertThat(ipvsadm("-A", "-t", "192.0.2.10:80"))
                .isEqualTo(new Ended(0, "", "Note: d2 does not have the change yet; see 'holdfast status'\n"));
    }

    @Test
    void listingsAreThoseOfTheDirector() throws IOException {
        assertThat(ipvsadm().out()).startsWith("IP Virtual Server version 1.2.1 (size=1000000)\n");
        assertThat(ipvsadm("-Ln")).isEqualTo(new Ended(0, golden("list"), ""));
        assertThat(ipvsadm("-Lnc")).isEqualTo(new Ended(0, golden("list-connections"), ""));
        assertThat(ipvsadm("-L", "--timeout").out()).isEqualTo("Timeout (tcp tcpfin udp): 900 120 300\n");
        assertThat(ipvsadm("-L", "--daemon").out()).isEqualTo("master sync daemon (mcast=interconnect, syncid=51)\n");
        assertThat(ipvsadm("-Z")).isEqualTo(new Ended(0, "", ""));
    }

    /// They belong to the director's options elsewhere, or to picocli's.
    @Test
    void everyOptionIsThatOfIpvsadm() throws IOException {
        assertThat(ipvsadm("--timeout", "5").exit()).isEqualTo(255);
        assertThat(ipvsadm("-h").out()).startsWith("ipvsadm v1.31 ");
        assertThat(ipvsadm("--version").out()).startsWith("ipvsadm v1.31 ");
        assertThat(ipvsadm("-A", "@file", "-t", "192.0.2.10:80").err()).isEqualTo("unexpected argument @file\n");
    }

    @Test
    void whoTypesIpvsadmsOptionsElsewhereIsToldWhereTheyBelong() {
        var hint = "'holdfast ipvsadm' takes the options of ipvsadm.\n";
        assertThat(runBare("-Ln").err()).contains(hint);
        assertThat(runBare("list", "-Ln").err()).contains(hint);
        assertThat(runBare("-A", "-t", "192.0.2.10:80").err()).contains(hint);
        assertThat(runBare("list", "-q").err()).doesNotContain(hint);
        assertThat(runBare("--lst").err()).doesNotContain(hint);
    }

    @Test
    void withoutADirectorItEndsAsWithoutIpvs() {
        assertThat(runBare("ipvsadm", "-Ln"))
                .isEqualTo(new Ended(
                        2,
                        "",
                        "There is no socket " + socket()
                                + ": the director does not run; start it, or correct --socket\n"
                                + "ipvsadm has no options for that: $HOLDFAST_SOCKET names the director's socket.\n"));
    }

    @Test
    void aConfigurationOfAnotherVersionIsNamed() throws IOException {
        text = "services: []\nunheard-of: 5\n";
        assertThat(ipvsadm("-S").err())
                .startsWith("The director's configuration is not understood: configuration:2:1: ")
                .contains("; use the holdfast of the director's version\n");
    }

    private Ended ipvsadm(String... args) throws IOException {
        var all = new ArrayList<>(List.of("ipvsadm"));
        all.addAll(List.of(args));
        Files.deleteIfExists(socket());
        try (var _ = new TinyServer(socket(), this::answer)) {
            return runBare(all.toArray(String[]::new));
        }
    }

    private String answer(String request) {
        var target = request.replaceFirst("(?s) HTTP/1.1.*", "");
        return switch (target) {
            case "GET /v1/config" ->
                answer(200, new ConfigState("d1", revision, null, false, text, "/etc/d1.yaml", true, List.of()));
            case "POST /v1/config" -> {
                var body = request.substring(request.indexOf("\r\n\r\n") + 4);
                var wanted = AdminJson.answer(body.getBytes(StandardCharsets.UTF_8), ConfigChange.class);
                changes.add(wanted);
                yield change.apply(wanted);
            }
            case "GET /v1/status" -> answer(200, Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL));
            case "GET /v1/services" -> answer(200, Samples.services());
            case "GET /v1/connections?limit=100000" -> answer(200, Samples.connections(false));
            case "POST /v1/zero" -> answer(200, new ZeroResult(3));
            default -> answer(404, Map.of("target", target));
        };
    }
}

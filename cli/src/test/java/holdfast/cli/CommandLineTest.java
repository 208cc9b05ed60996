package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ApiError;
import holdfast.admin.Connections;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverResult;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The command line against a real server on a real Unix socket; its output is compared word for word.
class CommandLineTest extends AgainstASocket {
    @Test
    void statusOfASafeActiveSaysSoInItsFirstLine() throws IOException {
        var ended = with("/v1/status", 200, Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL), "status");

        assertThat(ended).isEqualTo(new Ended(0, golden("status-safe"), ""));
    }

    @Test
    void statusOfAnActiveWhoseStandbyIsBehindSaysWhatWouldBeLost() throws IOException {
        var ended = with("/v1/status", 200, Samples.status(Role.ACTIVE, Samples.UNSAFE, Samples.BEHIND), "status");

        assertThat(ended).isEqualTo(new Ended(0, golden("status-behind"), ""));
    }

    @Test
    void whatIsUnknownNeverLooksLikeZero() throws IOException {
        var ended = with("/v1/status", 200, Samples.status(Role.STANDBY, Samples.UNKNOWN, Samples.SILENT), "status");

        assertThat(ended).isEqualTo(new Ended(0, golden("status-unknown"), ""));
        assertThat(ended.out().lines().filter(line -> line.startsWith("peers")))
                .singleElement()
                .asString()
                .doesNotContainPattern("\\b0\\b");
    }

    @Test
    void servicesLookAsInIpvsadm() throws IOException {
        assertThat(with("/v1/services", 200, Samples.services(), "list", "-n"))
                .isEqualTo(new Ended(0, golden("list"), ""));
    }

    @Test
    void connectionsAndTemplatesLookAsInIpvsadm() throws IOException {
        assertThat(with("/v1/connections?limit=100000", 200, Samples.connections(false), "list", "-nc"))
                .isEqualTo(new Ended(0, golden("list-connections"), ""));
    }

    @Test
    void aCutListingSaysThatItIsCut() throws IOException {
        var ended = with("/v1/connections?limit=3", 200, Samples.connections(true), "list", "-c", "--limit", "3");

        assertThat(ended)
                .isEqualTo(new Ended(
                        0,
                        golden("list-connections"),
                        "Listed are 3 of 500000 entries; the bound is --limit, at most 100000\n"));
    }

    @Test
    void syncStatusIsATableOfPeers() throws IOException {
        var sync = Samples.sync(
                Role.ACTIVE,
                Samples.BEHIND,
                new Sync.Peer(
                        "d3",
                        Sync.State.UNKNOWN,
                        true,
                        null,
                        Map.of(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));

        assertThat(with("/v1/sync", 200, sync, "sync", "status")).isEqualTo(new Ended(0, golden("sync-behind"), ""));
        assertThat(with("/v1/sync", 200, Samples.sync(Role.ACTIVE), "sync", "status")
                        .out())
                .startsWith(
                        "This director is ACTIVE in term 7. NO OTHER DIRECTOR was seen: nothing is synchronised.\n");
    }

    @Test
    void jsonIsTheMessageItself() throws IOException {
        var status = Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL);
        var out = with("/v1/status", 200, status, "status", "--output", "json").out();
        assertThat(result(out, Status.class)).isEqualTo(status);

        out = with("/v1/services", 200, Samples.services(), "list", "--output=json")
                .out();
        assertThat(result(out, ServiceList.class)).isEqualTo(Samples.services());

        out = with("/v1/connections?limit=100000", 200, Samples.connections(true), "list", "-c", "--output=json")
                .out();
        assertThat(result(out, Connections.class)).isEqualTo(Samples.connections(true));
    }

    @Test
    void aFailoverThatIsDoneEndsWithZero() throws IOException {
        try (var server = new TinyServer(socket(), _ -> answer(200, Samples.moved()))) {
            assertThat(run("failover", "--yes", "--reason", "kernel update"))
                    .isEqualTo(new Ended(0, golden("failover-moved"), ""));
            assertThat(server.requests())
                    .singleElement()
                    .asString()
                    .startsWith("POST /v1/failover HTTP/1.1\r\n")
                    .endsWith("\r\n\r\n{\"reason\":\"kernel update\",\"accept\":null}");
        }
    }

    @Test
    void aRefusedFailoverNamesEachReasonAndEndsWithThree() throws IOException {
        assertThat(with("/v1/failover", 409, Samples.refused(), "failover", "--yes"))
                .isEqualTo(new Ended(3, "", golden("failover-refused")));

        var json = with("/v1/failover", 409, Samples.refused(), "failover", "--yes", "--output=json");
        assertThat(json.exit()).isEqualTo(3);
        assertThat(result(json.out(), FailoverResult.class)).isEqualTo(Samples.refused());
    }

    @Test
    void aFailoverAsksFirst() throws IOException {
        var status = Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL);
        var asked = new ArrayList<String>();
        try (var server = new TinyServer(
                socket(), request -> request.startsWith("GET") ? answer(200, status) : answer(200, Samples.moved()))) {
            assertThat(run(
                            question -> {
                                asked.add(question);
                                return Optional.of("n");
                            },
                            "failover"))
                    .isEqualTo(new Ended(3, "", "Nothing was done\n"));
            assertThat(server.requests()).hasSize(1);

            assertThat(run(_ -> Optional.of("y"), "failover").exit()).isZero();
            assertThat(run(AgainstASocket::nobody, "failover"))
                    .isEqualTo(new Ended(
                            2, "", "A failover asks first, but there is no terminal; say --yes to go ahead\n"));
        }
        assertThat(asked).containsExactly(StatusText.headline(status) + "\nMove the VIPs now? [y/N] ");
    }

    @Test
    void silenceAfterAFailoverSaysThatItMayStillHappen() throws IOException {
        try (var _ = new TinyServer(socket(), _ -> null)) {
            assertThat(run("failover", "--yes", "--timeout", "1"))
                    .isEqualTo(
                            new Ended(
                                    1,
                                    "",
                                    "The director on " + socket()
                                            + " gave no answer within 1 s, so the failover may still be "
                                            + "under way: look with 'holdfast status'; see its log, or wait longer with --timeout\n"));
        }
    }

    @Test
    void errorsOfTheApiAreOneSentence() throws IOException {
        var error = new ApiError("cannot fail over", "this director is the standby", "ask d1, the active one");
        var sentence = "Cannot fail over: this director is the standby; ask d1, the active one\n";

        assertThat(with("/v1/failover", 409, error, "failover", "--yes")).isEqualTo(new Ended(3, "", sentence));
        assertThat(with("/v1/failover", 400, error, "failover", "--yes")).isEqualTo(new Ended(2, "", sentence));
        assertThat(with("/v1/status", 500, error, "status")).isEqualTo(new Ended(1, "", sentence));
        assertThat(with("/v1/status", 404, error, "status")).isEqualTo(new Ended(1, "", sentence));
    }

    @Test
    void aMissingSocketMeansThatTheDirectorDoesNotRun() {
        assertThat(run("status"))
                .isEqualTo(new Ended(
                        1,
                        "",
                        "There is no socket " + socket()
                                + ": the director does not run; start it, or correct --socket\n"));
    }

    @Test
    void aSocketThatNobodyListensOnMeansThatTheDirectorIsGone() throws IOException {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertThat(run("status"))
                .isEqualTo(new Ended(
                        1,
                        "",
                        "Nobody listens on " + socket()
                                + ": the director does not run any more; see its log, then start it again\n"));
    }

    @Test
    void anotherKindOfFileIsSaidToBeOne() throws IOException {
        Files.writeString(socket(), "");
        assertThat(run("status"))
                .isEqualTo(new Ended(
                        1, "", socket() + " is not a socket; name the api-socket of the director's configuration\n"));
    }

    /// Root may use every socket, so it cannot be kept out by a file's mode.
    @Test
    void permissionsKeepOthersOut() throws IOException {
        try (var _ = new TinyServer(socket(), _ -> answer(200, Samples.services()))) {
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("---------"));
            var denied = "You may not use " + socket() + "; run this as root or as the director's group\n";
            var root = System.getProperty("user.name").equals("root");
            assertThat(run("list")).isEqualTo(root ? new Ended(0, golden("list"), "") : new Ended(1, "", denied));
        }
    }

    @Test
    void whatIsNoAdminApiIsSaidToBeNone() throws IOException {
        try (var _ = new TinyServer(socket(), _ -> "SSH-2.0-OpenSSH_9.2\r\n\r\n")) {
            assertThat(run("status"))
                    .isEqualTo(new Ended(1, "", socket() + " is not the admin API of a director; correct --socket\n"));
        }
    }

    @Test
    void anotherApiIsSaidToBeAnother() throws IOException {
        assertThat(with("/v1/status", 200, Map.of("hello", "world"), "status").err())
                .startsWith(socket() + " answers, but not as the admin API of this version (")
                .endsWith("); correct --socket, or use the holdfast of the director's version\n");
        assertThat(with("/v1/status", 404, "nothing", "status").err())
                .contains("not as the admin API of this version (HTTP status 404)");
    }

    @Test
    void aDirectorThatDoesNotAnswerIsNotWaitedForForever() throws IOException {
        try (var _ = new TinyServer(socket(), _ -> null)) {
            assertThat(run("status", "--timeout", "1"))
                    .isEqualTo(new Ended(
                            1,
                            "",
                            "The director on " + socket()
                                    + " gave no answer within 1 s; see its log, or wait longer with --timeout\n"));
        }
    }

    @Test
    void aDirectorThatHangsUpIsSaidToHaveHungUp() throws IOException {
        try (var _ = new TinyServer(socket(), _ -> "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")) {
            assertThat(run("status"))
                    .isEqualTo(new Ended(
                            1,
                            "",
                            "The director on " + socket() + " hung up before its answer was whole; see its log\n"));
        }
    }

    @Test
    void theOnlySocketOfTheMachineIsFound() throws IOException {
        assertThat(runBare("status").err()).startsWith("There is no director's socket in " + folder + ": ");

        var answer = answer(200, Samples.services());
        try (var _ = new TinyServer(folder.resolve("d1.sock"), _ -> answer)) {
            assertThat(runBare("list").exit()).isZero();
            try (var _ = new TinyServer(folder.resolve("d2.sock"), _ -> answer)) {
                assertThat(runBare("list"))
                        .isEqualTo(new Ended(
                                2,
                                "",
                                "Several directors run here; name one with --socket: " + folder + "/d1.sock, " + folder
                                        + "/d2.sock\n"));
                variables.put("HOLDFAST_SOCKET", folder + "/d2.sock");
                assertThat(runBare("list").exit()).isZero();
            }
        }
    }

    @Test
    void aRightConfigurationIsSaidToBeRight() throws IOException {
        var file = configuration("vrid: 51", "[]");
        var ended = runBare("config", "check", file.toString());

        assertThat(ended.exit()).isZero();
        assertThat(ended.out())
                .startsWith(file + " is right: director d1, 1 VIP, 0 services\nshared hash ")
                .endsWith(", to be the same on every director\n");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void whatIsSeldomMeantIsWarnedOf() throws IOException {
        var file = configuration("vrid: 51", "[{service: mark/7, forwarding: nat, real-servers: []}]");
        var ended = runBare("config", "check", file.toString());

        assertThat(ended.exit()).isZero();
        assertThat(ended.out()).startsWith(file + " is right: director d1, 1 VIP, 1 service\n");
        assertThat(ended.err())
                .startsWith("warning: " + file + ":4:")
                .contains(
                        "services[0].service: 'mark/7' takes a mark that no rule gives to any packet, so it is idle; ");
        assertThat(runBare("config", "check", "--output=json", file.toString()).out())
                .contains("\"good\" : true", "\"warnings\" : [ {", "\"value\" : \"mark/7\"");
    }

    @Test
    void aWrongConfigurationEndsWithTwoAndAllItsMistakes() throws IOException {
        var file = configuration("vird: 300", "[]");
        var messages =
                file + ":3:16: vip-groups[0]: 'vird' is not a key that is known here; did you mean 'vrid'?\n" + file
                        + ":3:22: vip-groups[0].vrid: '300' must be 1 to 255; choose a number that no other VRRP group on this "
                        + "LAN has, the same on both directors\n2 mistakes in " + file + "\n";

        assertThat(runBare("config", "check", file.toString())).isEqualTo(new Ended(2, "", messages));

        var json = runBare("config", "check", "--output=json", file.toString());
        assertThat(json.exit()).isEqualTo(2);
        assertThat(json.out()).contains("\"good\" : false", "\"line\" : 3", "\"key\" : \"vip-groups[0].vrid\"");
    }

    @Test
    void wrongUseEndsWithTwoAndASuggestion() {
        assertThat(runBare("statsu").err())
                .isEqualTo(
                        "There is no command 'holdfast statsu'; did you mean status? There are 28, such as status, list, service, "
                                + "real, vip, connection, whereis, clients\nSee 'holdfast --help'.\n");
        assertThat(runBare("statsu").exit()).isEqualTo(2);
        assertThat(runBare().exit()).isEqualTo(2);
        assertThat(runBare().err())
                .startsWith("A command is missing; there are status, list, ")
                .endsWith("\nSee 'holdfast --help'.\n");
        assertThat(runBare("sync").err())
                .isEqualTo("A command is missing; there is status\nSee 'holdfast sync --help'.\n");
        assertThat(runBare("status", "--output", "xml").exit()).isEqualTo(2);
        assertThat(runBare("list", "-c", "--limit", "0").exit()).isEqualTo(2);
        assertThat(runBare("status", "--timeout", "0", "--socket", "/x").exit()).isEqualTo(2);
    }

    @Test
    void theCompletionKnowsEveryCommand() {
        var completion = runBare("completion");
        assertThat(completion.exit()).isZero();
        assertThat(completion.out()).contains("complete -F", "failover", "rollback", "--all-services");
    }

    @Test
    void helpAndVersionGoToStdout() throws IOException {
        assertThat(runBare("--version").out()).matches("holdfast [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\n");
        assertThat(runBare("sync", "status", "--version")).isEqualTo(runBare("--version"));
        assertThat(runBare("--help")).isEqualTo(new Ended(0, golden("help"), ""));
        assertThat(runBare("failover", "--help")).isEqualTo(new Ended(0, golden("help-failover"), ""));
    }

    @Test
    void aCommandIsTheSameBuiltAloneOrAmongAll() {
        var main = new Main(environment(AgainstASocket::nobody, Writer.nullWriter(), Writer.nullWriter()));
        assertThat(main.line().getSubcommands()).isNotEmpty().allSatisfy((name, command) -> {
            var alone = Objects.requireNonNull(
                    main.line(name, "--help").getSubcommands().get(name));
            assertThat(alone.getUsageMessage()).isEqualTo(command.getUsageMessage());
            assertThat(alone.getSubcommands().keySet())
                    .isEqualTo(command.getSubcommands().keySet());
        });
    }

    @Test
    void aVerdictThatIsUnknownIsNotANo() {
        var headline = StatusText.headline(Samples.status(Role.ACTIVE, Samples.UNKNOWN));
        assertThat(headline).contains("now: " + FailoverReadiness.Safe.UNKNOWN);
    }
}

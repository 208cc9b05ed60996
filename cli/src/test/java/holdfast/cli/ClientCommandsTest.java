package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ClientList;
import holdfast.admin.ClientRuleList;
import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.admin.RehomeResult;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands for clients and their templates: their requests, output and exit codes.
class ClientCommandsTest extends AgainstASocket {
    private static final ServiceKey SERVICE = ServiceKey.of("tcp/192.0.2.10:80");
    private static final Endpoint REAL = Endpoint.of("10.0.0.11:8080");
    private static final Host CLIENT = Host.of("198.51.100.7");

    // Templates

    @Test
    void aFlushCountsFirstAndAsks() throws IOException {
        var asked = new ArrayList<String>();
        try (var server = new TinyServer(
                socket(),
                request -> answer(
                        200, flushed(request.contains("\"dryRun\":true"), request.contains("mark/7") ? 0 : 12)))) {
            String[] flush = {"template", "flush", "--client", "198.51.100.0/24", "--real", "10.0.0.11"};
            assertThat(run(
                            question -> {
                                asked.add(question);
                                return Optional.of("n");
                            },
                            flush))
                    .isEqualTo(new Ended(3, "", "Nothing was done\n"));
            assertThat(server.requests())
                    .singleElement()
                    .asString()
                    .startsWith("POST /v1/templates HTTP/1.1\r\n")
                    .endsWith("{\"action\":\"flush\",\"filter\":{\"client\":\"198.51.100.0/24\",\"real\":\"10.0.0.11\","
                            + "\"service\":null},\"to\":null,\"dryRun\":true}");

            assertThat(run(_ -> Optional.of("y"), flush))
                    .isEqualTo(new Ended(0, "12 templates flushed, of 12 that fit\n", ""));
            assertThat(server.requests()).hasSize(3);
            assertThat(run("template", "flush", "--real=10.0.0.11", "--yes").exit())
                    .isZero();
            assertThat(server.requests()).as("no count where nobody is asked").hasSize(4);
            assertThat(run("template", "flush", "--service=mark/7"))
                    .as("no question where nothing would be done")
                    .isEqualTo(new Ended(0, "No template fits\n", ""));
        }
        assertThat(asked)
                .containsExactly(
                        "12 templates of client 198.51.100.0/24, of real server 10.0.0.11. Their clients get any "
                                + "real server at their next connection. Go ahead? [y/N] ");
    }

    private static TemplateResult flushed(boolean dryRun, long count) {
        return new TemplateResult(TemplateRequest.Action.FLUSH, dryRun, count, count, List.of());
    }

    @Test
    void whatWasRefusedIsSaidWithItsReasonAndEndsWithThree() throws IOException {
        var result = new TemplateResult(
                TemplateRequest.Action.MOVE,
                false,
                3,
                1,
                List.of(new TemplateResult.Refused(2, "10.0.0.12 is not a real server of tcp/192.0.2.10:443")));
        assertThat(with(
                        "/v1/templates",
                        200,
                        result,
                        "template",
                        "move",
                        "--client=198.51.100.7",
                        "--to=10.0.0.12",
                        "--yes"))
                .isEqualTo(new Ended(3, """
                        1 template moved, of 3 that fit
                          - 2 refused: 10.0.0.12 is not a real server of tcp/192.0.2.10:443
                        """, ""));
    }

    @Test
    void aPinAndABlockAskFirst() throws IOException {
        var asked = new ArrayList<String>();
        Function<String, Optional<String>> no = question -> {
            asked.add(question);
            return Optional.of("n");
        };
        var director = new DirectorInMemory();
        try (var server = new TinyServer(socket(), director::answer)) {
            var nothing = new Ended(3, "", "Nothing was done\n");
            assertThat(run(no, "template", "pin", "--real=10.0.0.11")).isEqualTo(nothing);
            assertThat(run(no, "template", "unpin", "--real=10.0.0.11")).isEqualTo(nothing);
            assertThat(run(no, "clients", "block", "198.51.100.7")).isEqualTo(nothing);
            assertThat(run(no, "clients", "limit", "198.51.100.0/24", "--connections=5"))
                    .isEqualTo(nothing);
            assertThat(server.requests())
                    .hasSize(2)
                    .allSatisfy(request -> assertThat(request).contains("\"dryRun\":true"));
        }
        assertThat(asked)
                .containsExactly(
                        "1 template of real server 10.0.0.11. They never expire, until they are unpinned. Go ahead? [y/N] ",
                        "1 template of real server 10.0.0.11. They expire as usual again. Go ahead? [y/N] ",
                        "A block of 198.51.100.7/32 is for one address, in all services. Go ahead? [y/N] ",
                        "A limit of 198.51.100.0/24 is for 256 addresses, in all services. Go ahead? [y/N] ");
    }

    @Test
    void aPinMayMakeATemplate() throws IOException {
        var made = new TemplateResult(TemplateRequest.Action.PIN, false, 0, 1, List.of());
        assertThat(with(
                        "/v1/templates",
                        200,
                        made,
                        "template",
                        "pin",
                        "--client=198.51.100.7",
                        "--service=mark/7",
                        "--to=10.0.0.12",
                        "--yes"))
                .isEqualTo(new Ended(0, "1 template made and pinned\n", ""));
    }

    // Where a client is

    @Test
    void whereAClientIsAndWhy() throws IOException {
        var template = new WhereIs.Template(Endpoint.of("198.51.100.0:0"), REAL, 12_000, 288_000, 300, false, 2);
        var answer = new WhereIs(
                CLIENT,
                SERVICE,
                template,
                List.of(new WhereIs.Copy("d2", WhereIs.Held.YES), new WhereIs.Copy("d3", WhereIs.Held.UNKNOWN)),
                new WhereIs.Pick(REAL, List.of(WhereIs.Cause.KEPT_BY_TEMPLATE), "its template says so"),
                new WhereIs.Pick(null, List.of(WhereIs.Cause.NO_REAL_SERVER), "every real server has weight 0"));
        try (var server = new TinyServer(socket(), _ -> answer(200, answer))) {
            assertThat(run(
                            "whereis",
                            "198.51.100.7",
                            "tcp/192.0.2.10:80",
                            "--weight=10.0.0.11=0",
                            "--with=10.0.0.14",
                            "--without",
                            "10.0.0.12:8080",
                            "--netmask=/24"))
                    .isEqualTo(new Ended(0, """
                            198.51.100.7 of tcp/192.0.2.10:80 now gets 10.0.0.11:8080: its template says so
                            Changed so it would get NO REAL SERVER: every real server has weight 0

                            template  198.51.100.0 to 10.0.0.11:8080, renewed 12.0s ago, goes in 4m48s unless renewed for 5m0s
                            controls  2 connections
                            copies    d2 has it, d3 UNKNOWN
                            """, ""));
            assertThat(server.requests())
                    .singleElement()
                    .asString()
                    .endsWith("{\"client\":\"198.51.100.7\",\"service\":\"tcp/192.0.2.10:80\",\"change\":{\"weights\":"
                            + "[{\"real\":\"10.0.0.11\",\"weight\":0}],\"added\":[{\"real\":\"10.0.0.14\",\"weight\":1}],"
                            + "\"removed\":[\"10.0.0.12:8080\"],\"netmask\":\"255.255.255.0\"}}");
        }
    }

    @Test
    void aClientWithoutATemplateHasNone() throws IOException {
        var answer = new WhereIs(
                CLIENT,
                SERVICE,
                null,
                List.of(),
                new WhereIs.Pick(REAL, List.of(WhereIs.Cause.SCHEDULED), "it is wrr's turn"),
                null);
        try (var server = new TinyServer(socket(), _ -> answer(200, answer))) {
            assertThat(run("whereis", "198.51.100.7:40000", "tcp/192.0.2.10:80").out())
                    .endsWith("\ntemplate  none\n");
            assertThat(server.requests().getFirst())
                    .endsWith("{\"client\":\"198.51.100.7:40000\",\"service\":\"tcp/192.0.2.10:80\",\"change\":null}");
        }
    }

    // Clients

    @Test
    void theBusiestClientsAreATable() throws IOException {
        var clients = new ClientList(
                ClientList.By.SHARE,
                List.of(
                        new ClientList.Client(Ipv4.of("198.51.100.7"), SERVICE, 900, 3, 20, 0.754, REAL),
                        new ClientList.Client(Ipv4.of("203.0.113.1"), ServiceKey.of("mark/7"), 5, 0, 0, 0.01, null)));
        assertThat(with("/v1/clients?by=share&limit=2", 200, clients, "clients", "--by=share", "--limit=2"))
                .isEqualTo(new Ended(0, """
                        CLIENT        SERVICE            CONNECTIONS  ERROR  NEW/S  SHARE  TEMPLATE
                        198.51.100.7  tcp/192.0.2.10:80  900          3      20     75%    10.0.0.11:8080
                        203.0.113.1   mark/7             5            0      0      1%     none
                        """, ""));
        var json = with("/v1/clients?by=connections&limit=20", 200, clients, "clients", "--output=json")
                .out();
        assertThat(result(json, ClientList.class)).isEqualTo(clients);
    }

    @Test
    void aLimitIsSentAndTheRulesInForceAreShown() throws IOException {
        var rules = new ClientRuleList(List.of(
                new ClientRuleList.Rule(MarkRule.Prefix.of("198.51.100.0/24"), false, 10, 5, 3_600_000L),
                new ClientRuleList.Rule(MarkRule.Prefix.of("203.0.113.1"), true, null, null, null)));
        var table = """
                CLIENT           RULE                              ENDS
                198.51.100.0/24  10 connections, 5 new per second  in 1h0m
                203.0.113.1/32   blocked                           when it is lifted
                """;
        try (var server = new TinyServer(socket(), _ -> answer(200, rules))) {
            assertThat(run(
                            "clients",
                            "limit",
                            "198.51.100.0/24",
                            "--yes",
                            "--connections=10",
                            "--new-per-second=5",
                            "--for=1h"))
                    .isEqualTo(new Ended(0, table, ""));
            assertThat(server.requests().getLast())
                    .startsWith("POST /v1/clients/rules HTTP/1.1\r\n")
                    .endsWith("{\"action\":\"limit\",\"client\":\"198.51.100.0/24\",\"connections\":10,"
                            + "\"newPerSecond\":5,\"forS\":3600}");
            assertThat(run("clients", "unblock", "198.51.100.0/24").exit()).isZero();
            assertThat(server.requests().getLast()).contains("\"action\":\"unblock\"");
            assertThat(run("clients", "block", "198.51.100.7", "--yes").exit()).isZero();
            assertThat(server.requests().getLast())
                    .endsWith("{\"action\":\"block\",\"client\":\"198.51.100.7/32\",\"connections\":null,"
                            + "\"newPerSecond\":null,\"forS\":null}");
            assertThat(run("clients", "rules")).isEqualTo(new Ended(0, table, ""));
            assertThat(server.requests().getLast()).startsWith("GET /v1/clients/rules HTTP/1.1\r\n");
        }
        assertThat(with("/v1/clients/rules", 200, new ClientRuleList(List.of()), "clients", "rules")
                        .out())
                .isEqualTo("No client is limited or blocked\n");
    }

    @Test
    void aRehomingSaysWhereToAndWhatStays() throws IOException {
        var client = MarkRule.Prefix.of("198.51.100.7");
        var done = new RehomeResult(client, SERVICE, 1, 2L, List.of(REAL), List.of());
        assertThat(with(
                        "/v1/clients/rehome",
                        200,
                        done,
                        "clients",
                        "rehome",
                        "198.51.100.7",
                        "tcp/192.0.2.10:80",
                        "--yes"))
                .isEqualTo(new Ended(
                        0,
                        "1 template moved to 10.0.0.11:8080; 2 connections left where they are until they end\n",
                        ""));

        var ofANetwork = new RehomeResult(client, SERVICE, 3, null, List.of(REAL), List.of());
        assertThat(with(
                        "/v1/clients/rehome",
                        200,
                        ofANetwork,
                        "clients",
                        "rehome",
                        "198.51.100.7",
                        "tcp/192.0.2.10:80",
                        "--yes"))
                .as("connections that were not counted are not said to be none")
                .isEqualTo(new Ended(
                        0,
                        "3 templates moved to 10.0.0.11:8080; open connections stay where they are until they end\n",
                        ""));

        var refused = new RehomeResult(
                client,
                SERVICE,
                0,
                0L,
                List.of(),
                List.of(new TemplateResult.Refused(1, "no other real server takes new clients")));
        assertThat(with(
                        "/v1/clients/rehome",
                        200,
                        refused,
                        "clients",
                        "rehome",
                        "198.51.100.7",
                        "tcp/192.0.2.10:80",
                        "--yes"))
                .isEqualTo(new Ended(
                        3, "No template was changed\n  - 1 refused: no other real server takes new clients\n", ""));
    }

    // Mistakes and forms

    @ParameterizedTest
    @ValueSource(
            strings = {
                "template",
                "template flush --yes",
                "template flush --client 10.1.2.3/8 --yes",
                "template move --client 198.51.100.7 --yes",
                "template pin --client 198.51.100.7 --to 10.0.0.11",
                "template pin --real 10.0.0.12 --client 198.51.100.7 --service mark/7 --to 10.0.0.11",
                "template unpin",
                "template list --limit 0",
                "whereis 198.51.100.7",
                "whereis 198.51.100.0/24 mark/7",
                "whereis 198.51.100.7 mark/7 --weight 10.0.0.11=2147483648",
                "whereis 198.51.100.7 mark/7 --weight 10.0.0.11",
                "whereis 198.51.100.7 mark/7 --netmask 24",
                "clients --by fame",
                "clients --limit 0",
                "clients limit 198.51.100.7",
                "clients limit 198.51.100.7 --connections 0",
                "clients limit 198.51.100.7 --connections 1 --for 0s",
                "clients rehome 198.51.100.7 --yes"
            })
    void wrongUseEndsWithTwoAndIsNotSent(String wrong) {
        var ended = run(wrong.split(" "));
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).isNotEmpty();
        assertThat(ended.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1s,1", "90s,90", "30m,1800", "1h30m,5400", "2d,172800", "1d1h1m1s,90061"})
    void durationsAreReadAsTheyArePrinted(String text, long seconds) {
        assertThat(Converters.duration(text)).hasSeconds(seconds);
    }
}

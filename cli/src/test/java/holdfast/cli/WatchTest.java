package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.json.AdminJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Commands that are done again and again.
class WatchTest extends AgainstASocket {
    private static final String RECORD = """
            2026-11-30T15:00:40Z
            STATE        CONNECTIONS
            ESTABLISHED  1
            all          1

            """;
    private static final String[] COUNT = {"connection", "count", "--state", "established", "--real", "10.0.0.11"};

    private final DirectorInMemory director = new DirectorInMemory();
    private final List<Duration> waits = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private TinyServer server;

    @BeforeEach
    void aDirectorRuns() throws IOException {
        start();
        pause = wait -> {
            waits.add(wait);
            return waits.size() < 3;
        };
    }

    private void start() throws IOException {
        server = new TinyServer(socket(), director::answer);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        Files.deleteIfExists(socket());
    }

    private Ended count(String... more) {
        var args = new ArrayList<>(List.of(COUNT));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void onAPipeOneRecordComesAfterAnother() {
        assertThat(count("--watch")).isEqualTo(new Ended(0, RECORD + RECORD + RECORD, ""));
        assertThat(waits).containsOnly(Duration.ofSeconds(2));
    }

    @Test
    void onATerminalARecordTakesThePlaceOfTheOneBefore() {
        isTerminal = true;
        var frame = "\033[H\033[J" + RECORD;
        assertThat(count("--watch", "5")).isEqualTo(new Ended(0, frame + frame + frame, ""));
        assertThat(waits).containsOnly(Duration.ofSeconds(5));
    }

    @Test
    void inJsonEachRecordIsALine() {
        var lines = count("--watch", "--output=json").out().lines().toList();
        assertThat(lines)
                .hasSize(3)
                .allSatisfy(line -> assertThat(
                                AdminJson.answer(line.getBytes(StandardCharsets.UTF_8), Console.Envelope.class)
                                        .director())
                        .isEqualTo("d1"));
    }

    @Test
    void aDirectorThatStartsAgainIsWaitedFor() {
        pause = wait -> {
            waits.add(wait);
            try {
                if (waits.size() == 1) {
                    stop();
                } else if (waits.size() == 3) {
                    start();
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return waits.size() < 4;
        };
        assertThat(count("--watch"))
                .isEqualTo(new Ended(
                        0,
                        RECORD + RECORD,
                        "There is no socket " + socket() + ": the director does not run; start it, or correct --socket;"
                                + " it is asked again every 2 seconds\nThe director answers again\n"));
    }

    @Test
    void aDirectorThatNeverAnsweredIsNotWaitedFor() throws IOException {
        stop();
        assertThat(count("--watch").exit()).isEqualTo(1);
        assertThat(waits).isEmpty();
    }

    @Test
    void whatBecomesWrongEndsIt() {
        pause = _ -> {
            run("service", "remove", "tcp/192.0.2.10:80", "--yes");
            return true;
        };
        var ended = run("service", "show", "--watch", "tcp/192.0.2.10:80");
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err())
                .isEqualTo(
                        "There is no service tcp/192.0.2.10:80; did you mean udp/192.0.2.10:53? There is udp/192.0.2.10:53\n");
    }

    @Test
    void nobodyWhoReadsEndsIt() {
        var closed = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void close() {}
        };
        var args = new ArrayList<>(List.of(COUNT));
        args.addAll(List.of("--watch", "--socket", socket().toString()));
        int exit = new Main(environment(AgainstASocket::nobody, closed, new StringWriter()))
                .run(args.toArray(String[]::new));
        assertThat(exit).isZero();
        assertThat(waits).isEmpty();
    }

    @Test
    void anIntervalHasBounds() {
        assertThat(count("--watch", "0"))
                .isEqualTo(new Ended(
                        2, "", "--watch 0 must be 1 to 3600 seconds\nSee 'holdfast connection count --help'.\n"));
        assertThat(count("--watch=9999").exit()).isEqualTo(2);
    }
}

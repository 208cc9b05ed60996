package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the transcripts of `service` and `real` cannot show: questions, other operators, and directors that are away.
class SharedChangeTest extends AgainstASocket {
    private final DirectorInMemory director = new DirectorInMemory();

    @SuppressWarnings("NullAway.Init")
    private TinyServer server;

    @BeforeEach
    void aDirectorListens() throws IOException {
        server = new TinyServer(socket(), director::answer);
    }

    @AfterEach
    void itStops() throws IOException {
        server.close();
    }

    @Test
    void anEditThatIsOvertakenIsMadeAgainOnTheNewRevision() {
        director.revisions.othersFirst = 3;
        assertThat(run("real", "edit", "tcp/192.0.2.10:80", "10.0.0.12", "--weight", "7"))
                .isEqualTo(new Ended(0, "Revision 4.3 is in force\n", ""));
    }

    @Test
    void anEditThatIsAlwaysOvertakenIsGivenUp() {
        director.revisions.othersFirst = 50;
        assertThat(run("real", "edit", "tcp/192.0.2.10:80", "10.0.0.12", "--weight", "7"))
                .isEqualTo(new Ended(
                        3, "", "Others changed the rules 50 times meanwhile, so this was not done; try again\n"));
    }

    @Test
    void whoTakesClientsFromTheirRealServerIsAskedFirst() {
        var asked = new ArrayList<String>();
        var remove = List.of("real", "remove", "tcp/192.0.2.10:80", "10.0.0.12").toArray(String[]::new);
        var refused = run(
                question -> {
                    asked.add(question);
                    return Optional.of("n");
                },
                remove);
        assertThat(refused).isEqualTo(new Ended(3, "", "Nothing was done\n"));
        assertThat(asked).containsExactly("""
                tcp/192.0.2.10:80 changed: 1 template orphaned, 0 clients re-homed, 2 connections affected, no VIP moved
                  - 1 of its real servers would be removed
                1 service unchanged
                Go ahead? [y/N]\s""");
        assertThat(run(_ -> Optional.of("y"), remove)).isEqualTo(new Ended(0, "Revision 1.3 is in force\n", ""));
    }

    @Test
    void whatTakesNobodyAwayIsNotAskedAbout() {
        assertThat(run("real", "edit", "tcp/192.0.2.10:80", "10.0.0.12", "--weight", "0"))
                .isEqualTo(new Ended(0, "Revision 1.3 is in force\n", ""));
    }

    @Test
    void aDirectorWithoutTheRevisionIsNamed() {
        director.revisions.lacking = List.of("d2");
        assertThat(run("service", "edit", "tcp/192.0.2.10:80", "--scheduler", "rr"))
                .isEqualTo(new Ended(
                        0,
                        "Revision 1.3 is in force, but not yet on d2: see 'holdfast config show' and the status there\n",
                        ""));
    }

    @Test
    void aDirectorThatMakesNoChangeSaysWhy() {
        director.revisions.trouble = "no director is active";
        assertThat(run("service", "edit", "tcp/192.0.2.10:80", "--scheduler", "rr"))
                .isEqualTo(new Ended(
                        3, "", "The change was not made: no director is active; try again when that has passed\n"));
    }

    @Test
    void aDryRunMakesNoRevision() {
        assertThat(run("service", "remove", "tcp/192.0.2.10:80", "--dry-run").exit())
                .isZero();
        assertThat(run("config", "history").out()).startsWith("No revision was made yet");
    }

    @Test
    void ofManyNamesOnlyAFewAreShown() throws IOException {
        for (int i = 0; i < 20; i++) {
            run("service", "add", "tcp/192.0.2.11:" + (1000 + i));
        }
        assertThat(run("service", "show", "tcp/192.0.2.11:999").err())
                .isEqualTo(
                        "There is no service tcp/192.0.2.11:999; did you mean tcp/192.0.2.11:1009? There are 22, such as "
                                + "tcp/192.0.2.10:80, udp/192.0.2.10:53, tcp/192.0.2.11:1000, tcp/192.0.2.11:1001, "
                                + "tcp/192.0.2.11:1002, tcp/192.0.2.11:1003, tcp/192.0.2.11:1004, tcp/192.0.2.11:1005\n");
    }
}

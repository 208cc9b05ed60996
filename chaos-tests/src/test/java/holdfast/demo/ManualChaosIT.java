package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Director;
import holdfast.lab.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page `docs/operating/day.md`: each of its commands runs as an operator would type it, and its answer must be
/// the one that the page shows.
final class ManualChaosIT extends PairUnderTest {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final Path PAGE = HOME.resolve("docs/operating/day.md");
    private static final Duration CART_PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Runnable> events = Map.of(
            "both machines are new", this::emptyBoth,
            "a client fills its cart", this::fillCart,
            "the client finds its cart", this::findCart,
            "d1 burns", this::burn,
            "a new machine has the place of d1", this::mend,
            "every link of d2 is cut", () -> cut(lab.d2()),
            "the links are mended", this::mend);
    private final Shopper client = new Shopper(7, Target.NAT);
    private final List<Runnable> mends = new ArrayList<>();

    @TempDir
    Path machines;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @Test
    void aDayWithAPairGoesAsThePageSays() throws IOException {
        var wrongs = new PageRun(this::type, events, this::report).play(PAGE);
        assertThat(wrongs).as("answers that the page shows wrongly").isEmpty();
    }

    private String type(String director, String command) {
        return shells().type(director.equals("d1") ? lab.d1() : lab.d2(), command);
    }

    private OperatorShells shells() {
        return new OperatorShells(lab, HOME, machines);
    }

    private void emptyBoth() {
        var directors = List.of(lab.d1(), lab.d2());
        var files = directors.stream()
                .map(director -> lab.faults().configure(director, UnaryOperator.identity()))
                .toList();
        afterwards(() -> {
            killAndEmpty(directors);
            files.forEach(Runnable::run);
            directors.forEach(ManualChaosIT::makeStateDirectory);
        });
        killAndEmpty(directors);
    }

    private void killAndEmpty(List<Director> directors) {
        directors.forEach(Director::kill);
        directors.forEach(shells()::empty);
    }

    private static void makeStateDirectory(Director director) {
        try {
            Files.createDirectories(director.stateDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fillCart() {
        try {
            client.fillCart(CART_PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void findCart() {
        assertThat(client.keepsCart(CART_PATIENCE))
                .as("%s has its cart", client)
                .isTrue();
    }

    /// Its cables go first, so that no peer hears how the process ends.
    private void burn() {
        cut(lab.d1());
        killAndEmpty(List.of(lab.d1()));
    }

    private void cut(Director director) {
        for (var network : Network.values()) {
            var mend = lab.faults().cut(director, network);
            mends.add(mend);
            afterwards(mend);
        }
    }

    private void mend() {
        mends.forEach(Runnable::run);
        mends.clear();
    }
}

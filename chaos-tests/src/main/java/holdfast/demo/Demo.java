package holdfast.demo;

import holdfast.admin.json.AdminJson;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The demo as a program; `bin/demo` runs it in the lab's client namespace.
@Command(
        name = "demo",
        description = "Shows that sticky clients and open connections survive the death of a director.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every round held every bar",
            "1:a bar was missed",
            "2:wrong arguments",
            "3:the machine is too busy to judge"
        },
        mixinStandardHelpOptions = true)
public final class Demo implements Callable<Integer> {
    private static final int TIMES_MAX = 1000;
    private static final int FAILOVERS_MAX = 1000;
    private static final int TOO_BUSY = 3;

    @Option(names = "--json", paramLabel = "FILE", description = "write the result there as JSON")
    private @Nullable Path json;

    @Option(names = "--no-sync", description = "run with directors that do not synchronise, to see what is lost")
    private boolean noSync;

    @Option(
            names = "--times",
            paramLabel = "N",
            description = "tell the story so often in one lab (default: 1; 0 with --failovers)")
    private @Nullable Integer times;

    @Option(
            names = "--failovers",
            paramLabel = "N",
            description = "make so many planned failovers in a row under 1000 requests/s, after the story")
    private int failovers;

    @Option(names = "--busy", description = "two busy loops run beside the lab; blackouts are not judged")
    private boolean busy;

    @Option(names = "--slow", description = "the whole lab has one CPU; blackouts are not judged")
    private boolean slow;

    @Spec
    private @Nullable CommandSpec spec;

    private final long beganAt = System.nanoTime();
    private final List<Round> rounds = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private @Nullable Double startSeconds;
    private @Nullable FailoverRow row;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Demo()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        var machine = Machine.here();
        try {
            perform(new Pair(Lab.around(), this::progress));
        } catch (Lab.NotInTimeException | IllegalStateException | IOException | UncheckedIOException e) {
            failures.add("The run broke off: " + e.getMessage());
        }
        var report = Report.of(machine, new Mode(busy, slow), startSeconds, rounds, row, failures);
        System.out.println();
        System.out.print(Tables.of(report));
        if (json != null) {
            Files.writeString(json, AdminJson.pretty(report) + "\n");
        }
        return verdict(report);
    }

    private void check() {
        if (times() < 0
                || times() > TIMES_MAX
                || failovers < 0
                || failovers > FAILOVERS_MAX
                || times() + failovers == 0) {
            throw wrong("--times takes 1 to %d, --failovers 1 to %d".formatted(TIMES_MAX, FAILOVERS_MAX));
        }
        if (noSync && (times() != 1 || failovers > 0)) {
            throw wrong("--no-sync shows one crash; leave --times and --failovers out");
        }
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new ParameterException(spec.commandLine(), message);
    }

    private int times() {
        if (times != null) {
            return times;
        }
        return failovers > 0 ? 0 : 1;
    }

    private void perform(Pair pair) throws IOException, InterruptedException {
        var shoppers = new Shoppers();
        var scenario = new Scenario(pair, shoppers, !noSync);
        startSeconds = scenario.start();
        boolean whole = true;
        for (int number = 1; number <= times() && whole; number++) {
            if (times() > 1) {
                progress("round " + number + " of " + times());
            }
            var round = scenario.tell(number);
            rounds.add(round);
            round.failures().forEach(sentence -> progress("  FAIL: " + sentence));
            boolean isLast = number == times() && failovers == 0;
            whole = !round.brokeOff() || (!isLast && pair.recover());
        }
        if (rounds.size() < times()) {
            failures.add("The run broke off after round %d of %d: there was no equal pair any more."
                    .formatted(rounds.size(), times()));
        } else if (failovers > 0) {
            row = new Failovers(pair, shoppers, failovers).run();
        }
    }

    private int verdict(Report report) {
        if (noSync && failures.isEmpty() && rounds.stream().noneMatch(Round::brokeOff)) {
            System.out.println(withoutSync(report));
            return 1;
        }
        report.disturbed().forEach(sentence -> System.out.println("DISTURBED: " + sentence));
        report.failures().forEach(sentence -> System.out.println("FAIL: " + sentence));
        return switch (report.verdict()) {
            case PASS -> {
                System.out.println("PASS: every bar was held.");
                yield 0;
            }
            case FAIL -> 1;
            case TOO_BUSY_TO_JUDGE -> {
                report.tooBusy().forEach(System.out::println);
                System.out.println("TOO BUSY: the machine had too little time for the lab, so the demo cannot judge;"
                        + " run it again with less beside it.");
                yield TOO_BUSY;
            }
        };
    }

    private static String withoutSync(Report report) {
        var crash = report.crash();
        int lost = crash == null ? 0 : crash.carts() - crash.cartsKept();
        return lost == 0
                ? "FAIL: without synchronisation no cart was lost, so this demo proves nothing."
                : "FAIL, as it must: without synchronisation %d of %d clients lost their cart when the active director died."
                        .formatted(lost, crash == null ? 0 : crash.carts());
    }

    private void progress(String line) {
        System.err.printf("[%5.1f s] %s%n", (System.nanoTime() - beganAt) / 1e9, line);
    }
}

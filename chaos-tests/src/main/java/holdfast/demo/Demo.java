package holdfast.demo;

import holdfast.admin.json.AdminJson;
import holdfast.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The demo as a program; runs in the lab's client namespace, where `bin/demo` puts it.
@Command(
        name = "demo",
        description = "Shows that sticky clients and open connections survive the death of a director.",
        mixinStandardHelpOptions = true)
public final class Demo implements Callable<Integer> {
    @Option(names = "--json", paramLabel = "FILE", description = "write the result there as JSON")
    private @Nullable Path json;

    @Option(names = "--no-sync", description = "run with directors that do not synchronise, to see what is lost")
    private boolean noSync;

    private final long beganAt = System.nanoTime();

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Demo()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var scenario = new Scenario(Lab.around(), !noSync, this::progress);
        String brokeOff = "";
        try {
            scenario.run();
        } catch (Lab.NotInTimeException | IllegalStateException | IOException e) {
            brokeOff = "The run broke off: " + e.getMessage();
        }
        var report = scenario.report();
        System.out.println();
        System.out.print(report.table());
        if (json != null) {
            Files.writeString(json, AdminJson.pretty(report) + "\n");
        }
        return verdict(report, scenario, brokeOff);
    }

    private int verdict(Report report, Scenario scenario, String brokeOff) {
        if (brokeOff.isEmpty() && noSync) {
            System.out.println(withoutSync(report));
            return 1;
        }
        if (brokeOff.isEmpty() && report.verdict() == Report.Verdict.PASS) {
            System.out.println("PASS: every bar was held.");
            return 0;
        }
        Stream.of(
                        Stream.of(brokeOff).filter(s -> !s.isEmpty()),
                        report.failures().stream(),
                        scenario.failures().stream())
                .flatMap(sentences -> sentences)
                .distinct()
                .forEach(sentence -> System.out.println("FAIL: " + sentence));
        return 1;
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

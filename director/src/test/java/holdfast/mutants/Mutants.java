package holdfast.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/// Plants each bug of the list, runs the tests against it, and writes a table of what found it. Ends with 1 where a
/// mutant lives.
///
/// Arguments: the sources below `holdfast`, a folder to work in, the file for the table. Its own class path is that of
/// the tests, and a mutant's class is put before it.
public final class Mutants {
    /// Those that hold for all inputs come first, since they are what is judged here.
    private static final List<String> TESTS = List.of(
            "holdfast.conn.TimerWheelTest",
            "holdfast.conn.ConnTablePropertyTest",
            "holdfast.conn.SlotIndexPropertyTest",
            "holdfast.conn.LookupsTest",
            "holdfast.persist.TemplateTablePropertyTest",
            "holdfast.schedule.RoundRobinTest",
            "holdfast.schedule.LeastConnectionTest",
            "holdfast.schedule.HashingTest",
            "holdfast.forward.EngineFindingsTest",
            "holdfast.forward.EnginePropertyTest",
            "holdfast.forward.StreamTest",
            "holdfast.forward.ReplicaTest");

    private static final int SECONDS_MAX = 120;
    private static final Pattern HOW_MANY = Pattern.compile("seed (\\d+)(?:, operation (\\d+))?");

    private final Path sources;
    private final Path work;

    private Mutants(Path sources, Path work) {
        this.sources = sources;
        this.work = work;
    }

    private record Verdict(Mutation mutation, boolean isKilled, String by, String after, double seconds) {
        String row() {
            return "| `%s` | %s | `%s` | `%s` | %s | %s | %.1f |"
                    .formatted(
                            mutation.file(),
                            mutation.claim(),
                            cell(mutation.find()),
                            cell(mutation.with()),
                            by,
                            after,
                            seconds);
        }

        private static String cell(String code) {
            return code.isEmpty() ? " " : code.replace("|", "\\|");
        }
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        var mutants = new Mutants(Path.of(arguments[0]), Path.of(arguments[1]));
        mutants.requireThatNoTestFailsByItself();
        var verdicts = new ArrayList<Verdict>();
        for (var mutation : Mutation.all()) {
            var verdict = mutants.verdict(mutation, verdicts.size());
            System.out.println(verdict.row());
            verdicts.add(verdict);
        }
        Files.writeString(Path.of(arguments[2]), page(verdicts));
        long alive = verdicts.stream().filter(verdict -> !verdict.isKilled).count();
        System.out.printf("%d of %d mutants killed%n", verdicts.size() - alive, verdicts.size());
        System.exit(alive == 0 ? 0 : 1);
    }

    private static String page(List<Verdict> verdicts) {
        var rows = verdicts.stream().map(Verdict::row).toList();
        return """
                # Planted bugs, and what finds them

                `bin/mutants` plants each of these bugs in a copy of the director, one at a time, and runs the property tests until one
                fails. *After* says how far that was: seeds, and operations of the last one. A mutant that no test kills fails the run.

                | file | claim that it breaks | was | became | killed by | after | s |
                |---|---|---|---|---|---|---|
                """
                + String.join("\n", rows) + "\n\n"
                + "%d of %d killed.%n"
                        .formatted(verdicts.stream().filter(Verdict::isKilled).count(), verdicts.size());
    }

    private void requireThatNoTestFailsByItself() throws IOException, InterruptedException {
        var log = work.resolve("unchanged.log");
        var process = new ProcessBuilder(command(work, TESTS))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the tests fail without any bug planted:\n" + Files.readString(log));
        }
    }

    private Verdict verdict(Mutation mutation, int number) throws IOException, InterruptedException {
        var classes = work.resolve("mutant-" + number);
        compile(mutation, classes);
        long began = System.nanoTime();
        var log = work.resolve("mutant-" + number + ".log");
        var process = new ProcessBuilder(command(classes, tests(mutation)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean hasEnded = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - began) / 1e9;
        if (!hasEnded) {
            process.destroyForcibly().waitFor();
            return new Verdict(mutation, true, "(no end)", "-", seconds);
        }
        if (process.exitValue() == 0) {
            return new Verdict(mutation, false, "**nothing**", "-", seconds);
        }
        return killed(mutation, Files.readString(log), seconds);
    }

    private static Verdict killed(Mutation mutation, String log, double seconds) {
        var line = log.lines().filter(said -> said.startsWith("killed ")).findFirst();
        if (line.isEmpty()) {
            throw new IllegalStateException("the tests did not run for the mutation: " + mutation.claim() + "\n" + log);
        }
        var words = line.get().split(" ", 3);
        return new Verdict(mutation, true, "`" + words[1] + "`", after(HOW_MANY.matcher(line.get())), seconds);
    }

    private static String after(Matcher said) {
        if (!said.find()) {
            return "-";
        }
        return said.group(2) == null
                ? "seed " + said.group(1)
                : "seed %s, operation %s"
                        .formatted(said.group(1), said.group(2))
                        .toLowerCase(Locale.ROOT);
    }

    private void compile(Mutation mutation, Path classes) throws IOException {
        var source = classes.resolve("src").resolve("holdfast").resolve(mutation.file());
        Files.createDirectories(source.getParent());
        Files.writeString(source, mutation.appliedTo(sources));
        int code = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-nowarn",
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        if (code != 0) {
            throw new IllegalStateException("does not compile: " + mutation.claim());
        }
    }

    private static List<String> command(Path classes, List<String> tests) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx512m",
                "-Dholdfast.shrink-ms=0",
                "-cp",
                classes + ":" + System.getProperty("java.class.path"),
                Killer.class.getName()));
        command.addAll(tests);
        return command;
    }

    /// The tests of the mutation's own package before the others.
    private static List<String> tests(Mutation mutation) {
        var feature = "holdfast." + mutation.file().substring(0, mutation.file().indexOf('/')) + ".";
        return TESTS.stream()
                .sorted(Comparator.comparing(test -> !test.startsWith(feature)))
                .toList();
    }
}

package holdfast.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/// Plants each bug of the list, runs the tests against it, and writes a table of the tests that found it. Ends with 1
/// if a mutant survives.
///
/// Arguments: the [Suite], the sources below `holdfast`, a working directory, the file for the table. Its own class
/// path is that of the tests, with a mutant's class in front.
public final class Mutants {
    private static final Pattern HOW_MANY = Pattern.compile("seed (\\d+)(?:, operation (\\d+))?");

    private final Suite suite;
    private final Path sources;
    private final Path work;

    private Mutants(Suite suite, Path sources, Path work) {
        this.suite = suite;
        this.sources = sources;
        this.work = work;
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        var suite = Suite.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        var mutants = new Mutants(suite, Path.of(arguments[1]), Path.of(arguments[2]));
        mutants.requireThatNoTestFailsByItself();
        var verdicts = new ArrayList<Verdict>();
        for (var mutation : suite.mutations()) {
            var verdict = mutants.verdict(mutation, verdicts.size());
            System.out.println(suite.row(verdict));
            verdicts.add(verdict);
        }
        Files.writeString(Path.of(arguments[3]), suite.page(verdicts));
        long alive = verdicts.stream().filter(verdict -> !verdict.isKilled()).count();
        System.out.printf("%d of %d mutants killed%n", verdicts.size() - alive, verdicts.size());
        System.exit(alive == 0 ? 0 : 1);
    }

    private void requireThatNoTestFailsByItself() throws IOException, InterruptedException {
        var log = work.resolve("unchanged.log");
        var process = new ProcessBuilder(command(work, suite.tests))
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
        var process = new ProcessBuilder(command(classes, suite.tests(mutation)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean hasEnded = process.waitFor(suite.secondsMax, TimeUnit.SECONDS);
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
        var arguments = new ArrayList<>(List.of(
                "-nowarn", "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")));
        for (var changed : mutation.appliedTo(this::source).entrySet()) {
            var file = classes.resolve("src").resolve("holdfast").resolve(changed.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, changed.getValue());
            arguments.add(file.toString());
        }
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException("does not compile: " + mutation.claim());
        }
    }

    private String source(String file) {
        try {
            return Files.readString(sources.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("no source file " + file + " for a mutation", e);
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
}

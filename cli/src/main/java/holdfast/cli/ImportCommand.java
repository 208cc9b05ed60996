package holdfast.cli;

import holdfast.cli.imports.Finding;
import holdfast.cli.imports.IpvsadmImport;
import holdfast.cli.imports.KeepalivedImport;
import holdfast.cli.imports.LdirectordImport;
import holdfast.cli.imports.Outcome;
import holdfast.conf.KebabCase;
import holdfast.conf.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = {
            "Print another program's configuration as a director's file, and a report about each of its lines.",
            "The report is on stderr: what maps, what differs and how, what has no counterpart and why, and which placeholders you must fill in."
        },
        synopsisSubcommandLabel = "PROGRAM",
        subcommands = {ImportCommand.Keepalived.class, ImportCommand.Ldirectord.class, ImportCommand.Ipvsadm.class})
final class ImportCommand extends Group {
    /// The result of an import, for JSON.
    record Printed(
            boolean imported, @Nullable String yaml, List<Finding> findings, List<ConfigCommand.Found> mistakes) {}

    /// The common part of the three.
    abstract static class Import implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "the configuration; /dev/stdin reads a pipe")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(names = "--to", paramLabel = "YAML", description = "write the director's file there, not to stdout")
        private @Nullable Path to;

        @Option(names = "--report", paramLabel = "TEXT", description = "write the report there, not to stderr")
        private @Nullable Path report;

        @Option(names = "--force", description = "take the place of files that are there")
        private boolean isForced;

        @Mixin
        private final Console console = new Console();

        abstract Outcome outcome(Path file);

        @Override
        public Integer call() {
            return switch (outcome(file)) {
                case Outcome.Imported(var yaml, var findings) -> imported(yaml, findings);
                case Outcome.Refused(var mistakes) -> refused(mistakes);
            };
        }

        private int imported(String yaml, List<Finding> findings) {
            Stream.of(to, report).filter(Objects::nonNull).forEach(this::refuseIfThere);
            if (to != null) {
                write(to, yaml);
            }
            if (report != null) {
                write(report, text(findings) + System.lineSeparator());
            }
            if (console.isJson()) {
                console.result(new Printed(true, yaml, findings, List.of()), "");
                return ExitCode.DONE;
            }
            if (to == null) {
                console.line(yaml.stripTrailing());
            }
            if (report == null) {
                console.note(text(findings));
            }
            return ExitCode.DONE;
        }

        private int refused(List<Mistake> mistakes) {
            if (console.isJson()) {
                var found = mistakes.stream().map(ConfigCommand.Found::of).toList();
                console.result(new Printed(false, null, List.of(), found), "");
            }
            console.note(mistakes, file);
            return ExitCode.WRONG_INPUT;
        }

        private static String text(List<Finding> findings) {
            var sums = Arrays.stream(Finding.Kind.values())
                    .map(kind -> findings.stream()
                                    .filter(finding -> finding.kind() == kind)
                                    .count()
                            + " " + KebabCase.of(kind).replace('-', ' '))
                    .collect(Collectors.joining(", "));
            var lines = findings.stream().map(Finding::toString).collect(Collectors.joining(System.lineSeparator()));
            return lines + System.lineSeparator() + sums;
        }

        /// Before anything is written, so that a refusal leaves nothing behind.
        private void refuseIfThere(Path target) {
            if (!isForced && Files.exists(target)) {
                throw new Failure(
                        ExitCode.WRONG_INPUT, target + " is there already; name another file, or say --force");
            }
        }

        private static void write(Path target, String content) {
            try {
                Files.writeString(target, content);
            } catch (IOException e) {
                throw new Failure(ExitCode.WRONG_INPUT, "Cannot write " + target + ": " + e);
            }
        }
    }

    @Command(name = "keepalived", description = "Import a keepalived.conf, with the files that it includes.")
    static final class Keepalived extends Import {
        @Option(
                names = "--config-id",
                paramLabel = "WORD",
                defaultValue = "",
                description = "take the lines with @WORD, as keepalived does with -i WORD")
        private String configId = "";

        @Override
        Outcome outcome(Path file) {
            return KeepalivedImport.of(file, configId);
        }
    }

    @Command(name = "ldirectord", description = "Import an ldirectord.cf.")
    static final class Ldirectord extends Import {
        @Override
        Outcome outcome(Path file) {
            return LdirectordImport.of(file);
        }
    }

    @Command(
            name = "ipvsadm",
            description = {
                "Import the rules that 'ipvsadm-save -n' prints.",
                "On the director itself: ipvsadm-save -n | holdfast import ipvsadm /dev/stdin"
            })
    static final class Ipvsadm extends Import {
        @Override
        Outcome outcome(Path file) {
            return IpvsadmImport.of(file);
        }
    }
}

package holdfast.cli;

import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.Mistake;
import holdfast.conf.SharedHash;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "config",
        description = "The configuration: check a file, and show or change what all directors share.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ConfigCommand.Check.class,
            ConfigTransfer.Show.class,
            ConfigTransfer.Diff.class,
            ConfigTransfer.Compare.class,
            ImpactCommand.class,
            ConfigTransfer.Apply.class,
            ConfigTransfer.History.class,
            ConfigTransfer.Rollback.class,
            ConfigTransfer.Export.class,
            ConfigTransfer.Reload.class
        })
final class ConfigCommand extends Group {
    /// The result of a check, for JSON.
    record Checked(boolean good, @Nullable String sharedHash, List<Found> mistakes, List<Found> warnings) {}

    /// A mistake or a warning, for JSON.
    record Found(String file, int line, int column, String key, String value, String rule, String remedy) {
        static Found of(Mistake mistake) {
            return new Found(
                    mistake.file().toString(),
                    mistake.line(),
                    mistake.column(),
                    mistake.key(),
                    mistake.value(),
                    mistake.rule(),
                    mistake.remedy());
        }
    }

    @Command(
            name = "check",
            description = {
                "Read a configuration file and name all its mistakes; changes nothing and needs no director.",
                "Run it on the director's machine, or with --offline for the file of another one."
            })
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "such as /etc/holdfast/director.yaml")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(
                names = "--offline",
                description = "do not look whether the files and directories that it names are there and right")
        private boolean offline;

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            return switch (offline ? ConfigurationFile.readOffline(file) : ConfigurationFile.read(file)) {
                case ConfigurationFile.Good(var configuration, var warnings) -> good(configuration, warnings);
                case ConfigurationFile.Mistakes(var mistakes) -> wrong(mistakes);
            };
        }

        private int good(Configuration configuration, List<Mistake> warnings) {
            warnings.forEach(warning -> console.note("warning: " + warning));
            var hash = SharedHash.of(configuration);
            long vips = configuration.groups().stream()
                    .mapToLong(group -> group.vips().size())
                    .sum();
            console.result(new Checked(true, hash, List.of(), found(warnings)), """
                    %s is right: director %s, %s, %s
                    shared hash %s, to be the same on every director""".formatted(
                            file,
                            configuration.director().name(),
                            Text.count(vips, "VIP"),
                            Text.count(configuration.services().size(), "service"),
                            hash));
            return ExitCode.DONE;
        }

        private static List<Found> found(List<Mistake> mistakes) {
            return mistakes.stream().map(Found::of).toList();
        }

        private int wrong(List<Mistake> mistakes) {
            if (console.isJson()) {
                console.result(new Checked(false, null, found(mistakes), List.of()), "");
            }
            console.note(mistakes, file);
            return ExitCode.WRONG_INPUT;
        }
    }
}

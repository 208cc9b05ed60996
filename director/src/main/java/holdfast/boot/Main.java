package holdfast.boot;

import holdfast.conf.Configuration;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `holdfast director`: one director in the foreground, until SIGTERM or SIGINT lets it resign and leave.
@Command(
        name = "holdfast director",
        description = "Run a director in the foreground.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped by a signal", "1:failed", "2:wrong configuration; nothing was started"})
final class Main implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "the configuration file")
    private Path file = Path.of("");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        return switch (holdfast.conf.yaml.ConfigurationFile.read(file)) {
            default -> 2;
        };
    }
}

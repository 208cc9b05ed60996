package holdfast.boot;

import ch.qos.logback.classic.LoggerContext;
import holdfast.admin.EventsRequest;
import holdfast.audit.AuditLog;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.revision.node.UnusableRevisionException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `holdfast director`: runs one director in the foreground, until SIGTERM or SIGINT makes it hand over and leave.
@Command(
        name = "holdfast director",
        description = "Run a director in the foreground.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped by a signal", "1:failed", "2:wrong configuration; nothing was started"})
final class Main implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final int FAILED = 1;
    private static final int WRONG_CONFIGURATION = 2;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "the configuration file")
    private Path file = Path.of("");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        var named = System.getenv(LogLevels.VARIABLE);
        var level = LogLevels.of(named);
        if (level.isEmpty()) {
            System.err.println(LogLevels.mistake(String.valueOf(named)));
            return WRONG_CONFIGURATION;
        }
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var levels = new LogLevels(context, level.get(), System::nanoTime);
        return switch (ConfigurationFile.read(file)) {
            case ConfigurationFile.Mistakes(var all) -> refuse(all);
            case ConfigurationFile.Good(var configuration, var warnings) -> {
                var kept = new EventFile(configuration.director().stateDir());
                var events = new Events(kept.read(), EventsRequest.KEPT_MAX, kept);
                var director = configuration.director();
                var ear = new AuditEar();
                try (kept;
                        var audit = AuditLog.open(director.name(), director.stateDir(), ear)) {
                    events.listen(context);
                    log.info("director starting {}", FirstLine.of(file, configuration));
                    warnings.forEach(warning -> log.warn("configuration {}", warning));
                    yield run(configuration, file.toAbsolutePath(), kept, new Written(levels, events, audit, ear));
                }
            }
        };
    }

    private static int run(Configuration configuration, Path file, EventFile kept, Written journal)
            throws InterruptedException {
        var machine = Machine.read();
        var mistakes = machine.mistakes(configuration);
        if (!mistakes.isEmpty()) {
            return refuse(mistakes);
        }
        kept.start(); // a director that may not start leaves no file behind
        machine.warnings(configuration).forEach(warning -> log.warn("configuration {}", warning));
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        var unfit = new AtomicReference<@Nullable String>();
        try (var director = Director.start(configuration, file, machine, journal, why -> {
            unfit.set(why);
            stop.countDown();
        })) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> await(stop, stopped), "stop"));
            log.info("director started name={}", configuration.director().name());
            Signals.onHangUp(director::reload);
            stop.await();
            var why = unfit.get();
            if (why != null) {
                log.error("director unfit cause=\"{}\"", why);
                System.err.println(why);
                return WRONG_CONFIGURATION;
            }
            director.handOver();
        } catch (UnusableRevisionException e) {
            log.error("director not started cause=\"{}\"", e.getMessage());
            System.err.println(e.getMessage());
            return WRONG_CONFIGURATION;
        } catch (RuntimeException e) {
            log.error("director failed cause=\"{}\"", e.getMessage(), e);
            return FAILED;
        } finally {
            stopped.countDown();
        }
        log.info("director stopped name={}", configuration.director().name());
        return 0;
    }

    /// A signal's hook: the JVM ends when it returns, so it waits until every part is closed.
    private static void await(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int refuse(List<?> mistakes) {
        mistakes.forEach(mistake -> System.err.println(mistake));
        System.err.println(
                mistakes.size() == 1
                        ? "1 mistake; nothing was started"
                        : mistakes.size() + " mistakes; nothing was started");
        return WRONG_CONFIGURATION;
    }
}

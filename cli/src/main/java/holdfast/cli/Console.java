package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.admin.json.AdminJson;
import holdfast.conf.Mistake;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Prints results to stdout in the requested form, everything else to stderr.
final class Console {
    private static final int SCHEMA_VERSION = 1;
    /// Cursor to the upper left corner, and all behind it away.
    private static final String CLEAR = "\033[H\033[J";

    /// Forms of a result.
    enum Output {
        TEXT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @SuppressWarnings("NullAway.Init")
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE})")
    private Output output = Output.TEXT;

    /// Of the next result while the command is watched.
    private @Nullable String heading;

    /// The form of every result in JSON.
    ///
    /// @param schemaVersion  rises when a member changes its meaning or goes; new members may come at any time
    /// @param time           of the answer, ISO 8601 in UTC
    /// @param director       that answered; null for a command that asks none
    /// @param result         an object
    record Envelope(
            int schemaVersion, String time, @Nullable String director, Object result) {}

    /// Prints a result; `text` has no line end.
    ///
    /// @param message  a record, so that its JSON is an object
    void result(Record message, String text) {
        if (heading == null) {
            environment().out().println(output == Output.JSON ? AdminJson.pretty(envelope(message)) : text);
        } else {
            environment().out().println(watched(message, text));
        }
    }

    /// Prints a result that continues the one before: in JSON each is a line, so that a reader need not wait for the
    /// end.
    void next(Record message, String text) {
        environment().out().println(output == Output.JSON ? line(message) : text);
    }

    /// A result of many: on a terminal it takes the place of the one before, on a pipe it comes after that.
    private String watched(Record message, String text) {
        var record = output == Output.JSON
                ? line(message)
                : heading + System.lineSeparator() + text + System.lineSeparator();
        return environment().isTerminal() ? CLEAR + record : record;
    }

    private String line(Record message) {
        return new String(AdminJson.write(envelope(message)), UTF_8);
    }

    /// Begins one of many results.
    ///
    /// @param time  of the result, in its first line
    void beginWatch(String time) {
        heading = time;
    }

    /// Whether somebody still reads the results.
    boolean isRead() {
        return !environment().out().checkError();
    }

    private Envelope envelope(Record message) {
        var now = environment().clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return new Envelope(SCHEMA_VERSION, now.toString(), director(), message);
    }

    /// Of the command's connection to a director, if it has one.
    private @Nullable String director() {
        return spec.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(AdminClient.class::isInstance)
                .map(client -> ((AdminClient) client).director())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /// Prints to stdout in any form.
    void line(String text) {
        environment().out().println(text);
    }

    void note(String text) {
        environment().err().println(text);
    }

    /// All that is wrong in a configuration file.
    void note(List<Mistake> mistakes, Path file) {
        note(Text.mistakes(mistakes, file));
    }

    boolean isJson() {
        return output == Output.JSON;
    }

    Environment environment() {
        return Environment.of(spec);
    }
}

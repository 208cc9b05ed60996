package holdfast.cli;

import holdfast.admin.json.AdminJson;
import holdfast.conf.Mistake;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Prints results to stdout in the requested form, everything else to stderr.
final class Console {
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

    /// Prints a result; `text` has no line end.
    void result(Object message, String text) {
        environment().out().println(output == Output.JSON ? AdminJson.pretty(message) : text);
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

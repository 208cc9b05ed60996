package holdfast.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Who changes something and why, for the history.
final class Author {
    @SuppressWarnings("NullAway.Init")
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the history")
    private @Nullable String reason;

    @Nullable
    String reason() {
        return reason;
    }

    String name() {
        return Environment.of(spec).author();
    }
}

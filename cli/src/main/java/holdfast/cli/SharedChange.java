package holdfast.cli;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigResult;
import holdfast.admin.ImpactRequest;
import holdfast.admin.Operations;
import holdfast.cli.edit.Rules;
import holdfast.cli.edit.SharedAccess.Applied;
import holdfast.cli.edit.SharedAccess.Present;
import holdfast.cli.edit.SharedEdit;
import holdfast.conf.Mistake;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A command that edits the services of all directors.
abstract class SharedChange extends RevisionCommand {
    private static final String NAME = "configuration";
    /// The name of the field with the options that are settings, in the commands that have them.
    private static final String SETTINGS = "settings";
    private static final String NEWLINE = System.lineSeparator();

    @Option(names = "--dry-run", description = "only show what would change, and for whom")
    private boolean dryRun;

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    /// About the edit that was made last.
    private List<String> warnings = List.of();

    /// Makes the edit.
    ///
    /// @throws Failure if the rules do not allow it
    abstract void edit(Rules rules);

    /// What the edit is about, for the history: a service, or a real server and its service.
    abstract String subject();

    @Override
    public final Integer call() {
        var director = new DirectorOverApi(admin, author.name());
        if (dryRun) {
            tryOut(director.read());
            return ExitCode.DONE;
        }
        return switch (SharedEdit.make(director, this::agreed, reason(usualReason()))) {
            case Applied.Done(var result) -> {
                report(result);
                yield ExitCode.DONE;
            }
            case Applied.Wrong(var text) -> throw new Failure(ExitCode.WRONG_INPUT, text);
            case Applied.NotNow(var text) -> throw new Failure(ExitCode.NOT_DONE, text);
            case Applied.Outrun() -> throw new IllegalStateException("an edit that was outrun is made again");
        };
    }

    /// The settings that were given, as they were typed: `--weight 7`.
    ///
    /// @throws Failure if there is none
    final List<String> settings() {
        var given = given();
        if (given.isEmpty()) {
            throw new Failure(ExitCode.WRONG_INPUT, "Say what to change; see '" + spec.qualifiedName() + " --help'");
        }
        return given;
    }

    private List<String> given() {
        var mixin = spec.mixins().get(SETTINGS);
        return mixin == null
                ? List.of()
                : mixin.options().stream()
                        .filter(option -> !option.originalStringValues().isEmpty())
                        .map(option -> option.longestName() + " " + String.join(",", option.originalStringValues()))
                        .toList();
    }

    /// `real edit tcp/192.0.2.10:80 10.0.0.12 --weight 7`.
    private String usualReason() {
        return Stream.concat(Stream.of(spec.parent().name(), spec.name(), subject()), given().stream())
                .collect(Collectors.joining(" "));
    }

    private void tryOut(Present present) {
        var text = SharedText.of(edited(present));
        var change = new ConfigChange(text, NAME, present.revision(), author.name(), reason(usualReason()), true);
        var result = admin.call(Operations.CHANGE_CONFIG, change);
        reportDry(result, admin.call(Operations.IMPACT, new ImpactRequest(NAME, text)));
    }

    private Shared agreed(Present present) {
        var next = edited(present);
        if (!next.equals(present.shared())) {
            confirm(NAME, SharedText.of(next));
        }
        return next;
    }

    private Shared edited(Present present) {
        var rules = new Rules(present.shared());
        edit(rules);
        var next = rules.after();
        var checked = SharedText.check(next);
        if (!checked.mistakes().isEmpty()) {
            throw new Failure(ExitCode.WRONG_INPUT, String.join(NEWLINE, sentences(checked.mistakes())));
        }
        var before = sentences(SharedText.check(present.shared()).warnings());
        warnings = sentences(checked.warnings()).stream()
                .filter(warning -> !before.contains(warning))
                .toList();
        return next;
    }

    /// Mistakes without their places, since there is no file.
    private static List<String> sentences(List<Mistake> mistakes) {
        return mistakes.stream().map(SharedChange::sentence).distinct().toList();
    }

    private static String sentence(Mistake mistake) {
        var key = mistake.key().substring(mistake.key().lastIndexOf('.') + 1);
        return key + (mistake.value().isEmpty() ? "" : " '" + mistake.value() + "'") + " " + mistake.rule() + "; "
                + mistake.remedy();
    }

    /// Only about what the edit brought.
    @Override
    List<String> warnings(ConfigResult result) {
        return warnings;
    }
}

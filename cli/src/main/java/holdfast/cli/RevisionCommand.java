package holdfast.cli;

import holdfast.admin.ConfigResult;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.Operations;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// The common part of commands that change the shared configuration: each change is a revision with an author and a
/// reason, and asks first where clients would lose their real server.
abstract class RevisionCommand implements Callable<Integer> {
    static final String ON_SILENCE = "; the change may be made all the same: look with 'holdfast config show'";
    private static final String NEWLINE = System.lineSeparator();

    @Mixin
    final Author author = new Author();

    @Mixin
    final Confirmation confirmation = new Confirmation();

    @Mixin
    final AdminClient admin = new AdminClient();

    @Mixin
    final Console console = new Console();

    /// The operator's reason for the history, or the usual one.
    final String reason(String usual) {
        var given = author.reason();
        return given == null ? usual : given;
    }

    /// Asks before a change that takes clients from their real server.
    ///
    /// @param name  of the new configuration in messages
    final void confirm(String name, String text) {
        if (!confirmation.isWanted()) {
            return;
        }
        var impact = admin.call(Operations.IMPACT, new ImpactRequest(name, text));
        if (impact.services().stream().anyMatch(ImpactCommand::hurts)) {
            confirmation.ask("A change that moves clients", () -> ImpactCommand.text(impact) + NEWLINE + "Go ahead?");
        }
    }

    final void report(ConfigResult result) {
        warnings(result).forEach(warning -> console.note("warning: " + warning));
        console.result(
                result,
                result.made()
                        ? "Revision " + result.revision() + " is in force" + lacking(result)
                        : "Nothing to change: revision " + result.revision() + " says the same");
    }

    List<String> warnings(ConfigResult result) {
        return result.warnings();
    }

    private static String lacking(ConfigResult result) {
        return result.lacking().isEmpty()
                ? ""
                : ", but not yet on " + String.join(", ", result.lacking())
                        + ": see 'holdfast config show' and the status there";
    }

    /// The result of a dry run.
    final void reportDry(ConfigResult result, ImpactResult impact) {
        console.result(
                result,
                result.diff().isEmpty()
                        ? "Nothing would change"
                        : String.join(NEWLINE, result.diff()) + NEWLINE + NEWLINE + ImpactCommand.text(impact));
    }
}

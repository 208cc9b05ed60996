package holdfast.cli;

import holdfast.admin.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = "Show whether the director is active, whether a failover is safe now, and what it would lose.",
        footer = {
            "",
            "Exit codes: 0 done, 1 our fault or no answer, 2 wrong input.",
            "With --check they are those of a monitoring plugin:",
            "  0 OK        active, and a standby would serve; or a standby that would",
            "  1 WARNING   active or standby, but a failover would not be safe, or there",
            "              is a fault or an alarm",
            "  2 CRITICAL  in FAULT, active with a stuck datapath, or no director answers",
            "  3 UNKNOWN   the question failed: rights, a wrong or an ambiguous socket"
        })
final class StatusCommand extends Look {
    /// That no director could be asked, for JSON.
    record Unanswered(Check.Level level, String line) {}

    @Option(names = "--check", description = "print one line for monitoring, and end with its exit code")
    private boolean isCheck;

    @Override
    int look() {
        return isCheck ? check() : show();
    }

    private int show() {
        var status = admin.call(Operations.STATUS);
        console.result(status, StatusText.of(status));
        return ExitCode.DONE;
    }

    private int check() {
        try {
            var status = admin.call(Operations.STATUS);
            var check = Check.of(status);
            console.result(status, check.line());
            return check.level().exitCode();
        } catch (Failure failure) {
            var check = Check.of(failure);
            console.result(new Unanswered(check.level(), check.line()), check.line()); // a plugin prints to stdout only
            return check.level().exitCode();
        }
    }
}

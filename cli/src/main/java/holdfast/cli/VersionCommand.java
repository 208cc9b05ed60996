package holdfast.cli;

import holdfast.admin.Operations;
import holdfast.conf.ProgramVersion;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "version",
        description = "Show the version of this program, of Java, and of the director that runs here.")
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    /// The versions, for JSON.
    ///
    /// @param commit           null if the build did not know it
    /// @param directorVersion  null if no director answers
    record Versions(
            String version,
            @Nullable String commit,
            String java,
            @Nullable String directorVersion) {}

    @Override
    public Integer call() {
        try {
            var status = admin.call(Operations.STATUS);
            show(status.version(), "director " + status.director() + " " + status.version());
        } catch (Failure failure) {
            show(null, "director none");
            console.note(String.valueOf(failure.getMessage()));
        }
        return ExitCode.DONE;
    }

    private void show(@Nullable String directorVersion, String director) {
        var commit = ProgramVersion.COMMIT.isEmpty() ? null : ProgramVersion.COMMIT;
        var java = Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        var lines = new ArrayList<String>();
        lines.add("holdfast " + ProgramVersion.TEXT + (commit == null ? "" : ", commit " + commit));
        lines.add("java     " + java);
        lines.add(director);
        console.result(
                new Versions(ProgramVersion.TEXT, commit, java, directorVersion),
                String.join(System.lineSeparator(), lines));
        if (directorVersion != null && !directorVersion.equals(ProgramVersion.TEXT)) {
            console.note("The director is of another version than this program; use the holdfast beside it");
        }
    }
}

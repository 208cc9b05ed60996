package holdfast.cli;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.Bounds;
import holdfast.admin.Operations;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "audit",
        description = {
            "List who changed what on a director and why, the newest last.",
            "It ends with 1 if an entry was changed or taken away since it was written."
        })
final class AuditCommand implements Callable<Integer> {
    private static final int REQUEST_CHARS = 160;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "most entries to list (default: ${DEFAULT-VALUE})")
    private int limit;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        if (limit < 1 || limit > Bounds.ENTRIES_MAX) {
            throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + Bounds.ENTRIES_MAX);
        }
        var list = admin.call(Operations.AUDIT, new AuditRequest(limit));
        console.result(list, text(list));
        if (list.broken() == null) {
            return ExitCode.DONE;
        }
        console.note("The audit is not what was written: " + list.broken()
                + "; compare it with the director's log, which has each hash, and keep a copy of state-dir/audit");
        return ExitCode.OUR_FAULT;
    }

    private static String text(AuditList list) {
        var lines = new ArrayList<String>();
        list.entries().forEach(entry -> lines.add(line(entry)));
        return lines.isEmpty() ? "Nothing was changed" : String.join(System.lineSeparator(), lines);
    }

    private static String cut(String request) {
        return request.length() <= REQUEST_CHARS ? request : request.substring(0, REQUEST_CHARS) + "...";
    }

    private static String line(AuditList.Entry entry) {
        var line = new StringBuilder("%s %d %s from %s: %s"
                .formatted(entry.at(), entry.number(), entry.user(), entry.from(), entry.operation()));
        if (entry.ends() == null) {
            line.append(' ').append(cut(entry.request().replaceAll("\\s+", " ")));
        } else {
            line.append(" of ").append(entry.ends()).append(" ended with ").append(entry.outcome());
        }
        return line.toString().strip();
    }
}

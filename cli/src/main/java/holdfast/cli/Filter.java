package holdfast.cli;

import holdfast.admin.ConnectionsRequest;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that select connections and templates.
final class Filter {
    /// A listing with a filter walks through the tables, so a question does not count all entries.
    private static final int COUNTED_MAX = 1000;

    @Option(names = "--client", paramLabel = "CLIENT", description = "an address or a prefix, such as 198.51.100.0/24")
    private MarkRule.@Nullable Prefix client;

    @Option(names = "--real", paramLabel = "REAL", description = "a real server, such as 10.0.0.11 or 10.0.0.11:8080")
    private @Nullable Host real;

    @Option(names = "--service", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80 or mark/7")
    private @Nullable ServiceKey service;

    EntryFilter filter() {
        return new EntryFilter(client, real, service);
    }

    /// The filter, of which at least one part must be given.
    EntryFilter atLeastOne() {
        if (filter().equals(EntryFilter.ALL)) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "Say which templates are meant, with --client, --real or --service; together they mean those that fit all");
        }
        return filter();
    }

    /// The number of matching entries, for a question: `17`, or `1000 or more`.
    static String count(AdminClient admin, EntryFilter filter) {
        var found = admin.connections(new ConnectionsRequest(null, filter, COUNTED_MAX));
        return found.truncated()
                ? COUNTED_MAX + " or more"
                : Integer.toString(found.entries().size());
    }
}

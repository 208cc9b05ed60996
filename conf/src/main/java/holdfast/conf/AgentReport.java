package holdfast.conf;

/// A report of an agent on a real server. Of two reports about one real server, the later one counts on every director.
///
/// @param percent  the part of its weight that the server can take, 0 to 100
/// @param at       ms since 1970 by the wall clock of the director that took the report, or 1 ms after the report that
///     it replaces there, if that is later
public record AgentReport(Real real, int percent, long at) {
    /// The percentage of a real server without a report.
    public static final int ALL = 100;

    /// A real server of a service.
    ///
    /// @param port  as configured
    public record Real(ServiceKey service, Ipv4 address, int port) {
        @Override
        public String toString() {
            return address + ":" + port + " of " + service;
        }
    }

    public AgentReport {
        if (percent < 0 || percent > ALL || at < 0) {
            throw new IllegalArgumentException("no report: " + percent + " percent at " + at);
        }
    }

    /// Whether this report counts, and not the other one about the same real server. Two directors that take a report
    /// in the same millisecond both keep the lower one.
    public boolean isLaterThan(AgentReport other) {
        return at != other.at ? at > other.at : percent < other.percent;
    }
}

package holdfast.admin;

/// The bounds of the admin API that both sides keep to.
public final class Bounds {
    /// Most entries of one listing, and how many connections come where no limit is asked for.
    public static final int ENTRIES_MAX = 100_000;
    /// How many clients come where no limit is asked for.
    public static final int CLIENTS_USUAL = 20;
    /// Longest time that a request may name: 136 years, as for the seconds in a configuration.
    public static final long SECONDS_MAX = 0xffff_ffffL;
    /// Longest body of a request, in bytes; a configuration file of 1 MiB fits, quoted for JSON.
    public static final int REQUEST_BYTES_MAX = 3 * 1024 * 1024;
    /// Longest body of an answer, in bytes; 100,000 connections take about 30 MB.
    public static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;

    private Bounds() {}
}

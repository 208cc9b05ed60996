package holdfast.admin;

/// The limits of the admin API, which director and client share.
public final class Bounds {
    /// Most entries of one listing, and the number of connections listed if the request names no limit.
    public static final int ENTRIES_MAX = 100_000;
    /// Most entries of one answer to a caller on TCP, so that no slow reader there fills the director's memory.
    public static final int PAGE_MAX = 2000;
    /// Number of clients listed if the request names no limit.
    public static final int CLIENTS_USUAL = 20;
    /// Longest time that a request may name: 136 years, as for the seconds in a configuration.
    public static final long SECONDS_MAX = 0xffff_ffffL;
    /// Longest body of a request, in bytes; a configuration file of 1 MiB fits, quoted for JSON.
    public static final int REQUEST_BYTES_MAX = 3 * 1024 * 1024;
    /// Longest body of an answer, in bytes; 100,000 connections take about 30 MB.
    public static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;

    private Bounds() {}
}

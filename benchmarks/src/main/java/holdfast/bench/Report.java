package holdfast.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A run of one suite: what was measured where, each sample, and what comes of them.
///
/// @param command        as it was typed, relative to the repository
/// @param startedAt      UTC
/// @param roundsWanted   more than [#rounds] where the time was up before
/// @param unit           by metric
public record Report(
        String suite,
        String command,
        String startedAt,
        double durationS,
        int rounds,
        int roundsWanted,
        Machine machine,
        Map<String, String> method,
        Map<String, String> unit,
        List<Result> results,
        List<Sample> samples,
        List<Start> starts) {
    public Report {
        results = List.copyOf(results);
        samples = List.copyOf(samples);
        starts = List.copyOf(starts);
    }

    /// One measurement of a cell on a target.
    ///
    /// @param values            by metric; empty where it failed
    /// @param busyBefore        CPUs busy on the machine just before, when nothing of ours was
    /// @param machineCores      CPUs busy on the machine meanwhile, with all that ran
    /// @param directorCores     CPUs that the director's process kept busy; null where the kernel forwards
    /// @param foreignUserCores  CPUs busy in programs that are not ours (their kernel time cannot be told apart)
    /// @param stealCores        CPUs that the hypervisor took away
    /// @param disturbed         whether somebody else used the machine
    /// @param failure           null where it succeeded
    public record Sample(
            int round,
            String target,
            String method,
            String cell,
            Map<String, Double> values,
            @Nullable Double busyBefore,
            @Nullable Double machineCores,
            @Nullable Double directorCores,
            @Nullable Double foreignUserCores,
            @Nullable Double stealCores,
            boolean disturbed,
            @Nullable String failure) {
        static Sample failed(int round, String target, Cell cell, String failure) {
            return new Sample(
                    round,
                    target,
                    cell.method().name(),
                    cell.name(),
                    Map.of(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    false,
                    failure);
        }
    }

    /// The samples of a cell on a target together. Disturbed ones count only where there is no other.
    ///
    /// @param ratio          of the median to that of nft; null where nft was not measured
    /// @param ratioByRound   the same, within each round
    /// @param machineCores   CPUs busy on the machine
    /// @param directorCores  null where the kernel forwards
    /// @param disturbedOnly  whether all samples of the value were disturbed
    /// @param ratioDisturbed  whether that holds for the value or for that of nft
    public record Result(
            String target,
            String method,
            String cell,
            String metric,
            Summary value,
            @Nullable Double ratio,
            @Nullable Summary ratioByRound,
            Summary machineCores,
            @Nullable Summary directorCores,
            boolean disturbedOnly,
            boolean ratioDisturbed) {}

    /// A target from its start to its end in one round.
    ///
    /// @param counters  what it said of itself at the end; empty for the kernel
    public record Start(
            int round,
            String target,
            double startS,
            Map<String, Long> counters,
            @Nullable String failure) {}
}

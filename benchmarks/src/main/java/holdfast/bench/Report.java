package holdfast.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A run of one suite: the measured cells and targets, each sample, and the results.
///
/// @param command        as typed, relative to the repository
/// @param startedAt      UTC
/// @param roundsWanted   more than [#rounds] if the time ended before
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
    /// @param values            by metric; empty if it failed
    /// @param busyBefore        CPUs busy on the machine just before, without a load of ours
    /// @param machineCores      CPUs busy on the machine meanwhile, in all programs
    /// @param directorCores     CPUs that the director's process used; null if the kernel forwards
    /// @param foreignUserCores  CPUs busy in foreign programs (their kernel time cannot be distinguished)
    /// @param stealCores        CPUs that the hypervisor took away
    /// @param disturbed         whether foreign programs used the machine
    /// @param failure           null if it succeeded
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

    /// The samples of a cell on a target together. Disturbed ones count only if there are no others.
    ///
    /// @param ratio          of the median to that of nft; null if nft was not measured
    /// @param ratioByRound   the same, within each round
    /// @param machineCores   CPUs busy on the machine
    /// @param directorCores  null if the kernel forwards
    /// @param disturbedOnly  whether all samples of the value were disturbed
    /// @param ratioDisturbed  whether this holds for the value or for that of nft
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
    /// @param counters  its own counters at the end; empty for the kernel
    public record Start(
            int round,
            String target,
            double startS,
            Map<String, Long> counters,
            @Nullable String failure) {}
}

package holdfast.bench;

import holdfast.bench.Report.Result;
import holdfast.bench.Report.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Turns samples into results.
final class Results {
    private Results() {}

    /// In the order of first appearance of the samples' targets, cells and metrics.
    static List<Result> of(List<Sample> samples) {
        var results = new ArrayList<Result>();
        var good = samples.stream().filter(sample -> sample.failure() == null).toList();
        for (var target : distinct(good, Sample::target)) {
            for (var method : distinct(good, Sample::method)) {
                for (var cell : distinct(in(good, method), Sample::cell)) {
                    addMetrics(
                            in(good, target, method, cell), in(good, KernelTarget.NFT.name(), method, cell), results);
                }
            }
        }
        return results;
    }

    private static void addMetrics(List<Sample> all, List<Sample> allOfNft, List<Result> results) {
        if (all.isEmpty()) {
            return;
        }
        var counted = undisturbed(all);
        var nft = undisturbed(allOfNft);
        for (var metric : counted.getFirst().values().keySet()) {
            var value = summary(counted, sample -> sample.values().get(metric)).orElseThrow();
            var ofNft = summary(nft, sample -> sample.values().get(metric));
            var first = counted.getFirst();
            results.add(new Result(
                    first.target(),
                    first.method(),
                    first.cell(),
                    metric,
                    value,
                    ofNft.map(peer -> value.median() / peer.median()).orElse(null),
                    ratioByRound(all, allOfNft, metric),
                    summary(counted, Sample::machineCores).orElseThrow(),
                    summary(counted, Sample::directorCores).orElse(null),
                    first.disturbed(),
                    first.disturbed() || (!nft.isEmpty() && nft.getFirst().disturbed())));
        }
    }

    private static @Nullable Summary ratioByRound(List<Sample> samples, List<Sample> ofNft, String metric) {
        var ratios = new ArrayList<Double>();
        for (var sample : samples) {
            ofNft.stream()
                    .filter(peer -> peer.round() == sample.round())
                    .forEach(peer -> ratios.add(value(sample, metric) / value(peer, metric)));
        }
        return ratios.isEmpty() ? null : Summary.of(ratios);
    }

    private static double value(Sample sample, String metric) {
        return Objects.requireNonNull(sample.values().get(metric), metric);
    }

    private static List<Sample> undisturbed(List<Sample> samples) {
        var quiet = samples.stream().filter(sample -> !sample.disturbed()).toList();
        return quiet.isEmpty() ? samples : quiet;
    }

    private static Optional<Summary> summary(List<Sample> samples, Function<Sample, @Nullable Double> value) {
        var values = samples.stream().map(value).filter(Objects::nonNull).toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Summary.of(values));
    }

    private static List<Sample> in(List<Sample> samples, String target, String method, String cell) {
        return in(samples, method).stream()
                .filter(sample ->
                        sample.target().equals(target) && sample.cell().equals(cell))
                .toList();
    }

    private static List<Sample> in(List<Sample> samples, String method) {
        return samples.stream().filter(sample -> sample.method().equals(method)).toList();
    }

    private static List<String> distinct(List<Sample> samples, Function<Sample, String> part) {
        return samples.stream().map(part).distinct().toList();
    }
}

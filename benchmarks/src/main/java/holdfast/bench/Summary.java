package holdfast.bench;

import java.util.Collection;
import java.util.Locale;

/// Several samples of one value: the median, and their range.
public record Summary(double median, double min, double max, int n) {
    /// @throws IllegalArgumentException without a sample: a missing measurement must never read as 0
    static Summary of(Collection<Double> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("no samples to summarise");
        }
        double[] sorted =
                samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Summary(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /// Such as `33.1 [31.3-33.4]`.
    String text(int digits) {
        var number = "%." + digits + "f";
        return String.format(Locale.ROOT, number + " [" + number + "-" + number + "]", median, min, max);
    }
}

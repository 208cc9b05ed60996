package holdfast.demo;

import java.util.Collection;
import java.util.Optional;

/// The least, the median and the greatest of some numbers.
///
/// @param median  of an even count the mean of the two in the middle
record Spread(double min, double median, double max) {
    /// Empty where there are no numbers.
    static Optional<Spread> of(Collection<Double> numbers) {
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        var sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int count = sorted.length;
        return Optional.of(new Spread(sorted[0], (sorted[(count - 1) / 2] + sorted[count / 2]) / 2, sorted[count - 1]));
    }
}

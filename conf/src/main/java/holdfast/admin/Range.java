package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// The range of a number in a request.
final class Range {
    private Range() {}

    /// @param value   null if none was given, which is always right
    /// @param wayOut  the remedy for a wrong number
    /// @throws IllegalArgumentException if the value is not from `min` to `max`
    static void check(String name, @Nullable Number value, long min, long max, String wayOut) {
        if (value != null && (value.longValue() < min || value.longValue() > max)) {
            throw new IllegalArgumentException(name + " " + value + " must be " + min + " to " + max + "; " + wayOut);
        }
    }
}

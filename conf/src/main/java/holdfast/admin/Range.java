package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// What a number in a request may be.
final class Range {
    private Range() {}

    /// @param value   null where none was given, which is always right
    /// @param wayOut  what to do instead of a wrong number
    /// @throws IllegalArgumentException where the value is not from `min` to `max`
    static void check(String name, @Nullable Number value, long min, long max, String wayOut) {
        if (value != null && (value.longValue() < min || value.longValue() > max)) {
            throw new IllegalArgumentException(name + " " + value + " must be " + min + " to " + max + "; " + wayOut);
        }
    }
}

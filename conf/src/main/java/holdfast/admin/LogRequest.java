package holdfast.admin;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to log at another level for a while.
///
/// @param seconds  until the usual level returns, 1 to [#SECONDS_MAX]; null for [#SECONDS_USUAL]
public record LogRequest(LogLevel level, @Nullable Integer seconds) {
    /// A forgotten DEBUG must not fill a disk.
    public static final int SECONDS_MAX = 86_400;

    public static final int SECONDS_USUAL = 600;

    public LogRequest {
        Objects.requireNonNull(level, "level is missing");
        if (seconds != null) {
            Range.check("seconds", seconds, 1, SECONDS_MAX, "600 is ten minutes");
        }
    }
}

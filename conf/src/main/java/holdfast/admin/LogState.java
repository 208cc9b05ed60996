package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// The level at which a director logs.
///
/// @param usual  the level of its start, which returns by itself
/// @param leftS  seconds until then; null if it logs at its usual level
public record LogState(
        LogLevel level, LogLevel usual, @Nullable Integer leftS) {}

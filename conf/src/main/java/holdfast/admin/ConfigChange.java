package holdfast.admin;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to make another shared configuration the one in force, on all directors.
///
/// @param text    the sections `ipvs`, `marks` and `services` as YAML, or a whole configuration file of a director, of
///     which these sections count
/// @param file    its name in messages; null for `configuration`
/// @param base    the revision that was changed, as [ConfigState#revision] named it; null to replace whatever is in
///     force
/// @param author  who asks for it
/// @param reason  for the history; null for none
/// @param dryRun  only check and compare
public record ConfigChange(
        String text,
        @Nullable String file,
        @Nullable String base,
        @Nullable String author,
        @Nullable String reason,
        boolean dryRun) {
    public ConfigChange {
        Objects.requireNonNull(text, "text is missing");
    }
}

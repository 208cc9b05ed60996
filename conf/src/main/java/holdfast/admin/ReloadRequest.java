package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// The request to make the shared part of the director's own file, as it is now, the configuration in force.
///
/// @param author  who asks for it
/// @param reason  for the history; null for none
public record ReloadRequest(
        @Nullable String author, @Nullable String reason) {}

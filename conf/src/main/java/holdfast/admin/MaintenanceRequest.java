package holdfast.admin;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to begin or to end a director's maintenance.
///
/// @param on      whether it begins
/// @param author  who asks for it
/// @param reason  for the others; null for none
public record MaintenanceRequest(
        Boolean on, @Nullable String author, @Nullable String reason) {
    public MaintenanceRequest {
        Objects.requireNonNull(on, "on is missing");
    }
}

package holdfast.admin;

import java.util.Objects;

/// A configuration file to compare with the running configuration, without any change.
///
/// The request carries the text, so that the director reads it as at its start. The client checks the file before it
/// sends it.
///
/// @param file  its name, for messages
public record ImpactRequest(String file, String text) {
    public ImpactRequest {
        Objects.requireNonNull(file, "file is missing");
        Objects.requireNonNull(text, "text is missing");
    }
}

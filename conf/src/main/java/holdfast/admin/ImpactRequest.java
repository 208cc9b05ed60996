package holdfast.admin;

import java.util.Objects;

/// A configuration file that is only thought of, to be compared with the one in force.
///
/// It travels as its text, so that the director reads it as it would read it at a start; whoever sends it
/// has checked it before.
///
/// @param file  its name, for messages
public record ImpactRequest(String file, String text) {
    public ImpactRequest {
        Objects.requireNonNull(file, "file is missing");
        Objects.requireNonNull(text, "text is missing");
    }
}

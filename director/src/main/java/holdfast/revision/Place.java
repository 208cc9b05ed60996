package holdfast.revision;

/// What a director knows of the election.
///
/// @param isActive  whether it may make revisions
/// @param term      under which it would make one
/// @param active    name of the active that it follows; empty if it knows none
public record Place(boolean isActive, int term, String active) {
    public static final Place UNKNOWN = new Place(false, 0, "");
}

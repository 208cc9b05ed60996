package holdfast.cli.imports;

/// A line of keepalived's configuration without its comment, after includes, conditions and parameters.
///
/// @param place  where it comes from; lines of an expanded parameter have the place of the line that names it
record KeepalivedLine(Place place, String text) {}

package holdfast.admin;

/// What became of a [ZeroRequest].
///
/// @param services  whose numbers begin anew
public record ZeroResult(int services) {}

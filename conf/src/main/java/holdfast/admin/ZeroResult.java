package holdfast.admin;

/// The result of a [ZeroRequest].
///
/// @param services  number of services that were reset
public record ZeroResult(int services) {}

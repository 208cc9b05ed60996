package holdfast.admin;

/// The body of every answer that is not a success.
///
/// @param error   what did not work
/// @param why     the rule or the fact behind it
/// @param remedy  what the caller can do
public record ApiError(String error, String why, String remedy) {}

package holdfast.admin;

/// The empty request.
public record Nothing() {}

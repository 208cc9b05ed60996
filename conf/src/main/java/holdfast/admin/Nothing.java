package holdfast.admin;

/// The request of an operation that needs none.
public record Nothing() {}

package holdfast.metrics;

/// What a director is called; the labels of all its metrics.
///
/// @param group    the VIP group
/// @param version  of the program
public record Identity(String cluster, String director, String group, String version) {}

package holdfast.mutants;

/// What became of a mutant.
///
/// @param by     the test that found it, as it stands in a table
/// @param after  how far that test was
record Verdict(Mutation mutation, boolean isKilled, String by, String after, double seconds) {}

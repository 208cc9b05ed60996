package holdfast.mutants;

/// The fate of a mutant.
///
/// @param by     the test that found it, as in a table
/// @param after  the test's progress until then
record Verdict(Mutation mutation, boolean isKilled, String by, String after, double seconds) {}

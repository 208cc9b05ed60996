/// Benchmarks of Holdfast beside the kernel's own forwarding, in one lab and one run: a ratio means something where an
/// absolute number does not. Each suite measures targets (no director, the kernel as a director, ours) round by round,
/// and reverses the order of the targets in every second round, so that a drift of the machine affects all of them
/// alike.
@NullMarked
package holdfast.bench;

import org.jspecify.annotations.NullMarked;

/// Benchmarks of Holdfast beside the kernel's own forwarding, in one lab and one run, so that a ratio means
/// something where an absolute number does not. Each suite measures targets (no director, the kernel's
/// director, ours) round by round, and the order of the targets is reversed in every second round, so that a
/// drift of the machine hits all of them alike.
@NullMarked
package holdfast.bench;

import org.jspecify.annotations.NullMarked;

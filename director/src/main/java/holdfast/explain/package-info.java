/// Answers to an operator's questions before they cost anything: the real server of a client's next connection, and why
/// ([Whereis]), and the effect of a new configuration on clients and connections ([Impact]).
///
/// Pure functions over the tables, for the worker's thread: they read and change nothing. Their time depends on the
/// number of real servers, never on the number of entries. Answers are records of plain values, each with whole
/// sentences. Sources: IPVS-REF 1.7, 3.4, 3.5, 3.9; SEED 28.4, 28.5.2, 28.21.
@NullMarked
package holdfast.explain;

import org.jspecify.annotations.NullMarked;

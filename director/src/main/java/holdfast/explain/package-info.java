/// Answers to an operator's questions before they cost anything: where a client goes next and why
/// ([Whereis]), and what a new configuration does to clients and connections ([Impact]).
///
/// Pure functions over the tables, for the worker's thread: they read and change nothing, and their time
/// depends on the number of real servers, never on that of entries. Answers are records of plain values,
/// each with whole sentences. Sources: IPVS-REF 1.7, 3.4, 3.5, 3.9; SEED 28.4, 28.5.2, 28.21.
@NullMarked
package holdfast.explain;

import org.jspecify.annotations.NullMarked;

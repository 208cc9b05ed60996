/// The open and new connections of each client, in bounded memory, and the rules that limit clients (SEED 28.22,
/// IPVS-REF 11 rows 25 to 27).
///
/// The datapath thread reports each connection that begins or ends to [Clients], and checks [ClientRules] before one
/// begins. Every number is a pair of bounds that are never wrong; while all clients fit in, the bounds are equal.
/// Nothing here reads a clock, and only listings and changes of the rules allocate.
@NullMarked
package holdfast.client;

import org.jspecify.annotations.NullMarked;

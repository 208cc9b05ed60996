/// The open and new connections of each client, in bounded memory, and the rules that limit clients (SEED 28.22,
/// IPVS-REF 11 rows 25 to 27).
///
/// The datapath thread tells [Clients] of each connection that begins and of each that ends, and asks
/// [ClientRules] before one begins. Every number is a pair of bounds that are never wrong; while all
/// clients fit in, the bounds are equal. Nothing here reads a clock, and nothing allocates but listings
/// and changes of the rules.
///
/// [ClientEntries] and [ClientEntry] know each other: the entries, and the window onto one of them.
@NullMarked
package holdfast.client;

import org.jspecify.annotations.NullMarked;

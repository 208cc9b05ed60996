/// One worker's knowledge, connections and templates, and the only ways in which it changes.
///
/// [Tables] is the entrance. [Changes] offers each change to the sync side, [Replica] applies the active director's
/// changes, [Sweeper], [Victims] and [TemplateOrders] remove and change entries in bounded steps. Nothing here knows a
/// frame, a socket, a clock or a thread: time is an argument, and one worker writes a table. Sources: IPVS-REF 1, 4, 7.
///
/// The last three and [Tables] depend on each other: they end entries by its methods, so that every end is counted and
/// written to the stream in the same way, and it runs them in its turn.
@NullMarked
package holdfast.table;

import org.jspecify.annotations.NullMarked;

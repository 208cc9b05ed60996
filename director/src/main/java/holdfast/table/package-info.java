/// What one worker knows, connections and templates, and the only ways in which it changes.
///
/// [Tables] is the entrance. [Changes] offers each change to the sync side, [Replica] applies what the active director
/// sends, [Sweeper], [Victims] and [TemplateOrders] remove and change entries in bounded steps. Nothing here knows a
/// frame, a socket, a clock or a thread: time is an argument, and one worker writes a table. Sources: IPVS-REF 1, 4, 7.
///
/// These three and [Tables] know each other: they end entries by its methods, so that whatever ends one is counted and
/// written to the stream in the same way, and it runs them in its turn.
@NullMarked
package holdfast.table;

import org.jspecify.annotations.NullMarked;

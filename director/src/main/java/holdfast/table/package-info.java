/// What one worker knows, connections and templates, and the only ways in which it changes.
///
/// [Tables] is the entrance. [Changes] offers each change to the sync side, [Replica] applies what the active director
/// sends, [Sweeper], [Victims] and [TemplateOrders] remove and change entries in bounded steps. Nothing here knows a
/// frame, a socket, a clock or a thread: time is an argument, and one worker writes a table. Sources: IPVS-REF 1, 4, 7.
@NullMarked
package holdfast.table;

import org.jspecify.annotations.NullMarked;

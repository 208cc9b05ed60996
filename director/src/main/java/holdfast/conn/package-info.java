/// The connection table: fixed records that never move, of one cache line for IPv4. Two indexes of slot numbers, one
/// for each direction, find them, and a timer wheel ends them. Also the TCP and SCTP states (IPVS-REF 4), and
/// [holdfast.conn.SlotTable] with its parts, the common base with the template table. One thread owns each table;
/// nothing here reads a clock, and nothing allocates after the constructor.
///
/// [Conn] and [ConnTable] know each other, and so do [SlotTable], [SlotView] and [Lookups]: a table and the windows
/// onto its slots are one thing, and each has the layout of the other.
@NullMarked
package holdfast.conn;

import org.jspecify.annotations.NullMarked;

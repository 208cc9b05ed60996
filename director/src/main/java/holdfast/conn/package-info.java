/// The connection table: fixed records that never move, of one cache line for IPv4. Two indexes of slot numbers, one
/// for each direction, find them, and a timer wheel ends them. Also the TCP and SCTP states (IPVS-REF 4), and
/// [holdfast.conn.SlotTable] with its parts, the common base with the template table. One thread owns each table;
/// nothing here reads a clock, and nothing allocates after the constructor.
@NullMarked
package holdfast.conn;

import org.jspecify.annotations.NullMarked;

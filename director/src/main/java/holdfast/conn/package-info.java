/// The connection table: fixed records that never move, of one cache line for IPv4, found by two indexes of slot
/// numbers, one for each direction, and ended by a timer wheel. Also the TCP states (IPVS-REF 4) and
/// [holdfast.conn.SlotTable] with its parts, which the template table is built on too. One thread owns each table;
/// nothing here reads a clock, and nothing allocates after the constructor.
@NullMarked
package holdfast.conn;

import org.jspecify.annotations.NullMarked;

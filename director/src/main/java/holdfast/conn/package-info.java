/// The connection table: fixed records of one cache line that never move, found by two indexes of slot numbers, one for
/// each direction, and ended by a timer wheel. Also the TCP states (IPVS-REF 4) and the flat parts that the template
/// table is built from too. One thread owns each table; nothing here reads a clock, and nothing allocates after the
/// constructor.
@NullMarked
package holdfast.conn;

import org.jspecify.annotations.NullMarked;

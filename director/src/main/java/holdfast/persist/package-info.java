/// Persistence: the template table, which stores the real server of each client (network), and IPVS's [Decision] for a
/// new connection (IPVS-REF 3). [Persistence] commits a decision; `explain` only asks. A template's virtual address,
/// port and protocol are those of its real server's service, so it stores only the client and the real server's id.
@NullMarked
package holdfast.persist;

import org.jspecify.annotations.NullMarked;

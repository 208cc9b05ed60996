/// Persistence: the template table, which remembers the real server of each client (network), and the [Decision] that
/// IPVS takes for a new connection with it (IPVS-REF 3). [Persistence] commits a decision; `explain` only asks. A
/// template's virtual address, port and protocol are those of
/// its real server's service, so a template holds only the client and the real server's id.
///
/// [Template] and [TemplateTable] know each other: the table, and the window onto one of its slots.
@NullMarked
package holdfast.persist;

import org.jspecify.annotations.NullMarked;

/// Schedulers: each picks a real server for a new connection or a new client. IPVS's schedulers pick exactly as the
/// kernel's modules of the same names (IPVS-REF 5); `least-load` and `rendezvous` are ours. They walk a service's real
/// servers newest first. Their state is a pointer, a table that depends on the configuration alone, or for `lblc` and
/// `lblcr` a bounded memory of addresses. It is never a count of connections, which the
/// [holdfast.service.RealServerTable] keeps.
@NullMarked
package holdfast.schedule;

import org.jspecify.annotations.NullMarked;

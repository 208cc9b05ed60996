/// Schedulers: each picks a real server for a new connection or a new client. Those of IPVS do so exactly
/// as the kernel's module of the same name (IPVS-REF 5); `least-load` and `rendezvous` are ours. They walk
/// a service's real servers newest first. What they keep is a pointer, a table that the configuration
/// decides, or for `lblc` and `lblcr` a bounded memory of addresses; never a count of connections, which
/// is the [holdfast.service.RealServerTable]'s.
@NullMarked
package holdfast.schedule;

import org.jspecify.annotations.NullMarked;

/// Schedulers: each picks a real server for a new connection or a new client, exactly as the kernel's module of the
/// same name does (IPVS-REF 5). They walk a service's real servers newest first and keep nothing but a pointer.
@NullMarked
package holdfast.schedule;

import org.jspecify.annotations.NullMarked;

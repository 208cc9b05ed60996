/// Virtual services and their real servers as the packet path uses them: a lookup from (protocol, VIP, port) to a
/// service, and flat counters for each real server under an id that is stable while an entry refers to it. A real
/// server that the configuration drops is kept as not available, so that its connections and templates revive when it
/// returns (IPVS-REF 3.9).
@NullMarked
package holdfast.service;

import org.jspecify.annotations.NullMarked;

/// Virtual services and their real servers as the packet path sees them: a lookup from (protocol, VIP, port) to a
/// service, and flat counters for each real server under an id that stays the same for as long as anything refers to
/// it. A real server that the configuration drops is not forgotten but marked as not available, so that one which
/// comes back revives its connections and templates (IPVS-REF 3.9).
@NullMarked
package holdfast.service;

import org.jspecify.annotations.NullMarked;

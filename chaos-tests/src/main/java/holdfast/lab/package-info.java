/// The lab from Java: directors and real servers as processes in network namespaces, the faults that befall
/// them, and captures of what was on the wire. The network itself is made by `bin/lib/topology`; this package
/// runs inside the outer namespace that holds it, whose end ends everything, so nothing here cleans up.
@NullMarked
package holdfast.lab;

import org.jspecify.annotations.NullMarked;

/// The lab from Java: directors and real servers as processes in network namespaces, faults, and captures of the wire.
/// `bin/lib/topology` makes the network. This package runs inside the outer namespace that holds it, whose end ends
/// everything, so nothing here cleans up.
@NullMarked
package holdfast.lab;

import org.jspecify.annotations.NullMarked;

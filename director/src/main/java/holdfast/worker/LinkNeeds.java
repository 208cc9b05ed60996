package holdfast.worker;

import holdfast.forward.Ports;
import java.util.List;
import java.util.Set;

/// A director's requirements on its links.
///
/// @param atStart  the ports at the director's start; a port that had an address must have one
/// @param loyal    interfaces that must keep the very address of the start, because it is the source of adverts
public record LinkNeeds(Ports atStart, Set<String> loyal) {
    public LinkNeeds {
        loyal = Set.copyOf(loyal);
    }

    List<String> names() {
        return atStart.ports().stream().map(Ports.Port::name).toList();
    }
}

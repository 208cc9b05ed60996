package holdfast.worker;

import holdfast.forward.Ports;
import java.util.List;
import java.util.Set;

/// What a director needs of its links to serve.
///
/// @param atStart  the ports as they were when the director started; one that had an address must have one
/// @param loyal    interfaces that must keep the very address that they had at start, because adverts come from it
public record LinkNeeds(Ports atStart, Set<String> loyal) {
    public LinkNeeds {
        loyal = Set.copyOf(loyal);
    }

    List<String> names() {
        return atStart.ports().stream().map(Ports.Port::name).toList();
    }
}

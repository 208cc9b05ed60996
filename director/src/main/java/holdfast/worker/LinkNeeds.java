package holdfast.worker;

import holdfast.forward.Links;
import java.util.List;
import java.util.Set;

/// A director's requirements on its links.
///
/// @param atStart  the links at the director's start; a link that had an address must have one
/// @param loyal    interfaces that must keep the very address of the start, because it is the source of adverts
public record LinkNeeds(Links atStart, Set<String> loyal) {
    public LinkNeeds {
        loyal = Set.copyOf(loyal);
    }

    List<String> names() {
        return atStart.links().stream().map(Links.Link::name).toList();
    }
}

package holdfast.model;

import holdfast.conf.Configuration;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A virtual service with its real servers in the order in which schedulers walk them, and `rr` (IPVS-REF 2.4, 5.1,
/// 5.2).
final class Service {
    final Configuration.Service settings;
    final List<Dest> dests; // the one added last comes first

    @Nullable
    Dest chosenLast;

    Service(Configuration.Service settings, List<Dest> dests) {
        this.settings = settings;
        this.dests = new ArrayList<>(dests);
    }

    ServiceKey key() {
        return settings.key();
    }

    boolean isPersistent() {
        return settings.persistence().isPresent();
    }

    Configuration.Persistence persistence() {
        return settings.persistence().orElseThrow();
    }

    /// The next eligible one after the one chosen last, wrapping once; a fresh service begins at the head (5.2).
    @Nullable
    Dest schedule() {
        int start = dests.indexOf(chosenLast); // -1 is before the head
        for (int step = 1; step <= dests.size(); step++) {
            var candidate = dests.get((start + step) % dests.size());
            if (candidate.isEligible()) {
                chosenLast = candidate;
                return candidate;
            }
        }
        return null;
    }

    /// Deleting the one chosen last moves the pointer one back (5.2).
    void delete(Dest gone) {
        if (gone == chosenLast) {
            int at = dests.indexOf(gone);
            chosenLast = at > 0 ? dests.get(at - 1) : null;
        }
        dests.remove(gone);
    }
}

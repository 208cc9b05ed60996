package holdfast.explain;

import holdfast.conf.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What changes between two configurations of one service for its templates; either may be missing (IPVS-REF 3.9).
record PersistenceChange(Optional<Configuration.Service> before, Optional<Configuration.Service> after) {
    /// Whether the service is gone afterwards.
    boolean isRemoved() {
        return after.isEmpty();
    }

    /// Whether templates are looked up now.
    boolean wasPersistent() {
        return before.flatMap(Configuration.Service::persistence).isPresent();
    }

    boolean isPersistent() {
        return after.flatMap(Configuration.Service::persistence).isPresent();
    }

    /// Whether a template that is found now is found afterwards, if its real server stays.
    boolean keepsTemplates() {
        return wasPersistent() && isPersistent() && !isNetmaskChanged() && !isEngineChanged();
    }

    private boolean isNetmaskChanged() {
        return wasPersistent()
                && isPersistent()
                && persistence(before).netmask() != persistence(after).netmask();
    }

    private boolean isEngineChanged() {
        return wasPersistent()
                && isPersistent()
                && !persistence(before).engine().equals(persistence(after).engine());
    }

    /// What becomes of templates, a sentence each.
    List<String> sentences() {
        var changes = new ArrayList<String>();
        if (wasPersistent() && !isPersistent()) {
            changes.add("persistence is switched off, so templates are ignored; connections go on.");
        } else if (!wasPersistent() && isPersistent()) {
            changes.add("persistence is switched on; templates of an earlier time that have not run out count again.");
        } else if (wasPersistent()) {
            addChangesOf(persistence(before), persistence(after), changes);
        }
        return changes;
    }

    private void addChangesOf(
            Configuration.Persistence present, Configuration.Persistence wanted, List<String> changes) {
        if (present.timeoutS() != wanted.timeoutS()) {
            changes.add("present templates keep their timeout of %d s; only new ones get %d s."
                    .formatted(present.timeoutS(), wanted.timeoutS()));
        }
        if (isNetmaskChanged()) {
            changes.add("the netmask changes, so present templates are not found any more and run out, except those"
                    + " of clients whose address both masks leave the same.");
        }
        if (isEngineChanged()) {
            changes.add("the persistence engine changes, so present templates do not match any more and run out.");
        }
    }

    private static Configuration.Persistence persistence(Optional<Configuration.Service> service) {
        return service.flatMap(Configuration.Service::persistence).orElseThrow();
    }
}

package holdfast.cli.imports;

import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import java.util.Arrays;
import java.util.Set;

/// The words of IPVS that all three programs use.
final class IpvsWords {
    /// Seconds of a persistence without a time.
    static final int PERSISTENCE_S = 360;

    private IpvsWords() {}

    /// The scheduler of a word; IPVS's default, and a finding, if there is none.
    static SchedulerName scheduler(Place place, String source, String word, Report report) {
        var found = Arrays.stream(SchedulerName.values())
                .filter(name -> name.word().equals(word))
                .findFirst();
        if (found.isEmpty()) {
            report.differs(
                    place, source, "scheduler: wlc, IPVS's default, because '" + word + "' is no scheduler here");
        }
        return found.orElse(SchedulerName.WLC);
    }

    static void flag(Place place, String source, String word, Set<SchedulerFlag> flags, Report report) {
        switch (word) {
            case "sh-fallback", "mh-fallback", "flag-1" -> {
                flags.add(SchedulerFlag.FALLBACK);
                report.maps(place, source, "scheduler-flags: fallback");
            }
            case "sh-port", "mh-port", "flag-2" -> {
                flags.add(SchedulerFlag.PORT);
                report.maps(place, source, "scheduler-flags: port");
            }
            case "flag-3" -> report.noCounterpart(place, source, "no scheduler of IPVS uses it");
            default -> report.leftOut(place, source, "'" + word + "' is no flag of a scheduler");
        }
    }
}

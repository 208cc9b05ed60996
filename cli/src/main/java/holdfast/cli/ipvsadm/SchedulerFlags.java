package holdfast.cli.ipvsadm;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The flags of `-b`. `sh` and `mh` have names for the first two, other schedulers only numbers.
final class SchedulerFlags {
    private SchedulerFlags() {}

    /// The numbers of the flags.
    ///
    /// @param text       separated by commas; null for none
    /// @param scheduler  null if none was given
    static Set<Integer> of(@Nullable String text, @Nullable String scheduler) {
        var flags = new TreeSet<Integer>();
        for (var word : (text == null ? "" : text).split(",", -1)) {
            if (!word.isEmpty()) {
                flags.add(number(word, scheduler));
            }
        }
        return flags;
    }

    private static int number(String word, @Nullable String scheduler) {
        int number = switch (word) {
            case "flag-1", "sh-fallback", "mh-fallback" -> 1;
            case "flag-2", "sh-port", "mh-port" -> 2;
            case "flag-3" -> 3;
            default -> throw Rejection.usage("invalid scheduler flag `" + word + "'");
        };
        if (!word.startsWith("flag-") && !word.startsWith(scheduler + "-")) {
            throw Rejection.usage("incompatible scheduler flag `" + word + "'");
        }
        return number;
    }
}

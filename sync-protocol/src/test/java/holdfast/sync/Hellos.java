package holdfast.sync;

import java.util.Map;
import java.util.UUID;

/// Hellos for tests: values that a test does not set are those of a standby that knows nothing yet.
record Hellos(
        StreamRole role,
        int term,
        long position,
        boolean leaving,
        int highestTerm,
        long stamp,
        long uptimeNanos,
        Map<UUID, Long> heard,
        Whereabouts whereabouts,
        Word word) {
    static Hellos standby(long stamp, MemberId heard, long echo) {
        return new Hellos(
                StreamRole.STANDBY,
                0,
                0,
                false,
                0,
                stamp,
                stamp,
                Map.of(heard.incarnation(), echo),
                Whereabouts.NONE,
                Word.UNKNOWN);
    }

    Hellos active(int ofTerm) {
        return new Hellos(
                StreamRole.ACTIVE, ofTerm, position, leaving, ofTerm, stamp, uptimeNanos, heard, whereabouts, word);
    }

    Hellos follows(int ofTerm) {
        return new Hellos(role, ofTerm, position, leaving, highestTerm, stamp, uptimeNanos, heard, whereabouts, word);
    }

    Hellos knows(int highest) {
        return new Hellos(role, term, position, leaving, highest, stamp, uptimeNanos, heard, whereabouts, word);
    }

    Hellos leaves() {
        return new Hellos(role, term, position, true, highestTerm, stamp, uptimeNanos, heard, whereabouts, word);
    }

    Hellos upFor(long nanos) {
        return new Hellos(role, term, position, leaving, highestTerm, stamp, nanos, heard, whereabouts, word);
    }

    Hellos hearsNobody() {
        return new Hellos(role, term, position, leaving, highestTerm, stamp, uptimeNanos, Map.of(), whereabouts, word);
    }

    Hellos says(Word said) {
        return new Hellos(role, term, position, leaving, highestTerm, stamp, uptimeNanos, heard, whereabouts, said);
    }

    Hellos at(Whereabouts found) {
        return new Hellos(role, term, position, leaving, highestTerm, stamp, uptimeNanos, heard, found, word);
    }

    SyncMessage.Hello message() {
        return new SyncMessage.Hello(
                role,
                term,
                position,
                role == StreamRole.ACTIVE ? 1 : 0,
                ConfigVersion.ofFile("config"),
                leaving,
                highestTerm,
                stamp,
                uptimeNanos,
                heard,
                whereabouts,
                word);
    }

    /// A message's link and source address.
    record Via(String path, String address) implements Origin {
        static final Via INTERCONNECT = new Via(Origin.INTERCONNECT, "10.255.0.9");
    }
}

package holdfast.fleet;

import java.util.Comparator;

/// Names a director in the fleet: names are unique within a cluster only.
public record DirectorId(String cluster, String name) implements Comparable<DirectorId> {
    private static final Comparator<DirectorId> ORDER =
            Comparator.comparing(DirectorId::cluster).thenComparing(DirectorId::name);

    @Override
    public int compareTo(DirectorId other) {
        return ORDER.compare(this, other);
    }

    /// `d1 of front`, as in a sentence.
    @Override
    public String toString() {
        return name + " of " + cluster;
    }
}

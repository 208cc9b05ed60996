package holdfast.bench;

import java.util.List;

/// The order within a round: as given in even rounds, reversed in odd ones.
final class Rounds {
    private Rounds() {}

    static <T> List<T> order(List<T> things, int round) {
        return round % 2 == 0 ? List.copyOf(things) : things.reversed();
    }
}

package holdfast.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/// Random walks of operations over a subject that checks itself against a model. A failure names its seed and the
/// shortest failing walk found, as a list of operations for a named test.
///
/// Operations are values that are valid in every state, such as "the packet of the third connection, if there is one",
/// so that some can be left out. Other random choices belong to the beginning, which has the seed too.
public final class Walks {
    private static final long SHRINK_NS = Long.getLong("holdfast.shrink-ms", 15_000) * 1_000_000;

    private Walks() {}

    /// An operation that makes its other random choices from a seed of its own, so that leaving out other
    /// operations does not change it.
    ///
    /// @param kind  the operation, by the caller's numbers
    public record Lot(int kind, long seed) {
        /// Draws one of so many kinds.
        public static Function<SplittableRandom, Supplier<Lot>> of(int kinds) {
            return random -> () -> new Lot(random.nextInt(kinds), random.nextLong());
        }

        public SplittableRandom lots() {
            return new SplittableRandom(seed);
        }
    }

    /// The object of the operations.
    public interface Subject<O> extends AutoCloseable {
        /// Does it and checks what came of it.
        void apply(O operation);

        /// What is checked at the end of a walk.
        default void finish() {}

        @Override
        default void close() {}
    }

    /// @param walks       how many; the first has seed 1
    /// @param length      operations of each
    /// @param operations  begins a walk: gives what draws one operation after the other
    /// @param beginning   makes a fresh subject; the same lots give the same one
    public static <O> void each(
            int walks,
            int length,
            Function<SplittableRandom, Supplier<O>> operations,
            Function<SplittableRandom, Subject<O>> beginning) {
        for (long seed = 1; seed <= walks; seed++) {
            one(seed, length, operations, beginning);
        }
    }

    /// One of them, by its seed.
    public static <O> void one(
            long seed,
            int length,
            Function<SplittableRandom, Supplier<O>> operations,
            Function<SplittableRandom, Subject<O>> beginning) {
        var draws = operations.apply(new SplittableRandom(seed));
        var walk = new ArrayList<O>();
        for (int i = 0; i < length; i++) {
            walk.add(draws.get());
        }
        var failure = failure(seed, walk, beginning);
        if (failure != null) {
            var shortest = shortest(seed, walk.subList(0, failure.at), beginning);
            var last = failure(seed, shortest, beginning);
            throw report(seed, failure, shortest, last == null ? failure : last);
        }
    }

    private record Failure(int at, Throwable cause) {}

    private static AssertionError report(long seed, Failure first, List<?> shortest, Failure last) {
        var text =
                new StringBuilder("seed %d, operation %d: these %d fail:%n".formatted(seed, first.at, shortest.size()));
        shortest.forEach(operation -> text.append("  ").append(operation).append('\n'));
        return new AssertionError(text.append(last.cause.getMessage()).toString(), last.cause);
    }

    /// Leaves out ever smaller stretches for as long as the rest still fails.
    private static <O> List<O> shortest(long seed, List<O> walk, Function<SplittableRandom, Subject<O>> beginning) {
        long until = System.nanoTime() + SHRINK_NS;
        var known = List.copyOf(walk);
        for (int stretch = Math.max(1, known.size() / 2); stretch > 0; ) {
            boolean isShorter = false;
            for (int from = 0; from < known.size() && System.nanoTime() - until < 0; ) {
                var tried = new ArrayList<>(known);
                tried.subList(from, Math.min(known.size(), from + stretch)).clear();
                var failure = failure(seed, tried, beginning);
                if (failure == null) {
                    from += stretch;
                } else {
                    known = List.copyOf(tried.subList(0, failure.at));
                    isShorter = true;
                }
            }
            stretch = isShorter && stretch == 1 ? 1 : stretch / 2;
        }
        return known;
    }

    /// Null where the walk holds. `at` counts the operations done, the failing one included.
    private static <O> @org.jspecify.annotations.Nullable Failure failure(
            long seed, List<O> walk, Function<SplittableRandom, Subject<O>> beginning) {
        int done = 0;
        try (var subject = beginning.apply(new SplittableRandom(seed).split())) {
            for (var operation : walk) {
                done++;
                subject.apply(operation);
            }
            subject.finish();
            return null;
        } catch (RuntimeException | AssertionError failure) {
            return new Failure(done, failure);
        }
    }
}

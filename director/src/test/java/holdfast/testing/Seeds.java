package holdfast.testing;

import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/// Runs a property for many seeds. A failure names its seed; [#only] runs that seed again.
public final class Seeds {
    private Seeds() {}

    /// @param property  gets the seed's own source of randomness, and the seed
    public static void each(int count, BiConsumer<SplittableRandom, Long> property) {
        for (long seed = 1; seed <= count; seed++) {
            only(seed, property);
        }
    }

    public static void only(long seed, BiConsumer<SplittableRandom, Long> property) {
        try {
            property.accept(new SplittableRandom(seed), seed);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
        }
    }
}

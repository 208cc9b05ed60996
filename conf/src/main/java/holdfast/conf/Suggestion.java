package holdfast.conf;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The word that an operator probably meant: another program's name for the same setting, or the nearest word by
/// spelling.
public final class Suggestion {
    private Suggestion() {}

    /// Our word for another program's name.
    static Optional<String> elsewhere(String written, Map<String, String> otherNames) {
        return Optional.ofNullable(otherNames.get(plain(written)));
    }

    /// The nearest of our words, if one is near.
    public static Optional<String> bySpelling(String written, Collection<String> known) {
        var plain = plain(written);
        return known.stream()
                .filter(word -> distance(plain, word) <= Math.max(1, word.length() / 3))
                .min(Comparator.comparingInt(word -> distance(plain, word)));
    }

    private static String plain(String written) {
        return written.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > b.length()) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int best = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}

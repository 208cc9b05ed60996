package holdfast.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a director says of itself in each sealed Hello. Sync carries it and asks nothing.
///
/// Lists and texts beyond their bounds are cut, so that every word fits into a datagram; where obstacles were cut, the
/// last one says so.
///
/// @param standing     of its election
/// @param asks         number of a question to all others, 0 for none: "have you taken over from me?"
/// @param answers      the question that it answers with "no", by the member that asked
/// @param obstacles    sentences why it could not take over now; empty where nothing hinders it
/// @param unreachable  IPv4 next hops and real servers whose MAC it does not find
/// @param routes       where it has a route to, such as `198.51.100.0/24`
public record Word(
        Standing standing,
        long asks,
        Map<String, Long> answers,
        List<String> obstacles,
        List<Integer> unreachable,
        List<String> routes) {
    public static final int ANSWERS_MAX = 16;
    public static final int OBSTACLES_MAX = 16;
    public static final int OBSTACLE_CHARS_MAX = 200;
    public static final int UNREACHABLE_MAX = 64;
    public static final int ROUTES_MAX = 64;
    public static final int ROUTE_CHARS_MAX = 64;

    /// Of a director that has said nothing, or of whom nothing is known.
    public static final Word UNKNOWN = new Word(Standing.UNKNOWN, 0, Map.of(), List.of(), List.of(), List.of());

    public Word {
        answers = answers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(ANSWERS_MAX)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        obstacles = cutObstacles(obstacles);
        unreachable = unreachable.stream().limit(UNREACHABLE_MAX).toList();
        routes = routes.stream()
                .limit(ROUTES_MAX)
                .map(route -> cut(route, ROUTE_CHARS_MAX))
                .toList();
    }

    private static List<String> cutObstacles(List<String> all) {
        int kept = all.size() > OBSTACLES_MAX ? OBSTACLES_MAX - 1 : all.size();
        var cut = new ArrayList<String>();
        for (String obstacle : all.subList(0, kept)) {
            cut.add(cut(obstacle, OBSTACLE_CHARS_MAX));
        }
        if (kept < all.size()) {
            cut.add("and " + (all.size() - kept) + " more");
        }
        return List.copyOf(cut);
    }

    private static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax);
    }
}

package holdfast.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A director's report about itself in each sealed hello. Sync carries it and does not interpret it.
///
/// Lists and texts beyond their bounds are cut, so that every word fits into a datagram. If obstacles were cut, the
/// last one says so.
///
/// @param standing     of its election
/// @param asks         number of a question to all others, 0 for none: "have you taken over from me?"
/// @param answers      the question that it answers with "no", by the member that asked
/// @param obstacles    sentences why it could not take over now; empty if nothing hinders it
/// @param unreachable  IPv4 addresses of real servers and gateways that do not answer it
/// @param routes       destinations to which it has a route, such as `198.51.100.0/24`
/// @param elsewhere    destinations that it routes over an interface outside the datapath, although a wider route of it
///     leads through the datapath
/// @param history      when the history of its tables began, ms of the Unix epoch; 0 if they have none yet
/// @param tablesMax    most entries that its tables can hold; empty if it does not report them, as an older version
public record Word(
        Standing standing,
        long asks,
        Map<String, Long> answers,
        List<String> obstacles,
        List<Integer> unreachable,
        List<String> routes,
        List<String> elsewhere,
        long history,
        Optional<TableSize> tablesMax) {
    public static final int ANSWERS_MAX = 16;
    public static final int OBSTACLES_MAX = 16;
    public static final int OBSTACLE_CHARS_MAX = 200;
    public static final int UNREACHABLE_MAX = 1024;
    public static final int ROUTES_MAX = 64;
    public static final int ROUTE_CHARS_MAX = 64;

    /// The word of a director that has sent none, or of which nothing is known.
    public static final Word UNKNOWN =
            new Word(Standing.UNKNOWN, 0, Map.of(), List.of(), List.of(), List.of(), List.of(), 0, Optional.empty());

    public Word {
        answers = answers.size() <= ANSWERS_MAX ? Map.copyOf(answers) : first(answers);
        obstacles = cutObstacles(obstacles);
        unreachable = List.copyOf(unreachable.subList(0, Math.min(unreachable.size(), UNREACHABLE_MAX)));
        routes = cutRoutes(routes);
        elsewhere = cutRoutes(elsewhere);
    }

    private static Map<String, Long> first(Map<String, Long> answers) {
        return answers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(ANSWERS_MAX)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<String> cutRoutes(List<String> all) {
        return cut(all.subList(0, Math.min(all.size(), ROUTES_MAX)), ROUTE_CHARS_MAX);
    }

    private static List<String> cutObstacles(List<String> all) {
        if (all.size() <= OBSTACLES_MAX) {
            return cut(all, OBSTACLE_CHARS_MAX);
        }
        var first = new ArrayList<>(cut(all.subList(0, OBSTACLES_MAX - 1), OBSTACLE_CHARS_MAX));
        first.add("and " + (all.size() - first.size()) + " more");
        return List.copyOf(first);
    }

    private static List<String> cut(List<String> texts, int charsMax) {
        boolean fits = true;
        for (String text : texts) {
            fits &= text.length() <= charsMax;
        }
        return fits
                ? List.copyOf(texts)
                : texts.stream().map(text -> cut(text, charsMax)).toList();
    }

    private static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax);
    }
}

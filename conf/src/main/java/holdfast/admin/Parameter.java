package holdfast.admin;

import holdfast.conf.KebabCase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One parameter of a [Query]; each is optional.
///
/// @param meaning  the effect of the value, its bounds, and the default
/// @param parse    parses a text in lower case; throws an [IllegalArgumentException] that names the rule
/// @param of       the value in a request; null if it is left out
/// @param mistake  describes a text that `parse` refuses; `%s` is the text
/// @param remedy   the way out
/// @param <Q>      the request
/// @param <T>      the value
public record Parameter<Q, T>(
        String name,
        String meaning,
        Function<String, T> parse,
        Function<Q, @Nullable T> of,
        String mistake,
        String remedy) {

    /// A limit of 1 to [Bounds#ENTRIES_MAX].
    static <Q> Parameter<Q, Integer> limit(String what, int usual, Function<Q, @Nullable Integer> of) {
        return new Parameter<>(
                "limit",
                "most %s wanted, 1 to %d; %d where it is left out".formatted(what, Bounds.ENTRIES_MAX, usual),
                Parameter::limit,
                of,
                "'%s' is not a limit",
                "leave it out for " + usual);
    }

    private static int limit(String text) {
        if (!text.matches("[1-9][0-9]{0,5}") || Integer.parseInt(text) > Bounds.ENTRIES_MAX) {
            throw new IllegalArgumentException("a limit is 1 to " + Bounds.ENTRIES_MAX);
        }
        return Integer.parseInt(text);
    }

    /// Parses the word of a constant.
    ///
    /// @param rule  the known words
    static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type, String rule) {
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> KebabCase.of(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(rule));
    }

    /// Parses a text.
    ///
    /// @throws WrongParameterException if the text is no value
    T read(String text) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new WrongParameterException(
                    new ApiError(mistake.formatted(text), String.valueOf(e.getMessage()), remedy), e);
        }
    }

    /// `limit=10`; null if a request leaves the parameter out.
    @Nullable
    String write(Q request) {
        var value = of.apply(request);
        return value == null
                ? null
                : name + "=" + escaped(value instanceof Enum<?> word ? KebabCase.of(word) : value.toString());
    }

    /// Leaves `:` and `/` as they are, which a query may have (RFC 3986 §3.4), so that an address stays readable.
    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%3A", ":")
                .replace("%2F", "/");
    }
}

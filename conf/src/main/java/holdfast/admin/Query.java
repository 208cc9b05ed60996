package holdfast.admin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A request that is written as parameters behind a path: `?by=share&limit=10`.
///
/// @param parameters  in the order in which they are written
/// @param request     the request that has the values given
/// @param <Q>         the request
public record Query<Q>(List<Parameter<Q, ?>> parameters, Function<Values, Q> request) implements Operation.Input<Q> {
    /// The query of an operation that takes no parameter.
    public static final Query<Nothing> NONE = new Query<>(List.of(), _ -> new Nothing());

    public Query {
        parameters = List.copyOf(parameters);
    }

    /// What somebody gave: the texts of each parameter by its name.
    public record Values(Map<String, List<String>> texts) {
        /// The value of a parameter; null where it was left out. Of several, the first one counts.
        ///
        /// @throws WrongParameterException where the text has no value
        <T> @Nullable T of(Parameter<?, T> parameter) {
            var given = texts.getOrDefault(parameter.name(), List.of());
            return given.isEmpty() ? null : parameter.read(given.getFirst().toLowerCase(Locale.ROOT));
        }
    }

    /// The request that was given; a parameter that the query does not have is passed over.
    ///
    /// @param texts  of each parameter by its name
    /// @throws WrongParameterException where a text is not what its parameter takes
    public Q read(Map<String, List<String>> texts) {
        return request.apply(new Values(texts));
    }

    /// `?by=share&limit=10`, to be put behind the path; empty where the request leaves everything out.
    public String write(Q wanted) {
        var written = parameters.stream()
                .map(parameter -> parameter.write(wanted))
                .filter(Objects::nonNull)
                .collect(Collectors.joining("&"));
        return written.isEmpty() ? "" : "?" + written;
    }
}

package holdfast.admin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A request as parameters behind a path: `?by=share&limit=10`.
///
/// @param parameters  in the order of writing
/// @param request     builds the request from the given values
/// @param <Q>         the request
public record Query<Q>(List<Parameter<Q, ?>> parameters, Function<Values, Q> request) implements Operation.Input<Q> {
    /// The query of an operation that takes no parameter.
    public static final Query<Nothing> NONE = new Query<>(List.of(), _ -> new Nothing());

    public Query {
        parameters = List.copyOf(parameters);
    }

    /// The given texts of each parameter, by its name.
    public record Values(Map<String, List<String>> texts) {
        /// The value of a parameter; null if it was left out. If it was given several times, the first value counts.
        ///
        /// @throws WrongParameterException if the text is no value
        <T> @Nullable T of(Parameter<?, T> parameter) {
            var given = texts.getOrDefault(parameter.name(), List.of());
            return given.isEmpty() ? null : parameter.read(given.getFirst().toLowerCase(Locale.ROOT));
        }
    }

    /// Parses a request; ignores parameters that the query does not have.
    ///
    /// @param texts  of each parameter by its name
    /// @throws WrongParameterException if a parameter refuses its text
    public Q read(Map<String, List<String>> texts) {
        return request.apply(new Values(texts));
    }

    /// `?by=share&limit=10`, to append to the path; empty if the request sets no parameter.
    public String write(Q wanted) {
        var written = parameters.stream()
                .map(parameter -> parameter.write(wanted))
                .filter(Objects::nonNull)
                .collect(Collectors.joining("&"));
        return written.isEmpty() ? "" : "?" + written;
    }
}

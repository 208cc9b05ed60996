package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for a shared configuration.
///
/// @param revision  `NUMBER.TERM`, or `NUMBER` where only one revision has it; null for the one in force
public record ConfigRequest(@Nullable String revision) {
    private static final Parameter<ConfigRequest, String> REVISION = new Parameter<>(
            "revision",
            "NUMBER.TERM, or NUMBER where only one revision has it; the one in force where it is left out",
            ConfigRequest::revision,
            ConfigRequest::revision,
            "'%s' is not a revision",
            "see 'holdfast config history'");

    static final Query<ConfigRequest> QUERY =
            new Query<>(List.of(REVISION), values -> new ConfigRequest(values.of(REVISION)));

    private static String revision(String text) {
        if (!text.matches("[0-9]{1,18}(\\.[0-9]{1,5})?")) {
            throw new IllegalArgumentException("a revision is a number, or a number and a term such as 17.6");
        }
        return text;
    }
}

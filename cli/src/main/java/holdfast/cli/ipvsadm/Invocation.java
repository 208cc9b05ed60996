package holdfast.cli.ipvsadm;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// An invocation whose options ipvsadm accepts together, with their values as texts: for who reads rules without
/// performing them. [Parser] checks the values too, and what Holdfast can do.
///
/// @param values  empty texts for options without a value
/// @param rest    arguments that are no options, in order
public record Invocation(Option command, Map<Option, String> values, List<String> rest) {
    public Invocation {
        values = Map.copyOf(values);
        rest = List.copyOf(rest);
    }

    /// @throws IllegalArgumentException with ipvsadm's message, if it does not accept the options
    public static Invocation of(List<String> args) {
        var arguments = Arguments.of(args);
        if (arguments.options().isEmpty()
                || !arguments.options().getFirst().option().isCommand()) {
            throw new IllegalArgumentException("the first option is no command");
        }
        arguments.mistake().ifPresent(mistake -> {
            throw new IllegalArgumentException(mistake);
        });
        var command = arguments.options().getFirst().option();
        var values = new EnumMap<Option, String>(Option.class);
        var names = new HashSet<String>();
        arguments.options().stream().skip(1).forEach(given -> {
            if (!names.add(given.option().toString())) {
                throw new IllegalArgumentException("multiple '" + given.option() + "' options specified");
            }
            values.put(given.option(), given.required());
        });
        if (!arguments.rest().isEmpty() && command != Option.SET) {
            throw new IllegalArgumentException(
                    "unexpected argument " + arguments.rest().getFirst());
        }
        try {
            OptionRules.ofCommand(command).check(names);
        } catch (Rejection refused) {
            throw new IllegalArgumentException(refused.text(), refused);
        }
        return new Invocation(command, values, arguments.rest());
    }
}

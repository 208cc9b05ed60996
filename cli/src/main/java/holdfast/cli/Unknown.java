package holdfast.cli;

import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.conf.Suggestion;
import java.util.List;
import java.util.stream.Collectors;

/// The answer to a name that does not exist: the nearest name, and a few of those that exist.
final class Unknown {
    private static final int SHOWN_MAX = 8;

    private Unknown() {}

    static Failure service(ServiceKey wanted, List<ServiceKey> known) {
        return known.isEmpty()
                ? wrong("There is no service " + wanted + ", nor any other; add it with 'holdfast service add " + wanted
                        + "'")
                : wrong("There is no service " + wanted + among(wanted.toString(), known));
    }

    static Failure real(Host wanted, ServiceKey service, List<Endpoint> known) {
        var lack = service + " has no real server " + wanted;
        return known.isEmpty()
                ? wrong(lack + ", nor any other; add it with 'holdfast real add " + service + " " + wanted + "'")
                : wrong(lack + among(wanted.toString(), known));
    }

    static Failure vip(Ipv4 wanted, List<Ipv4> known) {
        return wrong("There is no VIP " + wanted + among(wanted.toString(), known));
    }

    /// @param known  the names in the place of the last word
    static String command(String wanted, List<String> known) {
        var lack = "There is no command '" + wanted + "'";
        return known.isEmpty()
                ? lack + ": '" + wanted.replaceFirst(" [^ ]*$", "") + "' has none"
                : lack + among(wanted.replaceFirst("^.* ", ""), known);
    }

    /// `; did you mean 10.0.0.11:80? There are 10.0.0.11:80, 10.0.0.12:80`.
    private static String among(String wanted, List<?> known) {
        var names = known.stream().map(Object::toString).toList();
        var there = (names.size() == 1 ? "here is " : "here are ") + shown(names);
        return Suggestion.bySpelling(wanted, names)
                .map(nearest -> "; did you mean " + nearest + "? T" + there)
                .orElse("; t" + there);
    }

    static String shown(List<String> names) {
        var shown = names.stream().limit(SHOWN_MAX).collect(Collectors.joining(", "));
        return names.size() > SHOWN_MAX ? names.size() + ", such as " + shown : shown;
    }

    private static Failure wrong(String text) {
        return new Failure(ExitCode.WRONG_INPUT, text);
    }
}

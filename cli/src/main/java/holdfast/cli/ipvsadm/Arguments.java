package holdfast.cli.ipvsadm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Arguments split into options and the rest, by the rules of popt, which ipvsadm uses: letters combine (`-Lnc`), a
/// value follows its option in the same argument, after `=`, or in the next one, and long options are never shortened.
///
/// @param options  up to the first mistake
/// @param rest     arguments that are no options, in order
/// @param mistake  popt's message about the first option that it does not understand
record Arguments(List<Given> options, List<String> rest, Optional<String> mistake) {
    /// An option as it was given.
    ///
    /// @param value  null for an option without one
    /// @param text   the argument that contains it
    record Given(Option option, @Nullable String value, String text) {
        /// The value of an option that requires one.
        String required() {
            return value == null ? "" : value;
        }
    }

    static Arguments of(List<String> args) {
        return new Reader(args).read();
    }

    private static final class Reader {
        private final List<String> args;
        private int next;
        private final List<Given> options = new ArrayList<>();
        private final List<String> rest = new ArrayList<>();
        private @Nullable String mistake;

        Reader(List<String> args) {
            this.args = args;
        }

        Arguments read() {
            while (mistake == null && next < args.size()) {
                var arg = args.get(next++);
                if (arg.equals("--")) {
                    rest.addAll(args.subList(next, args.size()));
                    next = args.size();
                } else if (arg.startsWith("--")) {
                    word(arg);
                } else if (arg.startsWith("-") && arg.length() > 1) {
                    letters(arg);
                } else {
                    rest.add(arg);
                }
            }
            return new Arguments(List.copyOf(options), List.copyOf(rest), Optional.ofNullable(mistake));
        }

        private void word(String arg) {
            int equals = arg.indexOf('=');
            var option = Option.ofWord(arg.substring(2, equals < 0 ? arg.length() : equals));
            if (option.isEmpty()) {
                mistake = arg + ": unknown option";
            } else {
                add(option.get(), equals < 0 ? null : arg.substring(equals + 1), arg);
            }
        }

        private void letters(String arg) {
            for (int at = 1; at < arg.length() && mistake == null; at++) {
                var option = Option.ofLetter(arg.charAt(at));
                if (option.isEmpty()) {
                    mistake = arg + ": unknown option";
                    return;
                }
                var rest = arg.substring(at + 1);
                boolean hasValue =
                        rest.startsWith("=") || (!rest.isEmpty() && option.get().value() != Option.Value.NONE);
                add(option.get(), hasValue ? rest.replaceFirst("^=", "") : null, arg);
                if (hasValue) {
                    return;
                }
            }
        }

        /// @param attached  the value in the same argument; null if there is none
        private void add(Option option, @Nullable String attached, String arg) {
            switch (option.value()) {
                case NONE -> {
                    if (attached == null) {
                        options.add(new Given(option, null, arg));
                    } else {
                        mistake = arg + ": option does not take an argument";
                    }
                }
                case REQUIRED -> {
                    if (attached == null && next == args.size()) {
                        mistake = arg + ": missing argument";
                    } else {
                        options.add(new Given(option, attached == null ? args.get(next++) : attached, arg));
                    }
                }
                case OPTIONAL -> {
                    boolean isNext = attached == null
                            && next < args.size()
                            && !args.get(next).startsWith("-");
                    options.add(new Given(option, isNext ? args.get(next++) : attached, arg));
                }
            }
        }
    }
}

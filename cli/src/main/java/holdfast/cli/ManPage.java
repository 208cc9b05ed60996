package holdfast.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page of one command, in the macros of man(7), made of what its `--help` is made of.
record ManPage(CommandSpec command) {
    /// A command and all below it.
    static Stream<ManPage> all(CommandLine root) {
        return Stream.concat(
                Stream.of(new ManPage(root.getCommandSpec())),
                root.getSubcommands().values().stream().distinct().flatMap(ManPage::all));
    }

    /// `holdfast-config-apply`.
    String name() {
        return command.qualifiedName("-");
    }

    /// The source of the page, with a line end.
    ///
    /// @param version  of the program
    String text(String version) {
        var lines = new ArrayList<String>();
        lines.add(".TH " + escaped(name()).toUpperCase(Locale.ROOT) + " 1 \"\" \"" + escaped(version) + "\"");
        lines.add(".SH NAME");
        lines.add(escaped(name()) + " \\- " + escaped(summary(command)));
        lines.add(".SH SYNOPSIS");
        lines.add(".nf");
        text(synopsis()).forEach(lines::add);
        lines.add(".fi");
        lines.add(".SH DESCRIPTION");
        for (var paragraph : command.usageMessage().description()) {
            lines.addAll(text(List.of(paragraph)));
            lines.add(".br");
        }
        lines.removeLast();
        arguments("ARGUMENTS", command.positionalParameters(), lines);
        arguments("OPTIONS", command.options(), lines);
        commands(lines);
        lines.add(".SH EXIT STATUS");
        lines.add(".nf");
        lines.addAll(text(Arrays.stream(command.usageMessage().footer())
                .filter(line -> !line.isEmpty())
                .toList()));
        lines.add(".fi");
        seeAlso(lines);
        return String.join("\n", lines) + "\n";
    }

    private static String summary(CommandSpec command) {
        var description = command.usageMessage().description();
        return description.length == 0 ? "" : description[0].replaceFirst("\\.$", "");
    }

    private List<String> synopsis() {
        return new Help(command, Help.defaultColorScheme(Help.Ansi.OFF))
                .synopsis(0)
                .lines()
                .toList();
    }

    private static void arguments(String title, Collection<? extends ArgSpec> arguments, List<String> lines) {
        if (arguments.isEmpty()) {
            return;
        }
        lines.add(".SH " + title);
        for (var argument : arguments) {
            lines.add(".TP");
            lines.add(head(argument));
            lines.addAll(text(Arrays.stream(argument.description())
                    .map(line -> line.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue())))
                    .toList()));
        }
    }

    /// `\fB\-h\fR, \fB\-\-help\fR`, or `\fB\-\-limit\fR=\fIN\fR`.
    private static String head(ArgSpec argument) {
        return switch (argument) {
            case OptionSpec option ->
                Arrays.stream(option.names())
                                .map(name -> "\\fB" + escaped(name) + "\\fR")
                                .collect(Collectors.joining(", "))
                        + (option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR");
            case PositionalParamSpec positional -> "\\fI" + escaped(positional.paramLabel()) + "\\fR";
            default -> throw new IllegalArgumentException("an argument that is neither: " + argument);
        };
    }

    private void commands(List<String> lines) {
        if (command.subcommands().isEmpty()) {
            return;
        }
        lines.add(".SH COMMANDS");
        command.subcommands().values().forEach(sub -> {
            lines.add(".TP");
            lines.add("\\fB" + escaped(sub.getCommandName()) + "\\fR");
            lines.addAll(text(List.of(summary(sub.getCommandSpec()))));
        });
    }

    private void seeAlso(List<String> lines) {
        var parent = command.parent() == null ? Stream.<CommandSpec>empty() : Stream.of(command.parent());
        var below = command.subcommands().values().stream().map(CommandLine::getCommandSpec);
        lines.add(".SH SEE ALSO");
        lines.add(Stream.concat(parent, below)
                .map(other -> "\\fB" + escaped(other.qualifiedName("-")) + "\\fR(1)")
                .collect(Collectors.joining(",\n")));
    }

    private static List<String> text(List<String> lines) {
        return lines.stream().map(ManPage::escaped).toList();
    }

    /// Plain text for roff: a hyphen that stays one when it is copied, and no line that begins with a control
    /// character.
    private static String escaped(String text) {
        var plain = text.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}

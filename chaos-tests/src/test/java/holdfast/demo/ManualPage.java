package holdfast.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A page of the operator's manual as a list of what happens on it, in the page's order.
///
/// A `console` block has commands behind a prompt and the answer below each. A comment
/// `<!-- test: ... -->`, which no reader sees, names what happens to the machines meanwhile.
record ManualPage(List<Entry> entries) {
    private static final Pattern PROMPT = Pattern.compile("(d[12])# (.+)");
    private static final Pattern EVENT = Pattern.compile("<!-- test: (.+) -->");
    private static final String ANYTHING = "…";

    ManualPage {
        entries = List.copyOf(entries);
    }

    sealed interface Entry {}

    /// @param director  on which it is typed
    /// @param answer    the lines that the page shows; `…` stands for any text, and alone for any lines
    record Command(String director, String text, List<String> answer) implements Entry {
        boolean isAnsweredBy(String said) {
            var wanted = new StringBuilder();
            for (var line : answer) {
                wanted.append(
                        line.equals(ANYTHING)
                                ? "(?:[^\n]*\n)*"
                                : Pattern.quote(line.stripTrailing()).replace(ANYTHING, "\\E[^\n]*\\Q") + "\n");
            }
            var lines = new StringBuilder();
            said.lines().forEach(line -> lines.append(line.stripTrailing()).append('\n'));
            return Pattern.matches(wanted.toString(), lines);
        }

        @Override
        public String toString() {
            return director + "# " + text;
        }
    }

    record Event(String what) implements Entry {}

    /// @throws IllegalArgumentException if a block shows an answer before its first command
    static ManualPage of(List<String> lines) {
        var entries = new ArrayList<Entry>();
        var block = new ArrayList<Command>();
        boolean isBlock = false;
        for (var line : lines) {
            var prompt = PROMPT.matcher(line);
            var event = EVENT.matcher(line);
            if (line.startsWith("```")) {
                isBlock = line.equals("```console");
                entries.addAll(block);
                block.clear();
            } else if (isBlock && prompt.matches()) {
                block.add(new Command(prompt.group(1), prompt.group(2), new ArrayList<>()));
            } else if (isBlock && block.isEmpty()) {
                throw new IllegalArgumentException("no prompt of d1 or d2 before the line: " + line);
            } else if (isBlock) {
                block.getLast().answer().add(line);
            } else if (event.matches()) {
                entries.add(new Event(event.group(1)));
            }
        }
        return new ManualPage(entries);
    }
}

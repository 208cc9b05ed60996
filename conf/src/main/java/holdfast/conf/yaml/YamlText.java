package holdfast.conf.yaml;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/// Parses a YAML text into [Node]s.
///
/// It reads the library's events and not its composed nodes: it refuses an alias where it occurs, before the alias
/// could multiply anything, and [#DEPTH_MAX] bounds the depth instead of the stack.
public final class YamlText {
    private static final int DEPTH_MAX = 20;

    private final Iterator<Event> events;

    private YamlText(String text) {
        var settings = LoadSettings.builder()
                .setUseMarks(true)
                .setParseComments(false)
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        events = new Parse(settings).parseString(text).iterator();
    }

    /// The single document of a text.
    ///
    /// @throws YamlFault if the text is no YAML, or uses features that a configuration does not need
    public static Node parse(String text) {
        refuseControlCharacters(text);
        try {
            return new YamlText(text).document();
        } catch (MarkedYamlEngineException e) {
            throw syntax(text, e);
        } catch (ReaderException e) {
            throw notText(text, e.getPosition(), e.getCodePoint());
        }
    }

    private Node document() {
        next();
        if (next().getEventId() == Event.ID.StreamEnd) {
            throw new YamlFault(new Node.Mark(1, 1), "is empty", "begin with a copy of conf/examples/d1.yaml");
        }
        var node = node(next(), 0);
        next();
        var after = next();
        if (after.getEventId() != Event.ID.StreamEnd) {
            throw new YamlFault(mark(after), "begins a second document", "remove the '---' and keep one document");
        }
        return node;
    }

    private Node node(Event event, int depth) {
        var at = mark(event);
        refuseExtras(event);
        if (depth > DEPTH_MAX) {
            throw new YamlFault(
                    at, "is nested more than " + DEPTH_MAX + " deep", "see conf/examples/d1.yaml for the form");
        }
        return switch (event) {
            case ScalarEvent scalar -> new Node.Scalar(at, scalar.getValue(), !scalar.isPlain());
            case SequenceStartEvent _ -> sequence(at, depth);
            case MappingStartEvent _ -> mapping(at, depth);
            default -> throw new IllegalStateException("YAML event out of place: " + event);
        };
    }

    private Node.Sequence sequence(Node.Mark at, int depth) {
        List<Node> items = new ArrayList<>();
        for (var event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            items.add(node(event, depth + 1));
        }
        return new Node.Sequence(at, items);
    }

    private Node.Mapping mapping(Node.Mark at, int depth) {
        List<Node.Entry> entries = new ArrayList<>();
        for (var event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            if (!(node(event, depth + 1) instanceof Node.Scalar key)) {
                throw new YamlFault(
                        mark(event), "uses a list or mapping as a key", "put quotes around it if it is text");
            }
            entries.add(new Node.Entry(key, node(next(), depth + 1)));
        }
        return new Node.Mapping(at, entries);
    }

    private Event next() {
        return events.next();
    }

    private static void refuseExtras(Event event) {
        if (event instanceof AliasEvent alias) {
            throw new YamlFault(
                    mark(event),
                    "uses the alias *" + alias.getAlias() + ", which is not taken here",
                    "write the value out");
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            var anchor = node.getAnchor().get();
            throw new YamlFault(
                    mark(event),
                    "sets the anchor &" + anchor + ", which is not taken here",
                    "write the value out each time");
        }
        var tag = switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent collection -> collection.getTag();
            default -> Optional.<String>empty();
        };
        if (tag.isPresent()) {
            throw new YamlFault(
                    mark(event), "has the tag " + tag.get() + ", which is not taken here", "remove the tag");
        }
    }

    private static Node.Mark mark(Event event) {
        return event.getStartMark()
                .map(mark -> new Node.Mark(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(new Node.Mark(1, 1));
    }

    private static YamlFault syntax(String text, MarkedYamlEngineException e) {
        var at = e.getProblemMark()
                .or(e::getContextMark)
                .map(mark -> new Node.Mark(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(new Node.Mark(1, 1));
        var line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        if (line.substring(0, line.length() - line.stripLeading().length()).indexOf('\t') >= 0) {
            return new YamlFault(at, "is indented with a tab, which YAML does not allow", "indent with spaces");
        }
        var problem = e.getProblem() == null ? String.valueOf(e.getMessage()) : e.getProblem();
        return new YamlFault(
                at,
                "is not valid YAML: " + problem.replaceAll("\\s+", " ").strip(),
                "look for a missing ': ', '-', quote or bracket on this line or just above it");
    }

    private static void refuseControlCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
                throw notText(text, i, c);
            }
        }
    }

    private static YamlFault notText(String text, int index, int codePoint) {
        var before = text.substring(0, Math.min(index, text.length()));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return new YamlFault(
                new Node.Mark(line, column),
                "has the character 0x%02x, so it is not a text file".formatted(codePoint),
                "name the YAML file, or save it again as plain UTF-8 text");
    }
}

package holdfast.conf;

import holdfast.conf.yaml.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One mapping of the file. Opening it checks its keys as a whole; the reader then takes its values one by one.
///
/// A misspelt key is reported once, and its value is read as that of the intended key: the same run finds further
/// mistakes, and the key does not count as missing as well. Another program's name for a key has the same effect, but
/// its value is not read, because it has another unit or form there.
final class Section {
    private static final String SEE = "see docs/operating/configuration.md";

    private final String path;
    private final Node.Mark place;
    private final boolean isAbsent;
    private final Findings findings;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Set<String> excused = new HashSet<>();

    /// @param parent  where the enclosing section begins
    /// @param node    null if it was left out; the section then reports nothing, and the caller reports a required
    ///     one
    /// @param lone    the key for which a whole number in place of the section is probably meant; null for none
    private Section(
            String path,
            Node.Mark parent,
            @Nullable Node node,
            Set<String> keys,
            @Nullable String lone,
            Findings findings) {
        this.path = path;
        this.place = node == null ? parent : node.at();
        this.isAbsent = !(node instanceof Node.Mapping);
        this.findings = findings;
        if (node instanceof Node.Mapping mapping) {
            takeKeys(mapping, keys);
        } else if (node != null) {
            wrongShape(node, path, "must hold the keys " + String.join(", ", keys), remedy(node, lone));
        }
    }

    static Section top(Node root, Set<String> keys, Findings findings) {
        return new Section("", root.at(), root, keys, null, findings);
    }

    private void takeKeys(Node.Mapping map, Set<String> keys) {
        var seen = new LinkedHashMap<String, Node.Scalar>();
        var unknown = new ArrayList<Node.Entry>();
        for (var entry : map.entries()) {
            var first = seen.putIfAbsent(entry.key().text(), entry.key());
            if (first != null) {
                findings.add(
                        entry.key().at(),
                        key(entry.key().text()),
                        "",
                        "is given twice, the first time on line " + first.at().line(),
                        "keep one of the two");
            } else if (keys.contains(entry.key().text())) {
                values.put(entry.key().text(), entry.value());
            } else {
                unknown.add(entry);
            }
        }
        unknown.forEach(entry -> reportUnknown(entry, keys));
    }

    private void reportUnknown(Node.Entry entry, Set<String> keys) {
        var instead = Suggestion.elsewhere(entry.key().text(), Vocabulary.IPVS_KEYS_WITHOUT_PLACE);
        if (instead.isPresent()) {
            findings.add(
                    entry.key().at(),
                    path,
                    entry.key().text(),
                    "is a setting of IPVS that has no place here",
                    instead.get());
            return;
        }
        var elsewhere = Suggestion.elsewhere(entry.key().text(), Vocabulary.KEYS_ELSEWHERE)
                .filter(keys::contains);
        var free = keys.stream().filter(key -> !values.containsKey(key)).toList();
        var meant = elsewhere
                .or(() -> Suggestion.bySpelling(entry.key().text(), free))
                .or(() -> Suggestion.bySpelling(entry.key().text(), keys));
        elsewhere.ifPresentOrElse(excused::add, () -> meant.ifPresent(key -> values.putIfAbsent(key, entry.value())));
        findings.add(
                entry.key().at(),
                path,
                entry.key().text(),
                "is not a key that is known here",
                meant.map("did you mean '%s'?"::formatted).orElse("known here are " + String.join(", ", keys)));
    }

    String path() {
        return path;
    }

    /// Whether the file has the key, with a right or a wrong value.
    boolean has(String key) {
        return values.containsKey(key) || excused.contains(key);
    }

    /// Where this section begins.
    Node.Mark place() {
        return place;
    }

    /// A value without a default.
    ///
    /// @param example  how to write it, for the operator who left it out
    <T> Value<T> required(String key, Kind<T> kind, String example) {
        var node = values.get(key);
        if (node == null) {
            missing(key, example);
            return standIn(kind, place, key(key));
        }
        return read(node, key(key), kind);
    }

    <T> Value<T> optional(String key, Kind<T> kind, T fallback) {
        var node = values.get(key);
        if (node == null) {
            return new Value<>(fallback, place, key(key), fallback + " (the default)", !isAbsent);
        }
        return read(node, key(key), kind);
    }

    /// A required section.
    Section required(String key, Set<String> keys, String example) {
        if (!values.containsKey(key)) {
            missing(key, example);
        }
        return optional(key, keys);
    }

    /// An optional section; without it all its values have their defaults.
    Section optional(String key, Set<String> keys) {
        return new Section(key(key), place, values.get(key), keys, null, findings);
    }

    /// An optional section whose most used value is a whole number.
    ///
    /// @param lone  the key of that value
    Section optional(String key, Set<String> keys, String lone) {
        return new Section(key(key), place, values.get(key), keys, lone, findings);
    }

    /// The values of a list that has a default.
    ///
    /// @return null if the key is missing, or holds no list
    <T> @Nullable List<Value<T>> list(String key, Kind<T> kind) {
        var items = items(key);
        if (items == null) {
            return null;
        }
        var read = new ArrayList<Value<T>>();
        for (int i = 0; i < items.size(); i++) {
            read.add(read(items.get(i), key(key) + "[" + i + "]", kind));
        }
        return read;
    }

    /// The values of a key that takes one value or a list of them; none if the key is missing.
    <T> List<Value<T>> oneOrMore(String key, Kind<T> kind) {
        var node = values.get(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof Node.Scalar) {
            return List.of(read(node, key(key), kind));
        }
        var listed = list(key, kind);
        if (listed != null && listed.isEmpty()) {
            refuse(key, "is an empty list", "name one at least, or remove the key for all");
        }
        return listed == null ? List.of() : listed;
    }

    /// The sections of a list without a default; none if it is refused.
    ///
    /// @param shortForm  the key that a bare value stands for, or empty
    List<Section> sections(String key, Set<String> keys, String shortForm, String example) {
        if (!values.containsKey(key)) {
            missing(key, example);
        }
        var items = items(key);
        var sections = new ArrayList<Section>();
        for (int i = 0; items != null && i < items.size(); i++) {
            var item = items.get(i);
            if (item instanceof Node.Scalar scalar && !scalar.isNothing() && !shortForm.isEmpty()) {
                var name = new Node.Scalar(scalar.at(), shortForm, false);
                item = new Node.Mapping(scalar.at(), List.of(new Node.Entry(name, scalar)));
            }
            sections.add(new Section(key(key) + "[" + i + "]", place, item, keys, null, findings));
        }
        return sections;
    }

    /// Whether the key holds a list.
    boolean isList(String key) {
        return values.get(key) instanceof Node.Sequence;
    }

    /// Reports a mistake of a list as a whole, at its first place.
    void refuse(String key, String rule, String remedy) {
        var node = values.get(key);
        findings.add(node == null ? place : node.at(), key(key), "", rule, remedy);
    }

    private @Nullable List<Node> items(String key) {
        var node = values.get(key);
        if (node instanceof Node.Sequence sequence) {
            return sequence.items();
        }
        if (node != null) {
            wrongShape(node, key(key), "must be a list");
        }
        return null;
    }

    private <T> Value<T> read(Node node, String key, Kind<T> kind) {
        if (!(node instanceof Node.Scalar scalar) || scalar.isNothing()) {
            wrongShape(node, key, "must be a single value");
            return standIn(kind, node.at(), key);
        }
        try {
            return new Value<>(kind.read().apply(scalar), scalar.at(), key, scalar.text(), true);
        } catch (Kind.Refusal refusal) {
            findings.add(scalar.at(), key, scalar.text(), refusal.rule(), refusal.remedy());
            return standIn(kind, scalar.at(), key);
        }
    }

    private static <T> Value<T> standIn(Kind<T> kind, Node.Mark at, String key) {
        return new Value<>(kind.standIn(), at, key, "", false);
    }

    private void wrongShape(Node node, String key, String rule) {
        wrongShape(node, key, rule, SEE);
    }

    private void wrongShape(Node node, String key, String rule, String remedy) {
        switch (node) {
            case Node.Scalar scalar
            when scalar.isNothing() ->
                findings.add(node.at(), key, "", "has no value", "give it one, or remove the key where it is optional");
            case Node.Scalar scalar -> findings.add(node.at(), key, scalar.text(), rule, remedy);
            case Node.Sequence _ -> findings.add(node.at(), key, "", "is a list, but " + rule, remedy);
            case Node.Mapping _ -> findings.add(node.at(), key, "", "is a mapping of keys, but " + rule, remedy);
        }
    }

    private static String remedy(Node node, @Nullable String lone) {
        return lone != null
                        && node instanceof Node.Scalar scalar
                        && scalar.text().matches("[0-9]{1,18}")
                ? "write {" + lone + ": " + scalar.text() + "} where that is meant"
                : SEE;
    }

    private void missing(String key, String example) {
        if (!isAbsent && !excused.contains(key)) {
            findings.add(place, key(key), "", "is missing", "add it, such as '" + example + "'");
        }
    }

    private String key(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /// Keys in the order of messages.
    static Set<String> keys(String... keys) {
        return new LinkedHashSet<>(Stream.of(keys).toList());
    }
}

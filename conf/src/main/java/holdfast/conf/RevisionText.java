package holdfast.conf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A revision as YAML: who made it and why, and behind that the shared sections. Directors keep it and send it in this
/// form.
public final class RevisionText {
    private static final Set<String> REVISION =
            Section.keys("number", "term", "base", "line", "at", "director", "author", "reason", "of-files");
    private static final Set<String> DRAIN = Section.keys("service", "address", "port", "mode", "since", "until");
    private static final Set<String> CLIENT_RULE =
            Section.keys("clients", "block", "connections", "new-per-second", "until");
    private static final Kind<Instant> TIME = parsed(Instant.EPOCH, Instant::parse, "write it as 2026-11-30T12:00:00Z");
    private static final Kind<RevisionId> REVISION_ID =
            parsed(RevisionId.OF_FILE, RevisionId::of, "write its number and its term as 16.6");

    private static final int DIGEST_CHARS = 16;

    private RevisionText() {}

    private static <T> Kind<T> parsed(T standIn, Function<String, T> parse, String remedy) {
        return new Kind<>(standIn, scalar -> {
            try {
                return parse.apply(scalar.text());
            } catch (DateTimeParseException | IllegalArgumentException _) {
                throw new Kind.Refusal("has another form", remedy);
            }
        });
    }

    /// The result of reading a text.
    public sealed interface Outcome {}

    /// @param configuration  of the director that reads it, with the shared part of the revision
    public record Good(Revision revision, Configuration configuration) implements Outcome {}

    /// The text is no revision, or this director cannot use it.
    public record Mistakes(List<Mistake> all) implements Outcome {
        public Mistakes {
            all = List.copyOf(all);
        }
    }

    public static byte[] of(Revision revision) {
        var head = "revision:\n"
                + "  number: " + revision.id().number() + "\n"
                + "  term: " + revision.id().term() + "\n"
                + "  base: '" + revision.base() + "'\n"
                + line(revision.line())
                + "  at: '" + revision.at() + "'\n"
                + "  director: " + SharedText.quoted(revision.director()) + "\n"
                + "  author: " + SharedText.quoted(revision.author()) + "\n"
                + "  reason: " + SharedText.quoted(revision.reason()) + "\n"
                + (revision.ofFiles() ? "  of-files: true\n" : "");
        return (head + byHand(revision.byHand()) + SharedText.of(revision.shared())).getBytes(StandardCharsets.UTF_8);
    }

    /// Two revisions of one name and one digest are the same.
    public static String digest(byte[] text) {
        return SharedHash.sha256(text).substring(0, DIGEST_CHARS);
    }

    private static String line(List<RevisionId> line) {
        return line.isEmpty()
                ? ""
                : line.stream().map(last -> "'" + last + "'").collect(Collectors.joining(", ", "  line: [", "]\n"));
    }

    private static String byHand(ByHand orders) {
        var text = new StringBuilder();
        if (!orders.drains().isEmpty()) {
            text.append("drains:\n");
            orders.drains()
                    .forEach(drain -> text.append("  - ").append(drain(drain)).append('\n'));
        }
        if (!orders.rules().isEmpty()) {
            text.append("client-rules:\n");
            orders.rules()
                    .forEach(rule -> text.append("  - ").append(rule(rule)).append('\n'));
        }
        return text.toString();
    }

    private static String drain(ByHand.Drain drain) {
        return "{service: " + drain.service() + ", address: " + drain.address() + ", port: " + drain.port()
                + drain.mode().map(mode -> ", mode: " + mode.word()).orElse("")
                + ", since: '" + drain.since() + "'"
                + drain.until().map(until -> ", until: '" + until + "'").orElse("") + "}";
    }

    private static String rule(ByHand.ClientRule rule) {
        return "{clients: " + rule.clients() + ", block: " + rule.isBlock() + ", connections: " + rule.connections()
                + ", new-per-second: " + rule.newPerSecond()
                + rule.until().map(until -> ", until: '" + until + "'").orElse("") + "}";
    }

    /// Reads who made a revision and why, and not what it made: many revisions are listed at once.
    ///
    /// @param name  of the text in messages
    /// @param own   of the director that reads it
    public static Outcome readHead(Path name, byte[] text, Configuration own) {
        var head = new String(text, StandardCharsets.UTF_8)
                .lines()
                .takeWhile(line -> line.equals("revision:") || line.startsWith("  "))
                .collect(Collectors.joining("\n", "", "\nservices: []\n"));
        return read(name, head.getBytes(StandardCharsets.UTF_8), own);
    }

    /// @param name  of the text in messages
    /// @param own   of the director that reads it
    public static Outcome read(Path name, byte[] text, Configuration own) {
        var revision = new Read();
        var outcome = ConfigurationFile.checkAny(
                name,
                text,
                (findings, root) ->
                        new ConfigurationReader(findings, Disk.REAL).readRevision(root, own, revision::read));
        return switch (outcome) {
            case ConfigurationFile.Good good -> {
                var whole = revision.with(Shared.of(good.configuration()));
                yield new Good(whole, whole.in(own));
            }
            case ConfigurationFile.Mistakes(var all) -> new Mistakes(all);
        };
    }

    /// The head of a revision.
    private static final class Read {
        private @Nullable Revision head;

        /// @return whether the shared sections must fit to the director that reads
        boolean read(Section top) {
            var section = top.required("revision", REVISION, "");
            head = new Revision(
                    new RevisionId(
                            section.required("term", Kind.integer(0, 0xffff, "a term"), "term: 6")
                                    .value(),
                            section.required(
                                            "number",
                                            Kind.wholeNumber(0, Long.MAX_VALUE, "counts the revisions"),
                                            "number: 17")
                                    .value()),
                    section.required("base", REVISION_ID, "base: '16.6'").value(),
                    line(section),
                    section.required("at", TIME, "at: '2026-11-30T12:00:00Z'").value(),
                    section.required("director", Kind.text(), "director: d1").value(),
                    section.required("author", Kind.text(), "author: root").value(),
                    section.required("reason", Kind.text(), "reason: ''").value(),
                    new Shared(List.of(), Ipvs.DEFAULT, List.of(), List.of()),
                    section.optional("of-files", Kind.yesOrNo(), false).value(),
                    new ByHand(drains(top), rules(top)));
            return !head.ofFiles();
        }

        private static List<RevisionId> line(Section section) {
            var line = section.list("line", REVISION_ID);
            return line == null ? List.of() : line.stream().map(Value::value).toList();
        }

        private static List<ByHand.Drain> drains(Section top) {
            return sections(top, "drains", DRAIN).stream()
                    .map(section -> new ByHand.Drain(
                            section.required("service", Kind.serviceKey(), "").value(),
                            section.required("address", Kind.address(), "").value(),
                            section.required("port", Kind.integer(0, 65_535, "a port"), "")
                                    .value(),
                            optional(section, "mode", Kind.constant(DrainMode.values(), DrainMode::word, Map.of())),
                            section.required("since", TIME, "").value(),
                            optional(section, "until", TIME)))
                    .toList();
        }

        private static List<ByHand.ClientRule> rules(Section top) {
            var bound = Kind.integer(0, Integer.MAX_VALUE, "0 for no bound");
            return sections(top, "client-rules", CLIENT_RULE).stream()
                    .map(section -> new ByHand.ClientRule(
                            section.required("clients", Kind.prefix(), "").value(),
                            section.required("block", Kind.yesOrNo(), "").value(),
                            section.required("connections", bound, "").value(),
                            section.required("new-per-second", bound, "").value(),
                            optional(section, "until", TIME)))
                    .toList();
        }

        private static List<Section> sections(Section top, String key, Set<String> keys) {
            return top.has(key) ? top.sections(key, keys, "", "") : List.of();
        }

        private static <T> Optional<T> optional(Section section, String key, Kind<T> kind) {
            return section.has(key)
                    ? Optional.of(section.required(key, kind, "").value())
                    : Optional.empty();
        }

        Revision with(Shared shared) {
            if (head == null) {
                throw new IllegalStateException("a revision without a head and without a mistake");
            }
            return new Revision(
                    head.id(),
                    head.base(),
                    head.line(),
                    head.at(),
                    head.director(),
                    head.author(),
                    head.reason(),
                    shared,
                    head.ofFiles(),
                    head.byHand());
        }
    }
}

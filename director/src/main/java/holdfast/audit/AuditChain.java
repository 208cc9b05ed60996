package holdfast.audit;

import holdfast.admin.AuditList;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The chain of entries as text. A file begins with a line `follows HASH`, which names the last entry of the file
/// before it; each further line is `HASH JSON`, where the hash is SHA-256 of the hash before it and of the JSON.
final class AuditChain {
    /// Before the first entry of all.
    static final String BEGIN = "0".repeat(64);

    private static final String FOLLOWS = "follows ";
    private static final String HEADER = FOLLOWS + "[0-9a-f]{64}";
    /// JSON may have characters that a regular expression takes for ends of lines, such as U+2028.
    private static final String ENTRY = "(?s)[0-9a-f]{64} .*";
    private static final int HASH = 64;

    private final List<AuditList.Entry> entries = new ArrayList<>();
    private @Nullable String last;
    private @Nullable String broken;

    /// The first line of a file.
    static String header(String before) {
        return FOLLOWS + before;
    }

    /// The line of an entry, whose own hash is not in its JSON.
    static String line(String hash, AuditList.Entry entry) {
        return hash + " " + json(entry);
    }

    /// The hash of an entry after another one.
    static String hash(String before, AuditList.Entry entry) {
        return hash(before, json(entry));
    }

    private static String json(AuditList.Entry entry) {
        return new String(AdminJson.write(with(entry, "")), StandardCharsets.UTF_8);
    }

    static AuditList.Entry with(AuditList.Entry entry, String hash) {
        return new AuditList.Entry(
                entry.number(),
                entry.ends(),
                entry.at(),
                entry.director(),
                entry.user(),
                entry.from(),
                entry.operation(),
                entry.request(),
                entry.reason(),
                entry.outcome(),
                hash);
    }

    private static String hash(String before, String json) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(before.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(json.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Reads the next file, the oldest first.
    ///
    /// @param name  of the file, for what is found broken
    void read(String name, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (i == 0 && line.matches(HEADER)) {
                follow(name, line.substring(FOLLOWS.length()));
            } else if (i > 0 && line.matches(ENTRY)) {
                entry(name + ":" + (i + 1), line.substring(0, HASH), line.substring(HASH + 1));
            } else {
                broken(name + ":" + (i + 1) + " is no entry");
            }
        }
    }

    private void follow(String name, String before) {
        if (last != null && !last.equals(before)) {
            broken(name + " does not follow the file before it: entries are missing");
        }
        last = before;
    }

    private void entry(String place, String hash, String json) {
        if (last == null || !hash(last, json).equals(hash)) {
            broken(place + " is not what was written, or an entry before it is missing");
        }
        last = hash;
        try {
            var entry = AdminJson.answer(json.getBytes(StandardCharsets.UTF_8), AuditList.Entry.class);
            newest().filter(before -> before.number() + 1 != entry.number())
                    .ifPresent(before -> broken(place + " has number " + entry.number() + " after " + before.number()));
            entries.add(with(entry, hash));
        } catch (UnreadableJsonException e) {
            broken(place + " is no entry: " + e.getMessage());
        }
    }

    private void broken(String what) {
        if (broken == null) {
            broken = what;
        }
    }

    List<AuditList.Entry> entries() {
        return entries;
    }

    Optional<AuditList.Entry> newest() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
    }

    /// The hash that the next entry follows.
    String last() {
        return last == null ? BEGIN : last;
    }

    /// The first thing that shows that the entries are not those that were written; null if nothing does.
    @Nullable
    String broken() {
        return broken;
    }
}

package holdfast.boot;

import holdfast.conf.Configuration;
import holdfast.conf.ProgramVersion;
import holdfast.conf.RevisionId;
import holdfast.conf.SharedHash;
import holdfast.revision.node.RevisionFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/// The first line of a director's log: which program runs with which file, for which VIPs.
final class FirstLine {
    /// Hexadecimal digits of a hash, enough to compare with `sha256sum`.
    private static final int DIGITS = 16;

    private FirstLine() {}

    static String of(Path file, Configuration configuration) {
        var groups = configuration.groups().stream()
                .map(group -> "%s vrid %d priority %d: %s"
                        .formatted(
                                group.name(),
                                group.vrid(),
                                group.priority(),
                                group.vips().stream()
                                        .map(vip -> vip.address() + " on " + vip.interfaceName())
                                        .collect(Collectors.joining(", "))))
                .collect(Collectors.joining("; "));
        return "name=%s version=%s file=%s sha256=%s shared-hash=%s revision=%s groups=\"%s\" java=%s"
                .formatted(
                        configuration.director().name(),
                        ProgramVersion.TEXT,
                        file.toAbsolutePath().normalize(),
                        sha256(file),
                        SharedHash.of(configuration),
                        newest(RevisionFiles.in(configuration.director().stateDir())),
                        groups,
                        Runtime.version());
    }

    /// If it cannot be read, the director reports that when it needs it.
    private static String newest(RevisionFiles revisions) {
        try {
            return revisions.list().stream()
                    .findFirst()
                    .map(RevisionId::toString)
                    .orElse("none");
        } catch (IOException _) {
            return "unreadable";
        }
    }

    private static String sha256(Path file) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (IOException _) {
            return "unreadable";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.List;

/// The checks that every import must pass: our own check takes the file, and no line of the source is forgotten.
record Accepted(Path stateDir, Path key) {
    /// With a state directory and a key, which the printed file expects on the director.
    static Accepted in(Path folder) throws IOException {
        var key = Files.writeString(folder.resolve("key"), "0123456789abcdef".repeat(4));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return new Accepted(folder, key);
    }

    Configuration configuration(String yaml) {
        var here = yaml.replace("/var/lib/holdfast", stateDir.toString())
                .replace("/etc/holdfast/cluster.key", key.toString());
        var outcome = ConfigurationFile.readOffline(Path.of("imported.yaml"), here.getBytes(UTF_8));
        assertThat(outcome).as(here).isInstanceOf(ConfigurationFile.Good.class);
        return ((ConfigurationFile.Good) outcome).configuration();
    }

    /// Each line with more than braces and comments is in a finding.
    static void isComplete(SourceText source, List<Finding> findings) {
        var covered = new BitSet();
        findings.stream()
                .filter(finding -> finding.file().equals(source.file().toString()))
                .forEach(finding -> covered.set(finding.line(), finding.lastLine() + 1));
        for (int line = covered.nextClearBit(1); line <= source.lines().size(); line = covered.nextClearBit(line + 1)) {
            var text =
                    source.lines().get(line - 1).replaceFirst("(?s)[#!].*", "").replaceFirst("^\\s*@\\S*", "");
            assertThat(text.codePoints().allMatch(c -> c == '{' || c == '}' || Character.isWhitespace(c)))
                    .as("line %d is in no finding: %s", line, text)
                    .isTrue();
        }
    }
}

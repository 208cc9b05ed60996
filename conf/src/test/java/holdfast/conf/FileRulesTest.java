package holdfast.conf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRulesTest {
    private static final String KEY = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    @Test
    void aWholeStateDirAndKeyFileGiveNoMessage() throws IOException {
        key(KEY + "\n", "rw-r-----");
        assertThat(mistakes(folder)).isEmpty();
        assertThat(KeyFile.read(folder.resolve("k")))
                .singleElement()
                .satisfies(read -> assertThat(read).hasSize(32).startsWith(0x01, 0x23));
    }

    @Test
    void aKeyFileOfAnotherLengthIsRefusedWithoutShowingIt() throws IOException {
        key(KEY.substring(2), "rw-------");
        assertThat(mistakes(folder))
                .containsExactly("cluster.key-file: '" + folder + "/k' line 1 does not hold 64 hexadecimal "
                        + "digits (32 bytes), but 62 characters; copy it again from another director, "
                        + "or make a new one for all: holdfast key generate");
    }

    @Test
    void aKeyFileThatOthersMayReadIsRefused() throws IOException {
        key(KEY, "rw-r--r--");
        assertThat(mistakes(folder))
                .containsExactly("cluster.key-file: '" + folder
                        + "/k' is open to every user of this machine; close it: chmod o= " + folder + "/k");
    }

    @Test
    void aMissingKeyFileComesWithTheCommandThatMakesIt() {
        assertThat(mistakes(folder))
                .containsExactly("cluster.key-file: '" + folder
                        + "/k' does not exist; make it once: holdfast key generate " + folder
                        + "/k, and copy it to every director");
    }

    @Test
    void aKeyFileThatIsADirectoryIsRefused() throws IOException {
        Files.createDirectory(folder.resolve("k"));
        assertThat(mistakes(folder))
                .containsExactly(
                        "cluster.key-file: '" + folder + "/k' is a directory; name the file with the cluster's key");
    }

    @Test
    void theStateDirMustBeAWritableDirectory() throws IOException {
        key(KEY, "rw-------");
        assertThat(mistakes(folder.resolve("k")))
                .containsExactly("director.state-dir: '" + folder
                        + "/k' is not a directory; name a directory, such as /var/lib/holdfast");
        assertThat(mistakes(folder.resolve("none")))
                .containsExactly("director.state-dir: '" + folder
                        + "/none' does not exist; make it: install -d -m 0750 " + folder + "/none");
    }

    @Test
    void aReadOnlyFileSystemIsNotTakenForMissingPermission() {
        var disk = new TestDisk(true, true, false, true, "rw-------", KEY);
        var outcome = ConfigurationFile.check(Path.of("f"), text(Path.of("/srv"), Path.of("/x.key")), disk);
        assertThat(texts(outcome))
                .containsExactly("director.state-dir: '/srv' is on a read-only file system; "
                        + "mount it for writing, or name another directory");
    }

    @Test
    void whatIsWritableOrNotThereIsOnNoReadOnlyFileSystem() {
        assertThat(Disk.REAL.look(folder).orElseThrow().isOnReadOnlyFileSystem())
                .isFalse();
        assertThat(Disk.REAL.look(folder.resolve("none")).orElseThrow().isOnReadOnlyFileSystem())
                .isFalse();
    }

    /// Root may write and read everything, so these two answers of the file system are given, not made.
    @Test
    void missingPermissionsAreSaid() {
        var disk = new TestDisk(true, false, false, false, "rw-------", KEY);
        var outcome = ConfigurationFile.check(Path.of("f"), text(Path.of("/srv"), Path.of("/x.key")), disk);
        assertThat(texts(outcome))
                .containsExactly(
                        "director.state-dir: '/srv' is not writable; "
                                + "give the user who runs the director write permission there",
                        "cluster.key-file: '/x.key' is not readable; "
                                + "run this as the user who runs the director, or as root");
    }

    @Test
    void theDefaultKeyFileIsNamedAsSuch() {
        var disk = new TestDisk(true, true, true, false, "rw-r--r--", KEY);
        var text = new String(text(Path.of("/srv"), Path.of("/x")), UTF_8).replace(", key-file: /x", "");
        assertThat(texts(ConfigurationFile.check(Path.of("f"), text.getBytes(UTF_8), disk)))
                .containsExactly("cluster.key-file: '/etc/holdfast/cluster.key (the default)' is open to every user of "
                        + "this machine; close it: chmod o= /etc/holdfast/cluster.key");
    }

    private void key(String content, String mode) throws IOException {
        Files.setPosixFilePermissions(
                Files.writeString(folder.resolve("k"), content), PosixFilePermissions.fromString(mode));
    }

    private List<String> mistakes(Path stateDir) {
        return texts(ConfigurationFile.check(Path.of("f"), text(stateDir, folder.resolve("k")), Disk.REAL));
    }

    private static byte[] text(Path stateDir, Path keyFile) {
        return """
                director: {name: d1, state-dir: %s}
                cluster: {bind-address: 10.255.0.1, key-file: %s}
                vip-groups: [{vrid: 51, interface: eth0, vips: [192.0.2.10]}]
                services: []
                """.formatted(stateDir, keyFile).getBytes(UTF_8);
    }

    private static List<String> texts(ConfigurationFile.Outcome outcome) {
        return switch (outcome) {
            case ConfigurationFile.Good _ -> List.of();
            case ConfigurationFile.Mistakes(var all) ->
                all.stream()
                        .map(mistake -> mistake.toString().replaceFirst("^f:[0-9:]+ ", ""))
                        .toList();
        };
    }
}

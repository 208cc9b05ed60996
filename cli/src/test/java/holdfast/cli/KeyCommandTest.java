package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ApiError;
import holdfast.admin.Keys;
import holdfast.conf.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCommandTest extends AgainstASocket {
    private static final Keys KEYS = new Keys(
            "00000000000000aa",
            List.of("00000000000000aa", "00000000000000bb"),
            List.of(new Keys.Peer("d2", "00000000000000bb", 40)));

    private Ended generate(String... more) {
        var args = new ArrayList<>(List.of("key", "generate"));
        args.addAll(List.of(more));
        return runBare(args.toArray(String[]::new));
    }

    @Test
    void aNewKeyIsOnlyItsOwnersAndNotOverwritten() throws IOException {
        var file = folder.resolve("cluster.key");
        var ended = generate(file.toString());
        assertThat(ended.exit()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        var key = KeyFile.read(file).getFirst();
        assertThat(ended.out()).contains(KeyFile.fingerprint(KeyFile.id(key))).doesNotContain(KeyFile.line(key));
        assertThat(generate(file.toString()).exit()).isEqualTo(2);
        assertThat(generate(file.toString()).err()).contains("may hold the key in use", "--force");
        assertThat(KeyFile.read(file).getFirst()).isEqualTo(key);

        assertThat(generate(file.toString(), "--force").exit()).isZero();
        assertThat(KeyFile.read(file).getFirst()).isNotEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).doesNotContain("cluster.key.part");
        }
    }

    @Test
    void aKeyThatCannotBeWrittenIsTheCallersMistake() {
        var ended = generate(folder.resolve("none/cluster.key").toString());
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).startsWith("Cannot write ");
    }

    @Test
    void keysAreListedWithThePeersThatSealWithThem() throws IOException {
        var text = """
                This director seals with 00000000000000aa
                and accepts 00000000000000bb
                d2 seals with 00000000000000bb, heard 40ms ago
                """;
        assertThat(with("/v1/keys", 200, KEYS, "key", "list")).isEqualTo(new Ended(0, text, ""));
        assertThat(with("/v1/keys/reload", 200, KEYS, "key", "reload")).isEqualTo(new Ended(0, text, ""));
    }

    @Test
    void aWrongFileChangesNothingAndIsNamed() throws IOException {
        var error = new ApiError("the keys were not changed", "line 2 repeats an earlier key", "correct the file");
        assertThat(with("/v1/keys/reload", 400, error, "key", "reload"))
                .isEqualTo(new Ended(
                        2, "", "The keys were not changed: line 2 repeats an earlier key; correct the file\n"));
    }
}

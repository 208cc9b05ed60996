package holdfast.cli;

import holdfast.admin.Keys;
import holdfast.admin.Nothing;
import holdfast.admin.Operations;
import holdfast.conf.KeyFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "key",
        description = "The cluster's key, which every director of a cluster has.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KeyCommand.Generate.class, KeyCommand.ListKeys.class, KeyCommand.Reload.class})
final class KeyCommand extends Group {
    @Command(
            name = "generate",
            description = "Make a new key in a file that only its owner can read; changes no director.")
    static final class Generate implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "such as /etc/holdfast/cluster.key")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(names = "--force", description = "take the place of a file that is there")
        private boolean isForced;

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            byte[] key = new byte[KeyFile.KEY_BYTES];
            new SecureRandom().nextBytes(key);
            try {
                write(KeyFile.line(key) + "\n");
            } catch (FileAlreadyExistsException _) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        file + " is there already and may hold the key in use; name another file, or say --force");
            } catch (IOException e) {
                throw new Failure(ExitCode.WRONG_INPUT, "Cannot write " + file + ": " + e);
            }
            var fingerprint = KeyFile.fingerprint(KeyFile.id(key));
            console.result(
                    new Made(file.toString(), fingerprint),
                    "Key " + fingerprint + " is in " + file + "; every director of the cluster needs the same one");
            return ExitCode.DONE;
        }

        /// A new key, for JSON.
        record Made(String file, String fingerprint) {}

        /// Writes the file whole or not at all, and never open to others.
        private void write(String content) throws IOException {
            var part = file.resolveSibling(file.getFileName() + ".part");
            var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            if (!isForced && Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Files.deleteIfExists(part);
            var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var channel = FileChannel.open(part, options, onlyOwner)) {
                channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            if (isForced) {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.createLink(file, part); // fails if another process was faster
                Files.delete(part);
            }
        }
    }

    @Command(
            name = "list",
            description = "Show which keys this director uses, and with which one each other director seals.")
    static final class ListKeys implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var keys = admin.call(Operations.KEYS);
            console.result(keys, text(keys));
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "reload",
            description = "Use the keys that the key file holds now; where it is wrong, everything stays as it is.")
    static final class Reload implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var keys = admin.call(Operations.RELOAD_KEYS, new Nothing(), "; the keys may be in use all the same");
            console.result(keys, text(keys));
            return ExitCode.DONE;
        }
    }

    private static String text(Keys keys) {
        var lines = new ArrayList<String>();
        lines.add("This director seals with " + keys.seals());
        keys.opens().stream().filter(key -> !key.equals(keys.seals())).forEach(key -> lines.add("and accepts " + key));
        keys.peers()
                .forEach(peer -> lines.add(
                        peer.name() + " seals with " + peer.seals() + ", heard " + Text.ms(peer.ageMs()) + " ago"));
        if (keys.peers().isEmpty()) {
            lines.add("No other director was heard with one of these");
        }
        return String.join(System.lineSeparator(), lines);
    }
}

package holdfast.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/// The facts about the file system that the rules need, so that the rules stay pure.
interface Disk {
    /// Empty if nothing is known of that machine.
    Optional<Facts> look(Path path);

    /// The beginning of a file, which the caller knows to be readable.
    byte[] begin(Path path, int bytesMax) throws IOException;

    /// @param isOnReadOnlyFileSystem  also false if the machine does not report it
    /// @param permissions             empty without a file
    record Facts(
            boolean exists,
            boolean isDirectory,
            boolean isReadable,
            boolean isWritable,
            boolean isOnReadOnlyFileSystem,
            Set<PosixFilePermission> permissions) {}

    /// That of another machine.
    Disk ELSEWHERE = new Disk() {
        @Override
        public Optional<Facts> look(Path path) {
            return Optional.empty();
        }

        @Override
        public byte[] begin(Path path, int bytesMax) throws IOException {
            throw new NoSuchFileException(path.toString());
        }
    };

    /// The machine's own file system.
    Disk REAL = new Disk() {
        @Override
        public Optional<Facts> look(Path path) {
            try {
                return Optional.of(new Facts(
                        Files.exists(path),
                        Files.isDirectory(path),
                        Files.isReadable(path),
                        Files.isWritable(path),
                        isReadOnly(path),
                        Files.exists(path) ? Files.getPosixFilePermissions(path) : Set.of()));
            } catch (IOException _) {
                return Optional.of(new Facts(false, false, false, false, false, Set.of()));
            }
        }

        private boolean isReadOnly(Path path) {
            try {
                return Files.getFileStore(path).isReadOnly();
            } catch (IOException _) { // no such path, or a mount that this process cannot see
                return false;
            }
        }

        @Override
        public byte[] begin(Path path, int bytesMax) throws IOException {
            try (var in = Files.newInputStream(path)) {
                return in.readNBytes(bytesMax);
            }
        }
    };
}

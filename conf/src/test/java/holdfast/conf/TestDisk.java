package holdfast.conf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// A file system of which every path is as given: paths that end in `.key` are files, all others directories.
record TestDisk(
        boolean exists, boolean readable, boolean writable, boolean isReadOnlyFileSystem, String mode, String key)
        implements Disk {
    static TestDisk whole() {
        return new TestDisk(true, true, true, false, "rw-------", "0123456789abcdef".repeat(4) + "\n");
    }

    @Override
    public Optional<Facts> look(Path path) {
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
        return Optional.of(new Facts(
                exists, !path.toString().endsWith(".key"), readable, writable, isReadOnlyFileSystem, permissions));
    }

    @Override
    public byte[] begin(Path path, int bytesMax) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}

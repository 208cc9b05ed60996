package holdfast.conf;

import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;

/// The rules for the files and directories that a configuration names.
final class FileRules {
    /// `sun_path` of a Unix socket has 108 bytes including its final zero (unix(7)).
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private final Disk disk;
    private final Findings findings;

    FileRules(Disk disk, Findings findings) {
        this.disk = disk;
        this.findings = findings;
    }

    void checkSocket(Value<Path> socket) {
        int length = socket.value().toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > SOCKET_PATH_BYTES_MAX) {
            findings.add(
                    socket,
                    "has " + length + " bytes, but a Unix socket's path can have " + SOCKET_PATH_BYTES_MAX,
                    "choose a shorter one, such as /run/holdfast/d1.sock");
        }
    }

    void checkStateDir(Value<Path> dir) {
        disk.look(dir.value()).ifPresent(facts -> checkStateDir(dir, facts));
    }

    private void checkStateDir(Value<Path> dir, Disk.Facts facts) {
        if (!facts.exists()) {
            findings.add(dir, "does not exist", "make it: install -d -m 0750 " + dir.value());
        } else if (!facts.isDirectory()) {
            findings.add(dir, "is not a directory", "name a directory, such as /var/lib/holdfast");
        } else if (!facts.isWritable() && facts.isOnReadOnlyFileSystem()) {
            findings.add(dir, "is on a read-only file system", "mount it for writing, or name another directory");
        } else if (!facts.isWritable()) {
            findings.add(dir, "is not writable", "give the user who runs the director write permission there");
        }
    }

    /// An ordinary file that the director reads at its start.
    void checkReadable(Value<Path> file) {
        disk.look(file.value()).ifPresent(facts -> {
            if (!facts.exists()) {
                findings.add(file, "does not exist", "make it, or correct the name; see docs/operating/api.md");
            } else if (facts.isDirectory()) {
                findings.add(file, "is a directory", "name a file");
            } else if (!facts.isReadable()) {
                findings.add(file, "is not readable", "run this as the user who runs the director, or as root");
            }
        });
    }

    /// A file with a secret in it.
    void checkPrivate(Value<Path> file) {
        disk.look(file.value()).filter(FileRules::isOpen).ifPresent(_ -> open(file));
    }

    private static boolean isOpen(Disk.Facts facts) {
        return !Collections.disjoint(facts.permissions(), Set.of(OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE));
    }

    private void open(Value<Path> file) {
        findings.add(file, "is open to every user of this machine", "close it: chmod o= " + file.value());
    }

    void checkUsers(Value<Path> file) {
        disk.look(file.value())
                .filter(facts -> facts.isReadable() && !facts.isDirectory())
                .ifPresent(_ -> checkUsersContent(file));
    }

    private void checkUsersContent(Value<Path> file) {
        try {
            UsersFile.parse(disk.begin(file.value(), UsersFile.READ_MAX))
                    .mistakes()
                    .forEach(mistake -> findings.add(file, mistake, "see the form in docs/operating/api.md"));
        } catch (IOException e) {
            findings.add(file, "cannot be read: " + e.getMessage(), "see that it is an ordinary file");
        }
    }

    void checkKey(Value<Path> file) {
        disk.look(file.value()).ifPresent(facts -> checkKey(file, facts));
    }

    private void checkKey(Value<Path> file, Disk.Facts facts) {
        if (!facts.exists()) {
            findings.add(
                    file,
                    "does not exist",
                    "make it once: holdfast key generate " + file.value() + ", and copy it to every director");
        } else if (facts.isDirectory()) {
            findings.add(file, "is a directory", "name the file with the cluster's key");
        } else if (isOpen(facts)) {
            open(file);
        } else if (!facts.isReadable()) {
            findings.add(file, "is not readable", "run this as the user who runs the director, or as root");
        } else {
            checkKeyContent(file);
        }
    }

    private void checkKeyContent(Value<Path> file) {
        try {
            if (KeyFile.parse(disk.begin(file.value(), KeyFile.READ_MAX)) instanceof KeyFile.Content.Wrong wrong) {
                findings.add(
                        file,
                        wrong.toString(),
                        "copy it again from another director, or make a new one for all: holdfast key generate");
            }
        } catch (IOException e) {
            findings.add(file, "cannot be read: " + e.getMessage(), "see that it is an ordinary file");
        }
    }
}

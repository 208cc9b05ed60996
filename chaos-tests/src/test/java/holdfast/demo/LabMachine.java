package holdfast.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/// A machine with Debian and systemd on a host of the lab, with a file system of its own. [#boot] makes it.
final class LabMachine implements AutoCloseable {
    private final Lab lab;
    private final Path script;
    private final String name;
    private final Path root;

    private LabMachine(Lab lab, Path script, String name, Path root) {
        this.lab = lab;
        this.script = script;
        this.name = name;
        this.root = root;
    }

    /// Boots a copy of a file system; returns when systemd has started everything.
    ///
    /// @param home      of the project
    /// @param original  the root of a file system
    static LabMachine boot(Lab lab, Path home, String name, Path original) {
        var machine = new LabMachine(lab, home.resolve("bin/lib/machine"), name, original.resolveSibling(name));
        machine.delete();
        lab.run("cp", "--archive", original.toString(), machine.root.toString());
        lab.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", machine.path("/run"));
        lab.run(machine.script.toString(), "boot", name, machine.root.toString());
        return machine;
    }

    String name() {
        return name;
    }

    /// The file of this machine, for a program outside of it.
    Path file(String path) {
        return root.resolve(path.substring(1));
    }

    private String path(String path) {
        return file(path).toString();
    }

    /// Types a command in root's shell.
    Lab.Said type(String command) {
        return run(script.toString(), "exec", name, "bash", "-o", "pipefail", "-c", "cd && " + command);
    }

    /// The text of a command that succeeds.
    String ask(String command) {
        var said = type(command);
        if (said.exit() != 0) {
            throw new IllegalStateException(name + "# " + command + " ended with " + said.exit() + ": " + said.text());
        }
        return said.text().strip();
    }

    private static Lab.Said run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var text = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Lab.Said(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(Arrays.toString(command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Ends it at once, and deletes its file system.
    @Override
    public void close() {
        lab.run(script.toString(), "off", name);
        lab.run("umount", path("/run"));
        delete();
    }

    private void delete() {
        lab.run("rm", "-rf", "--one-file-system", root.toString());
    }

    @Override
    public String toString() {
        return name;
    }
}

package holdfast.cli.imports;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files that an import reads: the named one, and those that it includes.
final class SourceFiles {
    /// Finds included files, so that the parser stays pure.
    @FunctionalInterface
    interface Includes {
        /// The files that a pattern names, in their order; none if there is no such file.
        ///
        /// @param from     the file with the line
        /// @param pattern  a path, relative to the folder of `from`; its last part may have wildcards
        List<SourceText> find(Place at, Path from, String pattern);
    }

    private static final int FILES_MAX = 100;

    private SourceFiles() {}

    static SourceText read(Path file) {
        var whole = new Place(file, 0, 0);
        try (var in = Files.newInputStream(file)) {
            return SourceText.of(file, in.readNBytes(SourceText.BYTES_MAX + 1));
        } catch (NoSuchFileException _) {
            throw new SourceFault(whole, "", "does not exist", "correct the path");
        } catch (AccessDeniedException _) {
            throw new SourceFault(whole, "", "may not be read by this user", "run this as a user who may read it");
        } catch (IOException e) {
            throw Files.isDirectory(file)
                    ? new SourceFault(whole, "", "is a directory", "name the file in it")
                    : new SourceFault(
                            whole, "", "cannot be read: " + e.getMessage(), "see that it is an ordinary file");
        }
    }

    /// Only ordinary files are read: a pipe or a device would never end.
    static List<SourceText> included(Place at, Path from, String pattern) {
        try {
            var path = from.resolveSibling(pattern);
            var name = path.getFileName();
            var folder = path.getParent() == null ? Path.of("") : path.getParent();
            if (name == null || !Files.isDirectory(folder)) {
                return List.of();
            }
            var found = new ArrayList<Path>();
            try (var files = Files.newDirectoryStream(folder, name.toString())) {
                for (var file : files) {
                    if (Files.isRegularFile(file)) {
                        found.add(path.getParent() == null ? file.getFileName() : file);
                    }
                    if (found.size() > FILES_MAX) {
                        throw new SourceFault(
                                at, pattern, "names more than " + FILES_MAX + " files", "include fewer files");
                    }
                }
            }
            return found.stream().sorted().map(SourceFiles::read).toList();
        } catch (IOException | IllegalArgumentException e) {
            throw new SourceFault(at, pattern, "cannot be followed: " + e.getMessage(), "write its lines here instead");
        }
    }
}

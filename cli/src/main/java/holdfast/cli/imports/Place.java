package holdfast.cli.imports;

import java.nio.file.Path;

/// Lines of a source file.
///
/// @param line      the first one, from 1; 0 for the file as a whole
/// @param lastLine  the last one, not before the first
record Place(Path file, int line, int lastLine) {
    static Place of(Path file, int line) {
        return new Place(file, line, line);
    }

    boolean holds(Place other) {
        return file.equals(other.file) && line <= other.line && other.lastLine <= lastLine;
    }

    Place first() {
        return of(file, line);
    }

    Place until(int line) {
        return new Place(file, this.line, Math.max(this.line, line));
    }
}

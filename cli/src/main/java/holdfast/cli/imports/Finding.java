package holdfast.cli.imports;

import holdfast.conf.KebabCase;
import holdfast.conf.Mistake;

/// What became of one line, or one block of lines, of the source.
///
/// @param file      as it was named; empty for a setting that the source does not have
/// @param line      the first line, from 1; 0 for a setting that the source does not have
/// @param lastLine  the last line of a block, else the same
/// @param source    the words of the source, made safe to print
/// @param result    our setting, or how it differs, or why there is none
public record Finding(String file, int line, int lastLine, Kind kind, String source, String result) {
    private static final int SOURCE_MAX = 100;

    /// What can become of a line.
    public enum Kind {
        /// Ours has the same meaning.
        MAPS,
        /// Ours has another value or another meaning, which the result names.
        DIFFERS,
        /// Holdfast has nothing like it.
        NO_COUNTERPART,
        /// Holdfast has such a thing, but not this one: it belongs to another director, repeats another line, or is
        /// refused by the source's own program too.
        LEFT_OUT,
        /// A placeholder for what the source does not tell.
        FILL_IN
    }

    public Finding {
        source = Mistake.printable(source.length() <= SOURCE_MAX ? source : source.substring(0, SOURCE_MAX) + "...");
        result = Mistake.printable(result);
    }

    static Finding of(Place place, Kind kind, String source, String result) {
        return new Finding(place.file().toString(), place.line(), place.lastLine(), kind, source, result);
    }

    boolean isIn(Place place) {
        return file.equals(place.file().toString()) && place.line() <= line && lastLine <= place.lastLine();
    }

    /// `keepalived.conf:14: maps: priority 150 -> priority: 150`.
    @Override
    public String toString() {
        var where = line == 0 ? "" : file + ":" + line + (lastLine > line ? "-" + lastLine : "") + ": ";
        return where + KebabCase.of(kind).replace('-', ' ') + ": " + source + " -> " + result;
    }
}
